/* SPDX-License-Identifier: MIT */
/* hook.h - system calls of the upper half, on their way to the kernel
 *
 * An island (island.c) calls hook_entry with the registers of the system call;
 * hook_entry keeps all of them but rax, rcx and r11 and asks hook_dispatch.
 * Freestanding; runs under the upper FS on the application's stack.
 */
#ifndef MANA_HOOK_H
#define MANA_HOOK_H

#include <stddef.h>
#include <stdint.h>
#include "thread.h"

enum hook_verdict {
	HOOK_RAW = 0,  /* the island makes the system call itself */
	HOOK_DONE = 1, /* regs->nr holds the result */
};

struct hook_regs { /* as hook.S pushes them */
	long nr;   /* rax: number, then result */
	long a[6]; /* rdi rsi rdx r10 r8 r9 */
	uint64_t back; /* where the island goes on */
};

/* Islands are made for these system calls only. */
int hook_wants(long nr);
/* 1: what the hook has said or noted holds only if the call follows at once. */
int hook_binds(long nr);
/* The gate's entry for what comes after this one, or NULL. */
volatile void *hook_after(long nr);

void hook_entry(void);	/* hook.S */
void clone_entry(void); /* hook.S: after clone, in parent and child */
void open_entry(void);	/* hook.S: after open, openat, creat */

long hook_dispatch(struct hook_regs *r);
/* How many segments of System V shared memory the application has attached. */
size_t hook_segments(void);
/* What the calls are to return. */
long hook_cloned(long result);
long hook_opened(long result);

#endif
