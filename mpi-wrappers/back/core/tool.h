/* SPDX-License-Identifier: MIT */
/* tool.h - MPI_T over a restart */
#ifndef MANA_BACK_TOOL_H
#define MANA_BACK_TOOL_H

/* The program has MPI_T: by its own inits, or by MPICH 5's MPI_Init. */
int tool_lives(void);
/* Something may have ended it: then its handles go. */
void tool_update(void);

/* MPI_T is initialized as it was, and has the values that were written. 0 or
 * -EIO with a message printed. */
int tool_restore(void);

#endif
