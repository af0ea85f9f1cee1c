/* SPDX-License-Identifier: MIT */
/* address_space.c - the lower half stays out of the arena
 *
 * Where the kernel maps is decided as a program begins, by the limit of the
 * stack (mmap_base() in the kernel's arch/x86/mm/mmap.c).
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <unistd.h>
#include "../common/gate.h"
#include "address_space.h"

#define LIMIT_VAR   "MANA_STACK_LIMIT"
#define LIMIT_LARGE (1UL << 40)
#define LIMIT_SMALL (8UL << 20)

static void limit_back(const char *text, struct rlimit *l)
{
	l->rlim_cur = strtoul(text, NULL, 0);
	setrlimit(RLIMIT_STACK, l);
	unsetenv(LIMIT_VAR);
}

void address_space_begin(char **argv)
{
	const char *text = getenv(LIMIT_VAR);
	struct rlimit l, small;
	char number[32];

	if (getrlimit(RLIMIT_STACK, &l) < 0)
		return;
	if (text) {
		limit_back(text, &l);
		return;
	}
	if (l.rlim_cur <= LIMIT_LARGE)
		return;
	small = l;
	small.rlim_cur = LIMIT_SMALL;
	snprintf(number, sizeof(number), "%#lx", (unsigned long)l.rlim_cur);
	if (setrlimit(RLIMIT_STACK, &small) < 0 ||
	    setenv(LIMIT_VAR, number, 1) < 0)
		return;
	execv("/proc/self/exe", argv);
	limit_back(number, &l);
}

int address_space_check(void)
{
	FILE *f = fopen("/proc/self/maps", "re");
	unsigned long start, end;
	char *line = NULL;
	size_t cap = 0;
	int rc = 0;

	while (f && !rc && getline(&line, &cap, f) > 0)
		if (sscanf(line, "%lx-%lx", &start, &end) == 2 &&
		    start < ARENA_END && end > ARENA_BASE)
			rc = -EEXIST;
	free(line);
	if (f)
		fclose(f);
	return rc;
}
