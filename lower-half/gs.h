/* SPDX-License-Identifier: MIT */
/* gs.h - the lower half's thread-local storage is reached through GS
 *
 * x86-64 programs use FS for TLS and leave GS alone. The lower half's code is
 * rewritten in memory, once, to use GS (one prefix byte an instruction); then a
 * crossing leaves FS alone: nothing has to be switched, whatever the processor
 * and the kernel charge for that.
 */
#ifndef MANA_GS_H
#define MANA_GS_H

/*
 * Rewrite all objects in memory and see to those that are loaded later. To be
 * called while the process has one thread. When it cannot be done (NULL or a
 * reason for --verbose) FS is switched at each crossing, as gate.h says.
 */
const char *gs_start(void);
/* 1: gs_start has done so. Asked by core_gate. */
int gs_works(void);

#endif
