/* SPDX-License-Identifier: MIT */
/* unlinked.c - a file without a name, an event counter and an interval timer */
/* test: ranks=1 mpi=none threads=1 */
#include <signal.h>
#include <stdint.h>
#include <sys/eventfd.h>
#include <sys/time.h>
#include "check.h"

static volatile sig_atomic_t alarms;

static void count(int sig)
{
	(void)sig;
	alarms++;
}

static void wait_for_alarm(void)
{
	sig_atomic_t had = alarms;
	double until = check.spent + 1;

	while (alarms == had && check.spent < until)
		check_sleep(0.01);
	CHECK(alarms != had);
}

int main(int argc, char **argv)
{
	struct itimerval every = { { 0, 20000 }, { 0, 20000 } };
	char out[2000], in[2000];
	int counter = eventfd(0, 0);
	FILE *f = tmpfile();
	uint64_t v;

	check_args(argc, argv);
	signal(SIGALRM, count);
	CHECK_EQ(setitimer(ITIMER_REAL, &every, NULL), 0);
	CHECK(f != NULL);
	while (check_more()) {
		check_fill(out, sizeof(out), (unsigned long)check.round);
		v = (uint64_t)check.round + 1;
		CHECK_EQ(write(counter, &v, sizeof(v)), sizeof(v));
		rewind(f);
		CHECK_EQ(fwrite(out, 1, sizeof(out), f), sizeof(out));
		CHECK_EQ(fflush(f), 0);
		check_sleep(0.1);
		wait_for_alarm();
		rewind(f);
		CHECK_EQ(fread(in, 1, sizeof(in), f), sizeof(in));
		check_same(in, sizeof(in), (unsigned long)check.round);
		CHECK_EQ(read(counter, &v, sizeof(v)), sizeof(v));
		CHECK_EQ(v, check.round + 1);
	}
	return check_pass();
}
