/* SPDX-License-Identifier: MIT */
/* sig.c - the application's signal handlers
 *
 * Freestanding. SIG_DFL and SIG_IGN go to the kernel as they are. SIG_STOP is
 * never given to the application: its action is only noted, and chained to by
 * the stop handler (glibc uses that signal for setuid in all threads).
 *
 * Table and kernel are changed under one lock, so that they say the same.
 * Handlers read the table without it: version is odd while it is written.
 */
#include <errno.h>
#include <stddef.h>
#include <ucontext.h>
#include "../common/stress.h"
#include "../common/sync.h"
#include "handlers.h"
#include "ids.h"
#include "trampoline.h"
#include "sig.h"
#include "syscall_resume.h"
#include "vm.h"

#define HANDLER_IGN 1UL

struct sigs {
	struct ksigaction act[SIGS + 1];
	uint64_t last[SIGS + 1]; /* the last that was a handler */
	uint64_t set; /* bit n-1: the application set an action for n */
	uint32_t version;
};

#define RESETHAND 0x80000000UL

void sig_entry(void);	/* sig.S */
void sig_nothing(void); /* returns */

/* How sig_entry calls the handler: in upper code, upper_fs is 0. */
struct sig_call {
	uint64_t upper_fs;
	struct thread *t;
	int before; /* handlers_begin */
};
uint64_t sig_pick(int sig, void *siginfo, ucontext_t *uc,
		  struct sig_call *call);
void sig_returned(const struct sig_call *call);

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
 * The lower half's libraries set actions when they were loaded (UCX takes
 * SIGSEGV): the application must neither see them nor run into them.
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
	/* Otherwise a stop that comes as the handler returns would take the
	 * application's EINTR for its own. */
	k.mask &= ~(1UL << (SIG_STOP - 1));
	return raw_syscall4(SYS_rt_sigaction, sig, (long)&k, 0, 8);
}

/* The caller has the lock. */
static void note(int sig, const struct ksigaction *k)
{
	struct sigs *s = sigs_get();

	__atomic_fetch_add(&s->version, 1, __ATOMIC_SEQ_CST);
	s->act[sig] = *k;
	if (k->handler > HANDLER_IGN)
		s->last[sig] = k->handler;
	__atomic_fetch_add(&s->version, 1, __ATOMIC_SEQ_CST);
}

/* Noted first: the handler may run as soon as the kernel knows of it. */
static long set(int sig, const struct ksigaction *next)
{
	struct sigs *s = sigs_get();
	struct ksigaction had = s->act[sig];
	long rc;

	note(sig, next);
	STRESS_POINT();
	rc = sig_install(sig, next);
	if (rc < 0)
		note(sig, &had);
	else
		s->set |= 1UL << (sig - 1);
	return rc;
}

long sig_action(int sig, const struct ksigaction *act, struct ksigaction *old)
{
	struct ksigaction had, next;
	struct hold h;
	long rc = 0;

	if (sig < 1 || sig > SIGS)
		return -EINVAL;
	if (act)
		next = *act;
	sync_lock(LOCK_SIG, &h);
	had = sigs_get()->act[sig];
	if (act)
		rc = set(sig, &next);
	sync_unlock(LOCK_SIG, &h);
	if (!rc && old)
		*old = had;
	return rc;
}

void sig_put_back(int sig, const struct ksigaction *had)
{
	struct sigs *s = sigs_get();
	struct hold h;

	sync_lock(LOCK_SIG, &h);
	if (sig != SIG_STOP && s->set >> (sig - 1) & 1)
		sig_install(sig, &s->act[sig]);
	else
		raw_syscall4(SYS_rt_sigaction, sig, (long)had, 0, 8);
	sync_unlock(LOCK_SIG, &h);
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

/* Reads a whole entry, without the lock unless somebody has it for long. */
static struct ksigaction action_of(int sig, uint64_t *last)
{
	struct sigs *s = sigs_get();
	struct ksigaction k;
	struct hold h;
	uint32_t v;
	int spins;

	for (spins = 0; spins < 100; spins++) {
		v = __atomic_load_n(&s->version, __ATOMIC_ACQUIRE);
		k = s->act[sig];
		*last = s->last[sig];
		__atomic_thread_fence(__ATOMIC_ACQUIRE);
		if (v % 2 == 0 &&
		    v == __atomic_load_n(&s->version, __ATOMIC_RELAXED))
			return k;
		__builtin_ia32_pause();
	}
	sync_lock(LOCK_SIG, &h);
	k = s->act[sig];
	*last = s->last[sig];
	sync_unlock(LOCK_SIG, &h);
	return k;
}

/* The kernel has reset a one-shot action by now; so does the table. */
static void reset(int sig, uint64_t handler)
{
	struct ksigaction k;
	struct hold h;

	sync_lock(LOCK_SIG, &h);
	k = sigs_get()->act[sig];
	if (k.handler == handler && k.flags & RESETHAND) {
		k.handler = 0;
		note(sig, &k);
	}
	sync_unlock(LOCK_SIG, &h);
}

/*
 * Another thread may have put an end to the action since the kernel chose it:
 * the signal has come before that, and is not lost.
 */
static uint64_t handler_of(int sig, uint64_t *flags)
{
	uint64_t last;
	struct ksigaction k = action_of(sig, &last);

	*flags = k.flags;
	if (k.handler <= HANDLER_IGN)
		return last ? last : (uint64_t)sig_nothing;
	if (k.flags & RESETHAND)
		reset(sig, k.handler);
	return k.handler;
}

/*
 * Called by sig_entry: which handler, and how. The lower half's code counts as
 * such by where it is, too: a hook begins there before it says so.
 */
uint64_t sig_pick(int sig, void *siginfo, ucontext_t *uc, struct sig_call *call)
{
	greg_t *g = uc->uc_mcontext.gregs;
	struct thread *t = thread_self();
	uint64_t flags, handler;

	call->upper_fs = 0;
	STRESS_POINT();
	ids_siginfo(siginfo);
	handler = handler_of(sig, &flags);
	if (!t || !t->upper_fs)
		return handler;
	handlers_settle(t, uc);
	if (t->depth || !vm_is_upper((uint64_t)g[REG_RIP])) {
		call->upper_fs = t->upper_fs;
		call->t = t;
		call->before = handlers_begin(t, uc);
	} else {
		syscall_signalled(
			t, g, flags); /* while it is still in the trampoline */
		trampoline_leave(g);
	}
	return handler;
}

void sig_returned(const struct sig_call *call)
{
	handlers_end(call->t, call->before);
}
