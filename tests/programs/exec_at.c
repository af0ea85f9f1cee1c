/* SPDX-License-Identifier: MIT */
/* exec_at.c - a program that becomes another by fexecve(3), by execveat(2)
 * below a directory, and by /proc/self/exe, stays under checkpoints */
/* test: ranks=1 mpi=none ckpt=may */
#define _GNU_SOURCE
#include <fcntl.h>
#include <sys/syscall.h>
#include "check.h"

extern char **environ;

static void become(int step, char **argv)
{
	char name[] = "EXEC_AT=0", path[4096], *slash;
	int fd = open("/proc/self/exe", O_PATH | O_CLOEXEC);
	ssize_t n = readlink("/proc/self/exe", path, sizeof(path) - 1);

	CHECK(fd >= 0 && n > 0);
	path[n] = 0;
	name[8] = (char)('1' + step);
	putenv(name);
	slash = strrchr(path, '/');
	if (step == 0)
		fexecve(fd, argv, environ);
	if (step == 1) {
		*slash = 0;
		fd = open(path, O_DIRECTORY | O_CLOEXEC);
		syscall(SYS_execveat, fd, slash + 1, argv, environ, 0);
	}
	if (step == 2)
		execv("/proc/self/exe", argv);
	CHECK(!"became another");
}

int main(int argc, char **argv)
{
	const char *step = getenv("EXEC_AT");

	if (!step || *step < '3')
		become(step ? *step - '0' : 0, argv);
	check_args(argc, argv);
	while (check_more())
		check_sleep(0.005);
	return check_pass();
}
