/* SPDX-License-Identifier: MIT */
/* cputime.c - CPU time that goes on over a restart
 *
 * Freestanding. Nothing is added before the first restart. Not known here are
 * the clocks of clock_getcpuclockid(3) and pthread_getcpuclockid(3), and the
 * times of children.
 */
#include <sys/resource.h>
#include <sys/times.h>
#include <time.h>
#include "app.h"
#include "cputime.h"

#define TICK_US 10000 /* USER_HZ is 100 */

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

/* What is to be added to the answer; NULL: the kernel's is right. */
static const struct cputime *past_of(const struct hook_regs *r,
				     const struct thread *t)
{
	int what = (int)r->a[0], is_clock = r->nr == SYS_clock_gettime;
	const struct cputime *past = NULL;

	if (r->nr == SYS_times)
		past = r->a[0] ? &APP->cpu_past : NULL;
	else if (what == (is_clock ? CLOCK_PROCESS_CPUTIME_ID : RUSAGE_SELF))
		past = &APP->cpu_past;
	else if (what == (is_clock ? CLOCK_THREAD_CPUTIME_ID : RUSAGE_THREAD))
		past = &t->cpu_past;
	return past && past->run ? past : NULL;
}

long cputime_call(struct hook_regs *r, struct thread *t)
{
	const struct cputime *past = past_of(r, t);
	struct rusage *u = (struct rusage *)r->a[1];
	long v;

	if (!past)
		return HOOK_RAW;
	v = raw_syscall2(r->nr, r->a[0], r->a[1]);
	if (r->nr == SYS_times && v >= 0) {
		set_ticks((struct tms *)r->a[0], past);
	} else if (r->nr == SYS_clock_gettime && v == 0) {
		add_clock((struct timespec *)r->a[1], past->run);
	} else if (v == 0) {
		add_us(&u->ru_utime, past->user);
		add_us(&u->ru_stime, past->sys);
	}
	r->nr = v;
	return HOOK_DONE;
}
