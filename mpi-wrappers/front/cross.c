/* SPDX-License-Identifier: MIT */
/* cross.c - a thread's first crossing, and the one wait for a checkpoint */
#include <linux/futex.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include "../../common/exit_code.h"
#include "front.h"
#include "../desc.h"
#include "../front_shims.h"

__thread struct thread *front_thread;

static void say(const char *s)
{
	size_t n = 0;

	while (s[n])
		n++;
	raw_syscall3(SYS_write, 2, (long)s, (long)n);
}

#ifdef MPICH_VERSION
static void leave(int code, enum leave how)
{
	if (how != LEAVE_AT_ONCE)
		fflush(NULL);
	if (how != LEAVE_FLUSH)
		exit(code);
}
#endif

#ifdef MPICH_NUMVERSION
#define RELEASE                                                                \
	(MPICH_NUMVERSION >= 50000000 ? 3L :                                   \
	 MPICH_NUMVERSION >= 40200000 ? 2L :                                   \
					1L)
#else
#define RELEASE                                                                \
	(OMPI_MAJOR_VERSION >= 6 ? 3L : OMPI_MAJOR_VERSION == 5 ? 2L : 1L)
#endif

struct thread *front_attach(void)
{
	struct thread *t = GATE->attach();
	uint64_t back;

	if (!GATE->mpi) {
		say("mana: MPI: the program calls MPI, but was started without"
		    " it: leave --mpi out, or name the library\n");
		raw_syscall1(SYS_exit_group, EXIT_REFUSED);
	}
	front_thread = t;
	back = gate_enter(t);
	KEEP_MPI->part[PART_RELEASE] = (void *)RELEASE;
	GATE->mpi->register_front(&front_shims);
#ifdef MPICH_VERSION
	KEEP_MPI->part[PART_EXIT] = (void *)leave;
#endif
	gate_leave(t, back);
	return t;
}

/*
 * PENDING_STOP: the thread is stopped here. PENDING_CLOCK: a collective waits
 * for the agent to raise its target, which nothing announces. Either way the
 * wait has an end of its own, and the call is made again.
 */
void front_wait(void)
{
	struct timespec ts = { 0, 0 };
	uint32_t now = GATE->pending;

	if (now == PENDING_NONE)
		return;
	ts.tv_nsec = now == PENDING_CLOCK ? 2000000 : 100000000;
	raw_syscall4(SYS_futex, (long)&GATE->pending, FUTEX_WAIT, now,
		     (long)&ts);
}

int front_raise(enum desc_kind kind, const void *seam, int error,
		const char *what)
{
	return front_code(
		CROSS(raise_from(kind, (void *)(uintptr_t)seam, error, what)));
}

int front_no_status(enum desc_kind kind, const void *seam, const char *what)
{
	return front_raise(kind, seam, SEAM_ERR_ARG, what);
}

void front_closed(const char *what)
{
	CROSS(closed(what));
}

int front_unsupported(const char *what)
{
	say("mana: ");
	say(what);
	say(": not supported under mana: do without it\n");
	return real_errcode(SEAM_ERR_UNSUPPORTED_OPERATION);
}

int front_missing(const char *what)
{
	front_unsupported(what);
	return front_raise(DESC_COMM, SEAM_COMM_WORLD,
			   SEAM_ERR_UNSUPPORTED_OPERATION, what);
}
