/* SPDX-License-Identifier: MIT */
/*
 * clock_vdso.c - each function of the vDSO says what the kernel says, by the
 * pointers that a program found when it started
 */
/* test: ranks=1 mpi=none */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include "check.h"

static int (*gettime)(clockid_t, struct timespec *);
static int (*getres)(clockid_t, struct timespec *);
static int (*timeofday)(struct timeval *, struct timezone *);
static time_t (*seconds)(time_t *);
static int (*where)(unsigned *, unsigned *, void *);

static const clockid_t clocks[] = {
	CLOCK_REALTIME,		CLOCK_MONOTONIC, CLOCK_MONOTONIC_RAW,
	CLOCK_BOOTTIME,		CLOCK_TAI,	 CLOCK_REALTIME_COARSE,
	CLOCK_MONOTONIC_COARSE,
};

static long long ns(const struct timespec *t)
{
	return t->tv_sec * 1000000000LL + t->tv_nsec;
}

static long long kernel(long call, clockid_t id)
{
	struct timespec t;

	CHECK_EQ(syscall(call, id, &t), 0);
	return ns(&t);
}

/* Between what the kernel says before and after, and so is libc's. */
static void compare(clockid_t id)
{
	struct timespec a, b;
	long long first = kernel(SYS_clock_gettime, id), last;

	CHECK_EQ(gettime(id, &a), 0);
	CHECK_EQ(clock_gettime(id, &b), 0);
	last = kernel(SYS_clock_gettime, id);
	CHECK(first <= ns(&a));
	CHECK(ns(&a) <= ns(&b));
	CHECK(ns(&b) <= last);
	CHECK_EQ(getres(id, &a), 0);
	CHECK_EQ(ns(&a), kernel(SYS_clock_getres, id));
}

static void compare_others(void)
{
	unsigned cpu = ~0u, node = ~0u;
	struct timeval first, tv, last;
	time_t now;

	CHECK_EQ(syscall(SYS_gettimeofday, &first, NULL), 0);
	CHECK_EQ(timeofday(&tv, NULL), 0);
	CHECK_EQ(syscall(SYS_gettimeofday, &last, NULL), 0);
	CHECK(!timercmp(&tv, &first, <) && !timercmp(&last, &tv, <));
	now = (time_t)syscall(SYS_time, NULL);
	CHECK(now <= seconds(NULL));
	CHECK(seconds(&now) == now);
	CHECK(now <= (time_t)syscall(SYS_time, NULL));
	CHECK_EQ(where(&cpu, &node, NULL), 0);
	CHECK(cpu < (unsigned)sysconf(_SC_NPROCESSORS_CONF));
	CHECK(node < 1024);
}

static void *find(const char *name)
{
	void *f =
		dlsym(dlopen("linux-vdso.so.1", RTLD_NOW | RTLD_NOLOAD), name);

	CHECK(f != NULL);
	return f;
}

int main(int argc, char **argv)
{
	size_t i;

	check_args(argc, argv);
	gettime = find("__vdso_clock_gettime");
	getres = find("__vdso_clock_getres");
	timeofday = find("__vdso_gettimeofday");
	seconds = find("__vdso_time");
	where = find("__vdso_getcpu");
	while (check_more()) {
		for (i = 0; i < sizeof(clocks) / sizeof(*clocks); i++)
			compare(clocks[i]);
		compare_others();
	}
	return check_pass();
}
