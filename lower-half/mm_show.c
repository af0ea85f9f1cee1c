/* SPDX-License-Identifier: MIT */
/* mm_show.c - command line and environment as ps(1) and the program see them
 *
 * They lie on the application's first stack. The other fields stay as they are:
 * PR_SET_MM_MAP, unlike its parts, needs no privilege but wants all of them. So
 * does the auxiliary vector, by which debuggers find the lower half.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include "../common/arch/x86_64/syscall.h"
#include "../upper-half/app.h"
#include "mm_show.h"

#define FIELDS 52

/* Fields 26, 27 and 45 to 47 of proc(5)'s stat. */
static int read_stat(struct prctl_mm_map *m)
{
	unsigned long long v[FIELDS] = { 0 };
	char text[2048], *p, *end;
	FILE *f = fopen("/proc/self/stat", "re");
	size_t n = f ? fread(text, 1, sizeof(text) - 1, f) : 0;
	int i;

	if (f)
		fclose(f);
	text[n] = 0;
	p = strrchr(text, ')'); /* field 2; 3 is a letter */
	if (!p || p + 4 > text + n)
		return -1;
	for (i = 4, p += 4; i < FIELDS; i++, p = end) {
		v[i] = strtoull(p, &end, 10);
		if (end == p)
			return -1;
	}
	m->start_code = v[26];
	m->end_code = v[27];
	m->start_data = v[45];
	m->end_data = v[46];
	m->start_brk = v[47];
	return 0;
}

void mm_show(void)
{
	const struct stack_image *s = &APP->stack;
	struct prctl_mm_map m = {
		.start_stack = s->sp,
		.arg_start = s->args,
		.arg_end = s->env,
		.env_start = s->env,
		.env_end = s->env_end,
		.exe_fd = (uint32_t)-1,
	};

	if (read_stat(&m) < 0)
		return;
	m.brk = (uint64_t)raw_syscall1(SYS_brk, 0);
	prctl(PR_SET_MM, PR_SET_MM_MAP, &m, sizeof(m), 0);
}
