/* SPDX-License-Identifier: MIT */
/* init.h - the native library's life */
#ifndef MANA_BACK_INIT_H
#define MANA_BACK_INIT_H

/* World rank and size as the native library gave them; -1 and 0 before: not
 * what an image says. */
extern int init_rank, init_size;
/* The MPI layer's part of keep memory, by MPI_Init or the first session. A seam
 * code. */
int init_root(int rank, int size, int level);
/* The native library is up: since its init, until back_finish. */
extern int init_up;
/* session.c: between these a library that a session may have started stays up,
 * however many end. The first returns a native code. */
int session_keep(void);
void session_let_go(void);

#endif
