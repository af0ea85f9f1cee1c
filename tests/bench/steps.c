/* SPDX-License-Identifier: MIT */
/* steps.c - how many instructions a thread executes between two int3
 *
 * usage: steps PID
 *
 * Steps through each such stretch by ptrace(2) and prints its instructions, a
 * line each; a `rep` counts each of its turns, a system call is one. A count
 * does not depend on what else the machine does, and there is no processor
 * whose counters it needs.
 */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/types.h>
#include <sys/wait.h>

/* The signal of the next stop, 0: it has ended. */
static int next_stop(pid_t pid)
{
	int status;

	while (waitpid(pid, &status, __WALL) < 0)
		if (errno != EINTR)
			return 0;
	return WIFSTOPPED(status) ? WSTOPSIG(status) : 0;
}

static int at_mark(pid_t pid)
{
	siginfo_t info;

	return !ptrace(PTRACE_GETSIGINFO, pid, NULL, &info) &&
	       info.si_code == SI_KERNEL; /* of int3; TRAP_TRACE of a step */
}

/* Goes on to an int3. A signal on the way is delivered. 0: it has ended. */
static int run_to_mark(pid_t pid)
{
	long give = 0;
	int sig;

	for (;;) {
		if (ptrace(PTRACE_CONT, pid, NULL, (void *)give))
			return 0;
		sig = next_stop(pid);
		if (!sig)
			return 0;
		if (sig == SIGTRAP && at_mark(pid))
			return 1;
		give = sig == SIGTRAP ? 0 : sig;
	}
}

/* Instructions to the next int3, which is not one of them; -1: it has ended. */
static long count_to_mark(pid_t pid)
{
	long n = 0, give = 0;
	int sig;

	for (;;) {
		if (ptrace(PTRACE_SINGLESTEP, pid, NULL, (void *)give))
			return -1;
		sig = next_stop(pid);
		if (!sig)
			return -1;
		give = sig == SIGTRAP ? 0 : sig;
		if (sig != SIGTRAP)
			continue;
		if (at_mark(pid))
			return n;
		n++;
	}
}

int main(int argc, char **argv)
{
	pid_t pid = argc == 2 ? (pid_t)strtol(argv[1], NULL, 10) : 0;
	long n;

	if (pid <= 0) {
		fprintf(stderr, "usage: steps PID\n");
		return 2;
	}
	if (ptrace(PTRACE_SEIZE, pid, NULL, NULL) ||
	    ptrace(PTRACE_INTERRUPT, pid, NULL, NULL)) {
		fprintf(stderr, "steps: process %d: cannot be traced: %s\n",
			(int)pid, strerror(errno));
		return 1;
	}
	next_stop(pid);
	while (run_to_mark(pid)) {
		n = count_to_mark(pid);
		if (n < 0)
			return 1;
		printf("%ld\n", n);
	}
	return 0;
}
