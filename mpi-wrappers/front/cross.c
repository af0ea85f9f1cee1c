/* SPDX-License-Identifier: MIT */
/* cross.c - a thread's first crossing, and the one wait for a checkpoint */
#include <linux/futex.h>
#include <time.h>
#include "front.h"

__thread struct thread *front_thread;

static void say(const char *s)
{
	size_t n = 0;

	while (s[n])
		n++;
	raw_syscall3(SYS_write, 2, (long)s, (long)n);
}

struct thread *front_attach(void)
{
	struct thread *t = GATE->attach();

	if (!GATE->mpi) {
		say("mana: MPI: the program calls MPI, but was started without"
		    " it: leave --mpi out, or name the library\n");
		raw_syscall1(SYS_exit_group, 99);
	}
	front_thread = t;
	gate_enter(t);
	GATE->mpi->register_front(&front_shims);
	gate_leave(t);
	return t;
}

/*
 * The thread is stopped here, or the agent raises the target it waits for; so
 * the wait has an end of its own, short for collectives, and the call is made
 * again whatever happened.
 */
void front_park(uint32_t least)
{
	struct timespec ts = { 0, 100000000 };
	uint32_t now = GATE->pending;

	if (least == PENDING_CLOCK)
		ts.tv_nsec = 2000000;
	if (now >= least)
		raw_syscall4(SYS_futex, (long)&GATE->pending, FUTEX_WAIT, now,
			     (long)&ts);
}

int front_raise(enum desc_kind kind, const void *seam, int error,
		const char *what)
{
	return front_code(
		CROSS(raise_from(kind, (void *)(uintptr_t)seam, error, what)));
}

int front_unsupported(const char *what)
{
	say("mana: ");
	say(what);
	say(": not supported under mana: do without it\n");
	return real_errcode(SEAM_ERR_UNSUPPORTED_OPERATION);
}
