/* SPDX-License-Identifier: MIT */
/* environment.c - argv, environ, auxv, /proc/self/exe, setenv, umask, cwd */
/* test: ranks=2 */
#define _GNU_SOURCE
#include <mpi.h>
#include <errno.h>
#include <limits.h>
#include <sys/auxv.h>
#include <sys/stat.h>
#include "check.h"

extern char **environ;

static void same_program(const char *name)
{
	char self[PATH_MAX], want[PATH_MAX];
	ssize_t len = readlink("/proc/self/exe", self, sizeof(self) - 1);

	CHECK(len > 0);
	self[len] = '\0';
	CHECK(realpath(name, want) != NULL);
	CHECK_EQ(strcmp(self, want), 0);
	CHECK(strstr(want, program_invocation_short_name) != NULL);
	CHECK(strcmp(program_invocation_name, name) == 0);
}

static void same_environment(const char *cwd)
{
	char now[PATH_MAX];
	int i, seen = 0;

	CHECK_EQ(strcmp(getenv("CHECK_VALUE"), "set by the program"), 0);
	CHECK(getenv("PATH") != NULL);
	for (i = 0; environ[i]; i++) {
		CHECK(strchr(environ[i], '=') != NULL);
		CHECK(strncmp(environ[i], "LD_PRELOAD=", 11) != 0);
		seen += strncmp(environ[i], "CHECK_VALUE=", 12) == 0;
	}
	CHECK_EQ(seen, 1);
	CHECK(getcwd(now, sizeof(now)) != NULL);
	CHECK_EQ(strcmp(now, cwd), 0);
	CHECK_EQ(umask(0137), 0137);
}

static void same_auxv(const char *name)
{
	CHECK_EQ(getauxval(AT_PAGESZ), sysconf(_SC_PAGESIZE));
	CHECK(getauxval(AT_PHDR) != 0);
	CHECK(getauxval(AT_RANDOM) != 0);
	CHECK_EQ(strcmp((char *)getauxval(AT_EXECFN), name), 0);
}

int main(int argc, char **argv)
{
	char cwd[PATH_MAX], round[32];

	setenv("CHECK_VALUE", "set by the program", 1);
	CHECK(getcwd(cwd, sizeof(cwd)) != NULL);
	umask(0137);
	check_start(argc, argv);
	CHECK(argc >= 1 && argv[argc] == NULL);
	same_program(argv[0]);
	same_auxv(argv[0]);
	while (check_more()) {
		same_environment(cwd);
		snprintf(round, sizeof(round), "%ld", check.round);
		setenv("CHECK_ROUND", round, 1);
		check_sleep(0.02);
		CHECK_EQ(atol(getenv("CHECK_ROUND")), check.round);
	}
	return check_pass();
}
