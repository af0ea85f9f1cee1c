/* SPDX-License-Identifier: MIT */
/* pick.c - which generation a restart goes on from */
#define _GNU_SOURCE 1
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "../common/ckptdir.h"
#include "../common/generation.h"
#include "../common/image_name.h"
#include "../common/trust.h"
#include "pick.h"

/* A search through the directory. */
struct search {
	const char *dir;
	int fd;
	enum pick_images look;
	uint64_t named;	   /* the one to take; 0: the newest */
	uint64_t *numbers; /* newest first; of none when one is named */
	size_t n;
	struct job_mark last; /* the job that used it last; id "": not known */
	struct reason
		first;	/* why the newest generation of that job is not taken */
	uint64_t other; /* newest complete one of another job; 0: none */
	char other_program[WIRE_PATH];
};

void pick_close(struct pick *p)
{
	if (p->gen >= 0)
		close(p->gen);
	p->gen = -1;
}

void pick_free(struct pick *p)
{
	pick_close(p);
	manifest_fini(&p->m);
	free(p->path);
	free(p->note);
	memset(p, 0, sizeof(*p));
	p->gen = -1;
}

static int check(const struct search *s, const struct pick *p,
		 struct reason *why)
{
	int one = s->look == PICK_ONE && (s->named || image_dirs(p->m.size));

	return one ? 0 : manifest_check(p->gen, p->path, &p->m, why);
}

static int load(const struct search *s, uint64_t number, struct pick *p,
		struct reason *why)
{
	int rc;

	memset(p, 0, sizeof(*p));
	memset(why, 0, sizeof(*why));
	p->gen = generation_open(s->fd, s->dir, number, why);
	if (p->gen < 0)
		return reason_todo(why, p->gen, PICK_OTHER);
	if (asprintf(&p->path, "%s/%" PRIu64, s->dir, number) < 0) {
		p->path = NULL;
		pick_close(p);
		return reason_set(why, -ENOMEM, "", "out of memory");
	}
	rc = manifest_read(p->gen, p->path, number, &p->m, why);
	if (!rc)
		rc = check(s, p, why);
	if (rc)
		pick_free(p);
	return reason_todo(why, rc, PICK_OTHER);
}

/* The id of the job that a generation belongs to; "": nobody knows. */
static void job_of(const struct search *s, uint64_t number, struct job_mark *m)
{
	struct reason why;
	int gen = generation_open(s->fd, s->dir, number, &why);

	memset(m, 0, sizeof(*m));
	if (gen < 0)
		return;
	if (job_mark_read(gen, "", m, &why))
		memset(m, 0, sizeof(*m));
	close(gen);
}

/* 1: the generation belongs to another job than the last one; the newest of
 * these is remembered. */
static int is_others(struct search *s, uint64_t number)
{
	struct job_mark m;
	struct reason why;
	struct pick p;

	job_of(s, number, &m);
	if (!s->last.id[0] || !m.id[0] || !strcmp(m.id, s->last.id))
		return 0;
	if (!s->other && !load(s, number, &p, &why)) {
		s->other = number;
		memcpy(s->other_program, m.program, sizeof(m.program));
		pick_free(&p);
	}
	return 1;
}

/* Without DIR/job the newest generation is the best guess; the user is told
 * that it is one. */
static void note_guess(struct search *s, struct pick *p)
{
	struct job_mark m;
	size_t i;

	if (s->last.id[0] || p->note || !p->m.id[0])
		return;
	for (i = 0; i < s->n; i++) {
		job_of(s, s->numbers[i], &m);
		if (!m.id[0] || !strcmp(m.id, p->m.id))
			continue;
		if (asprintf(&p->note,
			     "%s: generations of more than one job: "
			     "using the newest, %" PRIu64 ", of %s",
			     s->dir, p->m.generation, p->m.program) < 0)
			p->note = NULL;
		return;
	}
}

static int none_found(const struct search *s, struct reason *why)
{
	char todo[128];

	if (s->first.what[0]) {
		*why = s->first;
		return -ENOENT;
	}
	if (!s->other)
		return reason_set(why, -ENOENT,
				  "name the directory with --ckptdir",
				  "%s: no checkpoint in it", s->dir);
	snprintf(todo, sizeof(todo),
		 "if you mean that one, restart it with --generation %" PRIu64,
		 s->other);
	return reason_set(why, -ENOENT, todo,
			  "%s: the last job (%.900s) has no"
			  " complete generation, and %" PRIu64 " is of an "
			  "earlier one (%.900s)",
			  s->dir, s->last.program, s->other, s->other_program);
}

static int load_newest(struct search *s, struct pick *p, struct reason *why)
{
	size_t i;

	for (i = 0; i < s->n; i++) {
		if (is_others(s, s->numbers[i]))
			continue;
		if (load(s, s->numbers[i], p, why)) {
			if (!s->first.what[0])
				s->first = *why;
			continue;
		}
		if (s->first.what[0] &&
		    asprintf(&p->note,
			     "%s: using generation %" PRIu64 " instead",
			     s->first.what, s->numbers[i]) < 0)
			p->note = NULL;
		note_guess(s, p);
		return 0;
	}
	return none_found(s, why);
}

static int load_named(struct search *s, struct pick *p, struct reason *why)
{
	char name[24];

	snprintf(name, sizeof(name), "%" PRIu64, s->named);
	if (!faccessat(s->fd, name, F_OK, AT_SYMLINK_NOFOLLOW))
		return load(s, s->named, p, why);
	return reason_set(why, -ENOENT,
			  "name one of the directories in it, or none",
			  "%s: no generation %" PRIu64, s->dir, s->named);
}

/* What it searches is set already. */
static int search_open(struct search *s, const char *dir, struct reason *why)
{
	struct reason ignored;
	char text[256];
	int rc;

	s->dir = dir;
	s->fd = trust_top(dir, why);
	if (s->fd < 0 && s->fd != -EPERM) {
		snprintf(text, sizeof(text), "%s", strerror(-s->fd));
		return reason_set(why, s->fd, "name it with --ckptdir",
				  "%s: no checkpoint directory: %s", dir, text);
	}
	if (s->fd < 0)
		return s->fd;
	if (job_mark_read(s->fd, dir, &s->last, &ignored))
		memset(&s->last, 0, sizeof(s->last));
	rc = s->named ? 0 : generation_list(s->fd, &s->numbers, &s->n);
	if (rc)
		close(s->fd);
	return rc ? reason_set(why, rc, "", "%s: %s", dir, strerror(-rc)) : 0;
}

int pick_generation(const char *dir, uint64_t generation, enum pick_images look,
		    struct pick *p, char *err, size_t errlen)
{
	struct search *s = calloc(1, sizeof(*s));
	struct reason why = { 0 };
	int rc;

	memset(p, 0, sizeof(*p));
	p->gen = -1;
	if (s) {
		s->named = generation;
		s->look = look;
	}
	rc = s ? search_open(s, dir, &why) :
		 reason_set(&why, -ENOMEM, "", "out of memory");
	if (!rc) {
		rc = generation ? load_named(s, p, &why) :
				  load_newest(s, p, &why);
		free(s->numbers);
		close(s->fd);
	}
	if (rc)
		reason_text(&why, err, errlen);
	free(s);
	return rc;
}
