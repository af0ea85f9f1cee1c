/* SPDX-License-Identifier: MIT */
/* notes.c - the notes of a core: what the kernel would say of the process
 *
 * In the kernel's order, which debuggers rely on: a thread's notes follow its
 * NT_PRSTATUS, and what is of the process follows the first thread's.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/procfs.h>
#include "../common/last_part.h"
#include "context.h"
#include "notes.h"

#define AUXV_MAX 64 /* entries; the kernel makes about 20 */

static void put(struct notes *s, const void *data, size_t len)
{
	size_t cap = s->cap ? s->cap : 65536;
	char *more;

	while (cap < s->n + len)
		cap *= 2;
	if (cap != s->cap && !s->failed) {
		more = realloc(s->at, cap);
		if (!more) {
			s->failed = -ENOMEM;
			return;
		}
		s->at = more;
		s->cap = cap;
	}
	if (s->failed)
		return;
	if (len)
		memcpy(s->at + s->n, data, len);
	s->n += len;
}

static void pad(struct notes *s)
{
	put(s, "\0\0\0", -s->n & 3);
}

static void note(struct notes *s, const char *owner, uint32_t type,
		 const void *data, size_t len)
{
	Elf64_Nhdr h = { .n_namesz = (uint32_t)strlen(owner) + 1,
			 .n_descsz = (uint32_t)len,
			 .n_type = type };

	put(s, &h, sizeof(h));
	put(s, owner, h.n_namesz);
	pad(s);
	put(s, data, len);
	pad(s);
}

static void put_status(struct notes *s, const struct process *p,
		       const struct thread *t, const struct context *c)
{
	struct elf_prstatus st = { 0 };

	st.pr_pid = t->vtid;
	st.pr_ppid = p->info->ppid;
	st.pr_pgrp = p->info->pgid;
	st.pr_sid = p->info->sid;
	st.pr_sighold = c->sigmask;
	st.pr_sigpend = t->pending;
	st.pr_fpvalid = c->vector_len != 0;
	memcpy(&st.pr_reg, &c->regs, sizeof(st.pr_reg));
	note(s, "CORE", NT_PRSTATUS, &st, sizeof(st));
}

static void put_process(struct notes *s, const struct process *p)
{
	const struct stack_image *k = &p->app->stack;
	const char *name = last_part(p->info->exe);
	struct elf_prpsinfo i = { 0 };
	uint64_t len = k->env > k->args ? k->env - k->args : 0, n;

	i.pr_pid = p->info->pid;
	i.pr_ppid = p->info->ppid;
	i.pr_pgrp = p->info->pgid;
	i.pr_sid = p->info->sid;
	i.pr_sname = 'S';
	memcpy(i.pr_fname, name,
	       strnlen(name, sizeof(i.pr_fname) - 1)); /* cut, as kernels do */
	if (len >= sizeof(i.pr_psargs))
		len = sizeof(i.pr_psargs) - 1;
	if (process_read(p, k->args, i.pr_psargs, len))
		len = 0;
	for (n = 0; n < len; n++)
		if (!i.pr_psargs[n])
			i.pr_psargs[n] = ' ';
	i.pr_psargs[len] = 0;
	note(s, "CORE", NT_PRPSINFO, &i, sizeof(i));
}

/* The upper half's, which lies on its first stack. */
static void put_auxv(struct notes *s, const struct process *p)
{
	Elf64_auxv_t v[AUXV_MAX];
	size_t n = 0;

	do {
		if (process_read(p, p->app->stack.auxv + n * sizeof(*v), &v[n],
				 sizeof(*v)))
			return;
	} while (v[n++].a_type != AT_NULL && n < AUXV_MAX);
	note(s, "CORE", NT_AUXV, v, n * sizeof(*v));
}

static int is_mapped_file(const struct image_region *r)
{
	return r->path && (r->flags & REGION_FILE) &&
	       !(r->flags & (REGION_CONTENTS | REGION_UNLINKED));
}

static void put_files(struct notes *s, const struct process *p)
{
	struct notes f = { 0 };
	uint64_t head[2] = { 0, 4096 };
	size_t n, i;
	const struct image_region *r = image_regions(p->img, &n);

	for (i = 0; i < n; i++)
		head[0] += is_mapped_file(&r[i]);
	put(&f, head, sizeof(head));
	for (i = 0; i < n; i++) {
		uint64_t at[3] = { r[i].start, r[i].start + r[i].len,
				   r[i].offset / 4096 };

		if (is_mapped_file(&r[i]))
			put(&f, at, sizeof(at));
	}
	for (i = 0; i < n; i++)
		if (is_mapped_file(&r[i]))
			put(&f, r[i].path, strlen(r[i].path) + 1);
	if (f.failed)
		s->failed = f.failed;
	else
		note(s, "CORE", NT_FILE, f.at, f.n);
	notes_free(&f);
}

static void put_thread(struct notes *s, const struct process *p,
		       const struct thread *t, const struct context *c,
		       int first)
{
	put_status(s, p, t, c);
	if (first) {
		put_process(s, p);
		put_auxv(s, p);
		put_files(s, p);
	}
	if (c->vector_len)
		note(s, "CORE", NT_FPREGSET, c->vector, CONTEXT_FXSAVE);
	if (c->vector_len > CONTEXT_FXSAVE)
		note(s, "LINUX", NT_X86_XSTATE, c->vector, c->vector_len);
}

int notes_make(struct notes *s, const struct process *p)
{
	struct context *c = malloc(sizeof(*c));
	int first = 1;
	size_t i;

	memset(s, 0, sizeof(*s));
	for (i = 0; c && i < p->n_threads; i++) {
		if (context_read(p, &p->threads[i], c))
			continue;
		put_thread(s, p, &p->threads[i], c, first);
		first = 0;
	}
	if (c && first && p->n_threads) { /* nobody stood still */
		memset(c, 0, sizeof(*c));
		put_thread(s, p, &p->threads[0], c, 1);
	}
	free(c);
	return c ? s->failed : -ENOMEM;
}

void notes_free(struct notes *s)
{
	free(s->at);
	memset(s, 0, sizeof(*s));
}
