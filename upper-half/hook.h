/* SPDX-License-Identifier: MIT */
/* hook.h - system calls of the upper half, on their way to the kernel
 *
 * A trampoline (trampoline.c) calls hook_entry with the registers of the system
 * call; hook_entry keeps all of them but rax, rcx and r11 and asks
 * hook_dispatch. Freestanding; runs under the upper FS on the application's
 * stack.
 */
#ifndef MANA_HOOK_H
#define MANA_HOOK_H

#include <stddef.h>
#include <stdint.h>
#include "thread.h"

#define HOOK_NR_MAX 512 /* of system calls; hook.S */

enum hook_verdict {
	HOOK_RAW = 0,	/* the trampoline makes the system call itself */
	HOOK_DONE = 1,	/* regs->nr holds the result */
	HOOK_AFTER = 2, /* the trampoline makes it, then asks hook_after */
};

struct hook_regs {     /* as hook.S pushes them */
	long nr;       /* rax: number, then result */
	long a[6];     /* rdi rsi rdx r10 r8 r9: what the call is to have */
	long was[6];   /* the same as the program had them */
	uint64_t back; /* where the trampoline goes on */
};

/* A hook: sees and may change the call, and says who makes it. t is the
 * caller's record. Returns an enum hook_verdict, or -errno as the result. */
typedef long hook_fn(struct hook_regs *r, struct thread *t);

struct hook_result { /* registers after the call; hook.S */
	long value;  /* rax: the result */
	long a[6];
};

static inline long hook_raw(const struct hook_regs *r)
{
	return raw_syscall6(r->nr, r->a[0], r->a[1], r->a[2], r->a[3], r->a[4],
			    r->a[5]);
}

static inline long hook_done(struct hook_regs *r, long result)
{
	r->nr = result;
	return HOOK_DONE;
}

static inline int hook_changed(const struct hook_regs *r)
{
	int i;

	for (i = 0; i < 6 && r->a[i] == r->was[i]; i++)
		;
	return i < 6;
}

/* Trampolines are made for these system calls only. */
int hook_wants(long nr);
/* Bit nr: the hook wants to be asked in this lower half. */
extern uint64_t hook_wanted[HOOK_NR_MAX / 64];
void hook_start(void); /* fill it in */
/* 1: what this call's hook has said or noted holds only if the call follows at
 * once. */
int hook_binds(long nr);
/* 1: a hook that has asked for the call to be made may be asked once more. */
int hook_repeats(long nr);
/* 1: hook_after would leave this call's result and arguments as they were. */
int hook_ended(long nr, long value);

/* In hook.S; the second one is behind a system call in a trampoline's tail. */
void hook_entry(void);
void after_entry(void);

long hook_dispatch(struct hook_regs *r);
/* k is the call as hook_dispatch left it. Returns 1 when the call is to be made
 * again, with the registers in now. */
long hook_after(struct hook_result *now, const struct hook_regs *k);

#endif
