/* SPDX-License-Identifier: MIT */
/* scratch.h - a directory of the test's own, which has to be empty at the end
 */
#ifndef MANA_SCRATCH_H
#define MANA_SCRATCH_H

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <cmocka.h>

static char top[64];
static int at; /* top, open */

/* A line of the shell, in it. */
static inline void run(const char *cmd)
{
	char line[512];

	snprintf(line, sizeof(line), "cd %s && %s", top, cmd);
	if (system(line))
		fail_msg("%s", cmd);
}

static inline int scratch_make(void **state)
{
	(void)state;
	umask(022);
	strcpy(top, "/tmp/mana-test-XXXXXX");
	at = mkdtemp(top) ? open(top, O_RDONLY | O_DIRECTORY) : -1;
	return at < 0;
}

static inline int scratch_remove(void **state)
{
	(void)state;
	return rmdir(top);
}

#endif
