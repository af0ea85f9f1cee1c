/* SPDX-License-Identifier: MIT */
/* pending.c - signals that wait because they are blocked
 *
 * Freestanding. rt_sigtimedwait(2) takes a thread's own signals before those of
 * its process, each in the order they came. Back into the queue goes the very
 * siginfo_t, which a thread may do for itself, and the first thread for the
 * process (rt_sigqueueinfo(2)); nobody may look meanwhile: the others are
 * stopped too.
 */
#include <fcntl.h>
#include <signal.h>
#include <time.h>
#include "../common/lower_hooks.h"
#include "ids.h"
#include "pending.h"
#include "sig.h"

struct saved {
	int32_t shared;
	siginfo_t si;
};

struct pending_list {
	uint32_t n, cap;
	struct saved at[];
};

static uint64_t bit(int sig)
{
	return 1UL << (sig - 1);
}

static struct saved *list_add(struct thread *t)
{
	struct pending_list *l = t->signals;
	uint32_t cap = l ? 2 * l->cap : 16;

	if (!l || l->n == l->cap) {
		l = l ? keep_realloc(l, sizeof(*l) + cap * sizeof(l->at[0])) :
			keep_alloc_hook(sizeof(*l) + cap * sizeof(l->at[0]));
		if (!l)
			return NULL;
		l->cap = cap;
		t->signals = l;
	}
	return &l->at[l->n++];
}

/* Has the calling thread itself one of these, not only its process? SigPnd of
 * proc(5)'s status. */
static int own_waits(uint64_t set)
{
	char text[2048], *p;
	long fd = raw_syscall4(SYS_openat, AT_FDCWD,
			       (long)"/proc/thread-self/status",
			       O_RDONLY | O_CLOEXEC, 0);
	long n = raw_syscall3(SYS_read, fd, (long)text, sizeof(text) - 1);
	uint64_t v = 0;

	raw_syscall1(SYS_close, fd);
	text[n > 0 ? n : 0] = 0;
	for (p = text; *p && !(p[0] == 'S' && p[1] == 'i' && p[2] == 'g' &&
			       p[3] == 'P' && p[4] == 'n');)
		p++;
	for (; *p && *p != '\n'; p++)
		if (*p >= '0' && *p <= '9')
			v = v << 4 | (uint64_t)(*p - '0');
		else if (*p >= 'a' && *p <= 'f')
			v = v << 4 | (uint64_t)(*p - 'a' + 10);
	return (v & set) != 0;
}

/* 0: no signal of that number waits. */
static int take(struct thread *t, int sig, int shared)
{
	struct timespec none = { 0 };
	uint64_t set = bit(sig);
	struct saved *s = list_add(t);
	struct pending_list *l = t->signals;

	if (!s)
		return 0;
	s->shared = shared;
	if (raw_syscall4(SYS_rt_sigtimedwait, (long)&set, (long)&s->si,
			 (long)&none, 8) > 0)
		return 1;
	l->n--;
	return 0;
}

static void take_all(struct thread *t, int sig, uint64_t own, uint64_t shared)
{
	int more = own & bit(sig) ? 1 : 0;

	/* Of signals below SIGRTMIN no more than one waits. */
	while (more && take(t, sig, 0))
		more = sig >= 32 && own_waits(bit(sig));
	while (shared & bit(sig) && take(t, sig, 1))
		;
}

static void send(struct thread *t, const struct saved *s, siginfo_t *si)
{
	int sig = s->si.si_signo;
	long rc;

	if (s->shared)
		rc = raw_syscall3(SYS_rt_sigqueueinfo, lower_pid(), sig,
				  (long)si);
	else
		rc = raw_syscall4(SYS_rt_tgsigqueueinfo, lower_pid(), t->tid,
				  sig, (long)si);
	if (rc < 0 && s->shared) /* this is not the first thread */
		raw_syscall2(SYS_kill, lower_pid(), sig);
	else if (rc < 0)
		raw_syscall3(SYS_tgkill, lower_pid(), t->tid, sig);
}

void pending_forget(struct thread *t)
{
	struct pending_list *l = t->signals;

	t->pending = 0;
	if (l)
		l->n = 0;
}

void pending_collect(struct thread *t, uint64_t shared)
{
	struct pending_list *l;
	uint32_t i;
	int sig;

	for (sig = 1; sig <= SIGS; sig++)
		take_all(t, sig, t->pending, shared);
	l = t->signals;
	for (i = 0; l && i < l->n; i++) {
		send(t, &l->at[i], &l->at[i].si);
		ids_siginfo(&l->at[i].si);
	}
}

int pending_has_timer(struct thread *t, void *arg)
{
	struct pending_list *l = t->signals;
	uint32_t i;

	for (i = 0; l && i < l->n; i++)
		if (l->at[i].si.si_code == SI_TIMER &&
		    l->at[i].si.si_timerid == *(int *)arg)
			return 1;
	return 0;
}

void pending_raise(struct thread *t, uint64_t shared)
{
	struct pending_list *l = t->signals;
	uint64_t left[2] = { t->pending, shared };
	struct saved s = { 0 };
	uint32_t i;
	int sig;

	for (i = 0; l && i < l->n; i++) {
		siginfo_t si = l->at[i].si;

		if (si.si_signo == SIG_STOP && si.si_code == SI_QUEUE &&
		    si.si_value.sival_int == SIG_STOP_VALUE)
			continue; /* a timer of the last lower half */
		ids_siginfo_real(&si);
		send(t, &l->at[i], &si);
		left[l->at[i].shared != 0] &= ~bit(si.si_signo);
	}
	for (sig = 1; sig <= SIGS; sig++) /* that came too late to be noted */
		for (s.shared = 0; s.shared < 2; s.shared++) {
			s.si.si_signo = sig;
			s.si.si_code = SI_USER;
			s.si.si_pid = lower_pid();
			if (left[s.shared] & bit(sig) && sig != SIG_STOP)
				send(t, &s, &s.si);
		}
	if (l)
		l->n = 0;
}
