/* SPDX-License-Identifier: MIT */
/* vm_flags.c - what the program has advised about its memory */
#include <errno.h>
#include <linux/mman.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include "../common/array.h"
#include "../common/arch/x86_64/syscall.h"
#include "../common/lower.h"
#include "../upper-half/app.h"
#include "../upper-half/vm.h"
#include "core.h"
#include "vm_flags.h"

#define LOCKED	 0x80000000u
#define ON_FAULT 0x40000000u /* locked page by page as they are touched */

/* Bit i of flags, as smaps calls it, and what sets it. */
static const struct {
	char name[3];
	int advice;
} known[] = {
	{ "sr", MADV_SEQUENTIAL }, { "rr", MADV_RANDOM },
	{ "dc", MADV_DONTFORK },   { "dd", MADV_DONTDUMP },
	{ "wf", MADV_WIPEONFORK }, { "hg", MADV_HUGEPAGE },
	{ "nh", MADV_NOHUGEPAGE }, { "mg", MADV_MERGEABLE },
};
#define KNOWN (sizeof(known) / sizeof(known[0]))

static uint32_t flags_of(char *line)
{
	uint32_t flags = 0;
	char *save, *word;
	size_t i;

	for (word = strtok_r(line, " \n", &save); word;
	     word = strtok_r(NULL, " \n", &save)) {
		for (i = 0; i < KNOWN; i++)
			if (!strcmp(word, known[i].name))
				flags |= 1u << i;
		if (!strcmp(word, "lo"))
			flags |= LOCKED;
		if (!strcmp(word, "lf"))
			flags |= ON_FAULT;
	}
	return flags;
}

/* The first line of a mapping; 0: another line. */
static int mapping_line(const char *line, struct saved_vm_flags *f)
{
	unsigned long start, end;
	const char *name;

	if (sscanf(line, "%lx-%lx ", &start, &end) != 2)
		return 0;
	memset(f, 0, sizeof(*f));
	f->start = start;
	f->len = end - start;
	name = strstr(line, " [anon:");
	if (name)
		sscanf(name, " [anon:%83[^]\n]", f->name);
	return 1;
}

static int wanted(const struct saved_vm_flags *f)
{
	return (f->flags || f->name[0]) && vm_is_upper(f->start);
}

struct saved_vm_flags *vm_flags_save(long *n)
{
	struct saved_vm_flags *v = NULL, x = { 0 };
	FILE *f = APP->advised ? fopen("/proc/thread-self/smaps", "re") : NULL;
	size_t cap = 0, line_cap = 0;
	char *line = NULL;

	*n = 0;
	while (f && *n >= 0 && getline(&line, &line_cap, f) > 0) {
		if (mapping_line(line, &x) || strncmp(line, "VmFlags:", 8))
			continue;
		x.flags = flags_of(line + 8);
		if (!wanted(&x))
			continue;
		if (ARRAY_ROOM(v, (size_t)*n, cap) < 0) {
			free(v);
			v = NULL;
			*n = -ENOMEM;
			break;
		}
		v[(*n)++] = x;
	}
	free(line);
	if (f)
		fclose(f);
	return v;
}

static int lock(const struct saved_vm_flags *f)
{
	unsigned int how = f->flags & ON_FAULT ? MLOCK_ONFAULT : 0;

	if (!(f->flags & LOCKED))
		return 0;
	return mlock2((void *)f->start, f->len, how) < 0 ? -errno : 0;
}

void vm_flags_restore(const struct saved_vm_flags *f, size_t n)
{
	int locked = 0, rc;
	size_t i;

	for (; n; f++, n--) {
		for (i = 0; i < KNOWN; i++)
			if (f->flags >> i & 1)
				madvise((void *)f->start, f->len,
					known[i].advice);
		if (f->name[0] && memchr(f->name, 0, sizeof(f->name)))
			prctl(PR_SET_VMA, PR_SET_VMA_ANON_NAME, f->start,
			      f->len, f->name);
		rc = lock(f);
		locked = locked < 0 ? locked : rc;
	}
	if (APP->lock_future &&
	    raw_syscall1(SYS_mlockall, APP->lock_future) < 0)
		locked = -EPERM;
	if (locked < 0)
		lower_error("%s: rank %d: memory that the program had locked "
			    "cannot be locked here: %s: going on without",
			    core.tool, core.rank, strerror(-locked));
}
