/* SPDX-License-Identifier: MIT */
/* trampoline.h - system call instructions of the upper half, led through the
 * gate
 *
 * Every executable mapping of the upper half is searched for system calls that
 * we must see; each such site jumps to a trampoline of its own nearby, which
 * asks the hook and then, mostly, makes the system call itself. Trampolines are
 * upper memory: saved, and valid in every lower half. Freestanding.
 */
#ifndef MANA_TRAMPOLINE_H
#define MANA_TRAMPOLINE_H

#include <stddef.h>
#include <stdint.h>
#include <sys/ucontext.h>
#include "site.h"

/*
 * Patch the sites of site.h in [start, start + len), mapped with protection
 * prot. Returns how many were patched or -errno (-ENOMEM: no room within
 * reach).
 */
long trampoline_patch(uint64_t start, uint64_t len, long prot);

/* Patch the sites that lower-half/sites.h has found. */
long trampoline_patch_sites(const struct site *s, size_t n, uint64_t start,
			    uint64_t len, long prot);

/* Was a site of this system call found by the last trampoline_patch? Form B
 * sites, whose number is not in the code, count for exit_group only. */
int trampoline_found(long nr);
#define TRAMPOLINE_CANCEL 511 /* no call's number: a site of SITE_CANCEL */

enum trampoline_part {
	TRAMPOLINE_NONE,   /* not a trampoline */
	TRAMPOLINE_BEFORE, /* the system call has not been made */
	TRAMPOLINE_AFTER,  /* it has, its result is not yet the program's */
};

/* Returns which part of a trampoline pc lies in; *call is the address of that
 * one's syscall instruction. */
enum trampoline_part trampoline_at(uint64_t pc, uint64_t *call);
/* After a restart: if g is at a call that names processes or threads by ids
 * that were the kernel's before the restart, the hook is asked once more before
 * the call is made. */
void trampoline_restart(greg_t *g);
/* Makes of g what a handler of the application is to see: the site, for which
 * there is unwind information, and by which glibc tells whether a thread can be
 * cancelled there. The thread can go on from the site as well. */
void trampoline_leave(greg_t *g);
/* 1: pc is between a hook and the call that has to follow it. rax is that
 * register's value at pc. */
int trampoline_between(uint64_t pc, long rax);

#endif
