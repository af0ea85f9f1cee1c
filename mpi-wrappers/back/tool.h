/* SPDX-License-Identifier: MIT */
/* tool.h - MPI_T over a restart */
#ifndef MANA_BACK_TOOL_H
#define MANA_BACK_TOOL_H

/* MPI_T is initialized as it was, and has the values that were written. 0 or
 * -EIO with a message printed. */
int tool_restore(void);

#endif
