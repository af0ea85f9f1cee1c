/* SPDX-License-Identifier: MIT */
/* sig.c - the application's signal handlers
 *
 * Freestanding. SIG_DFL and SIG_IGN go to the kernel as they are. SIG_STOP is
 * never given to the application: its action is only noted, and chained to by
 * the stop handler (glibc uses that signal for setuid in all threads).
 */
#include <errno.h>
#include <stddef.h>
#include <ucontext.h>
#include "../common/keep.h"
#include "ids.h"
#include "island.h"
#include "sig.h"
#include "thread.h"
#include "vm.h"

#define HANDLER_IGN 1UL

struct sigs {
	struct ksigaction act[SIGS + 1];
	uint64_t set; /* bit n-1: the application set an action for n */
};

#define RESETHAND 0x80000000UL

void sig_entry(void);	/* sig.S */
void sig_nothing(void); /* returns */

/* How sig_entry calls the handler: in upper code, both are 0. */
struct sig_call {
	uint64_t upper_fs;
	int64_t *handlers;
};
uint64_t sig_pick(int sig, void *siginfo, ucontext_t *uc,
		  struct sig_call *call);

static struct sigs *sigs_get(void)
{
	return KEEP_ROOT->sig;
}

int sig_create(void)
{
	KEEP_ROOT->sig = keep_alloc_hook(sizeof(struct sigs));
	return KEEP_ROOT->sig ? 0 : -ENOMEM;
}

/*
 * An action that the lower half's libraries set when they were loaded (UCX
 * takes SIGSEGV) is neither the application's to see nor to run into.
 */
static void drop_foreign(int sig, struct ksigaction *k)
{
	raw_syscall4(SYS_rt_sigaction, sig, 0, (long)k, 8);
	if (k->handler <= HANDLER_IGN)
		return;
	*k = (struct ksigaction){ 0 };
	raw_syscall4(SYS_rt_sigaction, sig, (long)k, 0, 8);
}

void sig_inherit(void)
{
	uint64_t none[3] = { 0, 2 /* SS_DISABLE */, 0 };
	int i;

	for (i = 1; i <= SIGS; i++)
		drop_foreign(i, &sigs_get()->act[i]);
	raw_syscall2(SYS_sigaltstack, (long)none, 0);
}

static long sig_install(int sig, const struct ksigaction *want)
{
	struct ksigaction k = *want;

	if (sig == SIG_STOP)
		return 0;
	if (k.handler > HANDLER_IGN)
		k.handler = (uint64_t)sig_entry;
	/* Else a stop comes as the handler returns, and takes the EINTR that
	 * is the application's for its own. */
	k.mask &= ~(1UL << (SIG_STOP - 1));
	return raw_syscall4(SYS_rt_sigaction, sig, (long)&k, 0, 8);
}

long sig_action(int sig, const struct ksigaction *act, struct ksigaction *old)
{
	struct sigs *s = sigs_get();
	struct ksigaction prev, next;
	long r;

	if (sig < 1 || sig > SIGS)
		return -EINVAL;
	prev = s->act[sig];
	if (act) {
		next = *act;
		/* Written first: the handler may run as soon as the kernel
		 * knows of it. */
		s->act[sig] = next;
		r = sig_install(sig, &next);
		if (r < 0) {
			s->act[sig] = prev;
			return r;
		}
		s->set |= 1UL << (sig - 1);
	}
	if (old)
		*old = prev;
	return 0;
}

void sig_restore(void)
{
	struct sigs *s = sigs_get();
	struct ksigaction k;
	int i;

	for (i = 1; i <= SIGS; i++)
		if (s->set >> (i - 1) & 1)
			sig_install(i, &s->act[i]);
		else if (i != SIG_STOP)
			drop_foreign(i, &k);
}

const struct ksigaction *sig_get(int sig)
{
	return &sigs_get()->act[sig];
}

/*
 * The handler, and, as the kernel has done by now, none from here on if it is
 * to run once. Another thread may have put an end to it since the kernel chose
 * it.
 */
static uint64_t handler_of(struct ksigaction *k)
{
	uint64_t h = __atomic_load_n(&k->handler, __ATOMIC_ACQUIRE), was = h;

	if (h <= HANDLER_IGN)
		return (uint64_t)sig_nothing;
	if (k->flags & RESETHAND)
		__atomic_compare_exchange_n(&k->handler, &was, 0, 0,
					    __ATOMIC_ACQ_REL, __ATOMIC_RELAXED);
	return h;
}

/*
 * Called by sig_entry: which handler, and how. The lower half's code counts as
 * such by where it is, too: a hook begins there before it says so.
 */
uint64_t sig_pick(int sig, void *siginfo, ucontext_t *uc,
		  struct sig_call *call)
{
	struct thread *t = thread_self();

	call->upper_fs = 0;
	call->handlers = NULL;
	ids_siginfo(siginfo);
	if (t && t->upper_fs &&
	    (t->depth ||
	     !vm_is_upper((uint64_t)uc->uc_mcontext.gregs[REG_RIP]))) {
		call->upper_fs = t->upper_fs;
		call->handlers = &t->handlers;
		if (t->handlers <= 0) {
			t->handler_frame = (uint64_t)uc;
			t->handler_on_hook = t->depth == t->hooks;
		}
	} else {
		island_leave(uc->uc_mcontext.gregs);
	}
	return handler_of(&sigs_get()->act[sig]);
}
