/* SPDX-License-Identifier: MIT */
/* syscall_resume.c - system calls that the stop signal interrupted
 *
 * Freestanding. A call that the stop ended with EINTR is made again; one that a
 * handler of the application ended is not. A handler that comes when the call
 * is about to be made again ends it as well: else the program would wait for
 * what has happened already. RCX, which a system call destroys, says which of
 * the two a call is.
 *
 * Waits with a relative time come through trampolines, whose hook
 * notes their beginning; ppoll, pselect6 and select write the remaining time
 * back themselves. Of what other trampolines make, hook_entry leaves the
 * number; for other sites it is found in the code before the syscall
 * instruction (mov $NR,%eax within 32 bytes, or mov %reg,%eax).
 */
#include <errno.h>
#include <linux/futex.h>
#include <signal.h>
#include <stddef.h>
#include <sys/uio.h>
#include <time.h>
#include <ucontext.h>
#include "trampoline.h"
#include "sig.h"
#include "syscall_resume.h"

#define NS	  1000000000UL
#define RCX_AGAIN 0x6d616e6161676e00 /* the call is to be made again */
#define RCX_ENDED 0x6d616e61656e6400 /* the EINTR is for the application */

static const uint16_t again[] = {
	SYS_poll,	  SYS_ppoll,
	SYS_select,	  SYS_pselect6,
	SYS_epoll_wait,	  SYS_epoll_pwait,
	SYS_epoll_pwait2, SYS_nanosleep,
	SYS_futex,	  SYS_clock_nanosleep,
	SYS_pause,	  SYS_rt_sigsuspend,
	SYS_semop,	  SYS_semtimedop,
	SYS_msgrcv,	  SYS_msgsnd,
	SYS_accept,	  SYS_accept4,
	SYS_recvfrom,	  SYS_recvmsg,
	SYS_sendto,	  SYS_sendmsg,
	SYS_connect,	  SYS_wait4,
	SYS_waitid,	  SYS_read,
	SYS_write,	  SYS_rt_sigtimedwait,
	SYS_readv,	  SYS_writev,
	SYS_preadv2,	  SYS_pwritev2,
	SYS_recvmmsg,	  SYS_sendmmsg,
	SYS_splice,	  SYS_sendfile,
	SYS_io_getevents, SYS_io_pgetevents,
};

uint64_t syscall_now(void)
{
	struct timespec ts = { 0 };
	int (*get)(clockid_t, struct timespec *) = (int (*)(
		clockid_t, struct timespec *))GATE->vdso[VDSO_CLOCK_GETTIME];

	get(CLOCK_MONOTONIC, &ts);
	return (uint64_t)ts.tv_sec * NS + (uint64_t)ts.tv_nsec;
}

long syscall_note(struct hook_regs *r, struct thread *t)
{
	const struct timespec *ts = NULL;

	t->note_nr = (uint64_t)r->nr;
	t->note_arg[0] = ~0UL; /* nanoseconds to wait; ~0: as it stands */
	switch (r->nr) {
	case SYS_poll:
		if ((int)r->a[2] >= 0)
			t->note_arg[0] = (uint64_t)(int)r->a[2] * 1000000;
		break;
	case SYS_epoll_wait:
	case SYS_epoll_pwait:
		if ((int)r->a[3] >= 0)
			t->note_arg[0] = (uint64_t)(int)r->a[3] * 1000000;
		break;
	case SYS_nanosleep:
		ts = (const struct timespec *)r->a[0];
		break;
	case SYS_clock_nanosleep:
		if (!(r->a[1] & TIMER_ABSTIME))
			ts = (const struct timespec *)r->a[2];
		break;
	}
	if (ts && ts->tv_sec >= 0 && ts->tv_sec < 1L << 33)
		t->note_arg[0] =
			(uint64_t)ts->tv_sec * NS + (uint64_t)ts->tv_nsec;
	if (t->note_arg[0] != ~0UL)
		t->note_start_ns = syscall_now();
	return HOOK_RAW;
}

static int made_again(long nr)
{
	size_t i;

	for (i = 0; i < sizeof(again) / sizeof(again[0]); i++)
		if (again[i] == nr)
			return 1;
	return 0;
}

/*
 * The number of the call that a trampoline has just made: hook_entry left it in
 * the red zone below the trampoline's stack, which no signal frame touches.
 */
static long trampoline_number(const greg_t *g)
{
	return ((const struct hook_regs *)g[REG_RSP] - 1)->nr;
}

int syscall_resumes(const struct thread *t, const greg_t *g)
{
	uint64_t call;
	long nr;

	if (g[REG_RAX] != -EINTR || g[REG_RCX] == RCX_ENDED ||
	    trampoline_at((uint64_t)g[REG_RIP], &call) != TRAMPOLINE_AFTER ||
	    (uint64_t)g[REG_RIP] != call + 2)
		return 0;
	nr = trampoline_number(g);
	return (uint64_t)nr == t->note_nr || made_again(nr);
}

/* A noted wait: make it again for what is left of its time. */
static void resume_noted(struct thread *t, greg_t *g)
{
	uint64_t left = t->note_arg[0], now;
	int r_ms = t->note_nr == SYS_poll ? REG_RDX : REG_R10;
	int r_ts = t->note_nr == SYS_nanosleep ? REG_RDI : REG_RDX;

	g[REG_RIP] -= 2;
	g[REG_RAX] = (greg_t)t->note_nr;
	if (left == ~0UL)
		return;
	now = syscall_now();
	left = left > now - t->note_start_ns ? left - (now - t->note_start_ns) :
					       0;
	t->note_arg[0] = left;
	t->note_start_ns = now;
	t->note_time[0] = left / NS;
	t->note_time[1] = left % NS;
	switch (t->note_nr) {
	case SYS_poll:
	case SYS_epoll_wait:
	case SYS_epoll_pwait:
		g[r_ms] = (greg_t)((left + 999999) / 1000000);
		break;
	default:
		g[r_ts] = (greg_t)t->note_time;
	}
}

/* The number of the system call right before pc, -1 when it is not clear. */
static long number_before(const uint8_t *pc, const greg_t *g)
{
	static const int8_t reg[16] = { REG_RAX, REG_RCX, REG_RDX, REG_RBX,
					REG_RSP, REG_RBP, REG_RSI, REG_RDI,
					REG_R8,	 REG_R9,  REG_R10, REG_R11,
					REG_R12, REG_R13, REG_R14, REG_R15 };
	int i;

	if (pc[-2] != 0x0f || pc[-1] != 0x05)
		return -1;
	if (pc[-4] == 0x89 && (pc[-3] & 0xc7) == 0xc0)
		return g[reg[(pc[-3] >> 3 & 7) + (pc[-5] == 0x44 ? 8 : 0)]];
	for (i = 7; i < 32; i++)
		if (pc[-i] == 0xb8 && pc[-i + 2] < 2 && !pc[-i + 3] &&
		    !pc[-i + 4])
			return pc[-i + 1] | pc[-i + 2] << 8;
	return -1;
}

void syscall_resume(struct thread *t, greg_t *g)
{
	long nr;

	if (g[REG_RAX] != -EINTR || g[REG_RCX] == RCX_ENDED)
		return;
	if (syscall_resumes(t, g)) {
		nr = trampoline_number(g);
		if ((uint64_t)nr == t->note_nr) {
			resume_noted(t, g);
			return;
		}
	} else {
		nr = number_before((const uint8_t *)g[REG_RIP], g);
	}
	if (made_again(nr)) {
		g[REG_RIP] -= 2;
		g[REG_RAX] = nr;
	}
}

/* Of the futex operations only FUTEX_WAIT and FUTEX_WAIT_BITSET end with EINTR.
 * The answer is as that of interruptible. */
static int futex_interruptible(long op, long timeout)
{
	op &= ~(FUTEX_PRIVATE_FLAG | FUTEX_CLOCK_REALTIME);
	if (op != FUTEX_WAIT && op != FUTEX_WAIT_BITSET)
		return 0;
	return timeout ? 2 : 1;
}

/* 2: a handler always ends it with EINTR, 1: unless it has SA_RESTART. */
static int interruptible(const greg_t *g)
{
	long nr = g[REG_RAX];

	switch (nr) {
	case SYS_futex:
		return futex_interruptible(g[REG_RSI], g[REG_R10]);
	case SYS_accept:
	case SYS_accept4:
	case SYS_recvfrom:
	case SYS_recvmsg:
	case SYS_sendto:
	case SYS_sendmsg:
	case SYS_recvmmsg:
	case SYS_sendmmsg:
	case SYS_connect:
	case SYS_wait4:
	case SYS_waitid:
	case SYS_read:
	case SYS_write:
	case SYS_readv:
	case SYS_writev:
	case SYS_preadv2:
	case SYS_pwritev2:
	case SYS_splice:
	case SYS_sendfile:
	case SYS_open:
	case SYS_openat:
	case SYS_openat2:
	case SYS_fcntl:
	case SYS_flock:
		return 1;
	}
	return made_again(nr) ? 2 : 0;
}

/* Takes one of these signals from the process and directs it at this thread, as
 * the kernel would have, so that no other thread takes it. */
static int take(uint64_t set)
{
	struct timespec none = { 0 };
	siginfo_t si;
	long sig = raw_syscall4(SYS_rt_sigtimedwait, (long)&set, (long)&si,
				(long)&none, 8);

	if (sig > 0)
		raw_syscall4(SYS_rt_tgsigqueueinfo, raw_syscall0(SYS_getpid),
			     raw_syscall0(SYS_gettid), sig, (long)&si);
	return (int)sig;
}

/* Tells the caller how much of its time is left, if it wants to know. */
static void tell_rest(const struct thread *t, const greg_t *g)
{
	struct iovec from = { (void *)t->note_time, sizeof(t->note_time) };
	struct iovec to = { NULL, sizeof(t->note_time) };
	long nr = g[REG_RAX];

	if (nr == SYS_nanosleep && g[REG_RDI] == (greg_t)t->note_time)
		to.iov_base = (void *)g[REG_RSI];
	if (nr == SYS_clock_nanosleep && g[REG_RDX] == (greg_t)t->note_time)
		to.iov_base = (void *)g[REG_R10];
	if (to.iov_base) /* the program may have given any address */
		raw_syscall6(SYS_process_vm_writev, raw_syscall0(SYS_getpid),
			     (long)&from, 1, (long)&to, 1, 0);
}

static void end(const struct thread *t, greg_t *g)
{
	tell_rest(t, g);
	g[REG_RIP] += 2;
	g[REG_RAX] = -EINTR;
	g[REG_RCX] = RCX_ENDED;
}

static int at_call(const greg_t *g)
{
	const uint8_t *pc = (const uint8_t *)g[REG_RIP];

	return pc[0] == 0x0f && pc[1] == 0x05;
}

void syscall_signalled(const struct thread *t, greg_t *g, uint64_t flags)
{
	int how;

	if (g[REG_RAX] == -EINTR && g[REG_RCX] == g[REG_RIP]) {
		g[REG_RCX] = RCX_ENDED; /* a call has just ended here */
	} else if (g[REG_RCX] == RCX_AGAIN && at_call(g)) {
		how = interruptible(g);
		if (how == 2 || (how == 1 && !(flags & SA_RESTART)))
			end(t, g);
	}
}

void syscall_interrupt(const struct thread *t, greg_t *g, uint64_t mask)
{
	int how, sig;
	uint64_t set = 0;

	if (!at_call(g))
		return;
	how = interruptible(g);
	if (!how)
		return;
	g[REG_RCX] = RCX_AGAIN;
	for (sig = 1; sig < 32; sig++) {
		const struct ksigaction *k = sig_get(sig);

		if (k->handler > 1 && !(mask >> (sig - 1) & 1) &&
		    (how == 2 || !(k->flags & SA_RESTART)))
			set |= 1UL << (sig - 1);
	}
	if (set && take(set) > 0)
		end(t, g);
}
