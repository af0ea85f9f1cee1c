/* SPDX-License-Identifier: MIT */
/* cputime.c - CPU time that goes on over a restart
 *
 * Freestanding. Nothing is added before the first restart. The times of
 * children are not carried over.
 */
#include <sys/resource.h>
#include <sys/times.h>
#include <time.h>
#include "../common/lower_hooks.h"
#include "app.h"
#include "cputime.h"
#include "ids.h"

#define TICK_US 10000 /* USER_HZ is 100 */

/* In the low bits of a clock's number: 3 of all three is a clock by descriptor,
 * the lower two say what is counted, 0 user and system time. */
enum { CLOCK_BY_FD = 3, CLOCK_COUNTS_USER = 1, CLOCK_COUNTS_RUN = 2 };

struct past {
	int id;
	struct cputime of;
};

static int64_t us(const struct timeval *tv)
{
	return tv->tv_sec * 1000000L + tv->tv_usec;
}

static void read_kernel(int who, struct cputime *c)
{
	struct rusage u = { 0 };
	struct timespec ts = { 0 };

	raw_syscall2(SYS_getrusage, who, (long)&u);
	raw_syscall2(SYS_clock_gettime,
		     who == RUSAGE_SELF ? CLOCK_PROCESS_CPUTIME_ID :
					  CLOCK_THREAD_CPUTIME_ID,
		     (long)&ts);
	c->user = us(&u.ru_utime);
	c->sys = us(&u.ru_stime);
	c->run = ts.tv_sec * 1000000000L + ts.tv_nsec;
}

static void go_on(int who, const struct cputime *saved, struct cputime *past)
{
	struct cputime now;

	read_kernel(who, &now);
	past->user += saved->user - now.user;
	past->sys += saved->sys - now.sys;
	past->run += saved->run - now.run;
}

void cputime_save(struct thread *t)
{
	read_kernel(RUSAGE_THREAD, &t->cpu_saved);
}

void cputime_save_process(void)
{
	read_kernel(RUSAGE_SELF, &APP->cpu_saved);
}

void cputime_resume(struct thread *t)
{
	go_on(RUSAGE_THREAD, &t->cpu_saved, &t->cpu_past);
}

void cputime_resume_process(void)
{
	go_on(RUSAGE_SELF, &APP->cpu_saved, &APP->cpu_past);
}

static void add_us(struct timeval *tv, int64_t past)
{
	int64_t v = us(tv) + past;

	tv->tv_sec = v / 1000000;
	tv->tv_usec = v % 1000000;
}

static void add_clock(struct timespec *ts, int64_t past)
{
	int64_t v = ts->tv_sec * 1000000000L + ts->tv_nsec + past;

	ts->tv_sec = v / 1000000000;
	ts->tv_nsec = v % 1000000000;
}

/* From microseconds: a sum of ticks could be one less than was seen before. */
static void set_ticks(struct tms *b, const struct cputime *past)
{
	struct cputime now;

	read_kernel(RUSAGE_SELF, &now);
	b->tms_utime = (now.user + past->user) / TICK_US;
	b->tms_stime = (now.sys + past->sys) / TICK_US;
}

/*
 * Clocks of clock_getcpuclockid(3) and pthread_getcpuclockid(3) hold an id,
 * inverted, and in the low bits what is counted and for whom (the kernel's
 * posix-timers_types.h).
 */
static int clock_id(int clock)
{
	return ~(clock >> 3);
}

static int clock_of_thread(int clock)
{
	return clock & 4;
}

static int clock_with(int clock, int (*other)(int))
{
	if (GATE->epoch == 1 || clock >= 0 || (clock & 7) == CLOCK_BY_FD)
		return clock;
	return (int)(~(uint32_t)other(clock_id(clock)) << 3) | (clock & 7);
}

int cputime_clock(int clock)
{
	return clock_with(clock, ids_real);
}

int cputime_clock_virtual(int clock)
{
	return clock_with(clock, ids_virtual);
}

static int past_by_id(struct thread *t, void *arg)
{
	struct past *p = arg;

	if (t->vtid != p->id)
		return 0;
	p->of = t->cpu_past;
	return 1;
}

/* Fills in the time to be added to the answer; 0: the kernel's answer is
 * right. */
static int past_of(const struct hook_regs *r, const struct thread *t,
		   struct past *p)
{
	int what = (int)r->a[0], is_clock = r->nr == SYS_clock_gettime;

	p->of = (struct cputime){ 0 };
	if (r->nr == SYS_times) {
		if (r->a[0])
			p->of = APP->cpu_past;
	} else if (what ==
		   (is_clock ? CLOCK_PROCESS_CPUTIME_ID : RUSAGE_SELF)) {
		p->of = APP->cpu_past;
	} else if (what ==
		   (is_clock ? CLOCK_THREAD_CPUTIME_ID : RUSAGE_THREAD)) {
		p->of = t->cpu_past;
	} else if (is_clock && what < 0 && (what & 7) != CLOCK_BY_FD) {
		p->id = clock_id(what);
		if (clock_of_thread(what) && p->id)
			thread_each(past_by_id, p);
		else if (clock_of_thread(what))
			p->of = t->cpu_past;
		else if (!p->id || p->id == lower_id())
			p->of = APP->cpu_past;
	}
	return p->of.run != 0;
}

/* The nanoseconds that this clock would count of t. */
static int64_t counted(int clock, const struct cputime *c)
{
	if (clock >= 0 || (clock & 3) == CLOCK_COUNTS_RUN)
		return c->run;
	return 1000 *
	       ((clock & 3) == CLOCK_COUNTS_USER ? c->user : c->user + c->sys);
}

long cputime_call(struct hook_regs *r, struct thread *t)
{
	struct rusage *u = (struct rusage *)r->a[1];
	struct past p;
	long v, what = r->a[0];

	if (!past_of(r, t, &p) && (r->nr != SYS_clock_gettime || what >= 0))
		return HOOK_RAW;
	if (r->nr == SYS_clock_gettime)
		what = cputime_clock((int)what);
	v = raw_syscall2(r->nr, what, r->a[1]);
	if (r->nr == SYS_times && v >= 0) {
		set_ticks((struct tms *)r->a[0], &p.of);
	} else if (r->nr == SYS_clock_gettime && v == 0) {
		add_clock((struct timespec *)r->a[1],
			  counted((int)r->a[0], &p.of));
	} else if (v == 0) {
		add_us(&u->ru_utime, p.of.user);
		add_us(&u->ru_stime, p.of.sys);
	}
	r->nr = v;
	return HOOK_DONE;
}
