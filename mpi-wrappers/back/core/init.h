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
/* The native library is up, and what the lower half needs of it is there: from
 * native_open to back_finish. */
extern int init_up;
/*
 * Makes what the lower half itself needs of the native library. The first
 * communication of all; collective. At a restart it comes after all ranks have
 * left MPI_Init: Open MPI 4.1.4 crashes in it when a message comes before it
 * takes any (btl/tcp hands the fragment to a layer that is not there yet), and
 * a fence of Slurm's PMIx lets ranks go early. A native code.
 */
int native_open(void);
/* session.c: between these a library that a session may have started stays up,
 * however many end. The first returns a native code. */
int session_keep(void);
void session_let_go(void);

#endif
