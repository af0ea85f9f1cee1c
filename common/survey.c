/* SPDX-License-Identifier: MIT */
/* survey.c - all generations of a checkpoint directory, looked at one by one */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>
#include "generation.h"
#include "image_dir.h"
#include "jfile.h"
#include "manifest.h"
#include "survey.h"
#include "trust.h"

const char *survey_state_name(enum survey_state state)
{
	static const char *const names[] = { "incomplete", "complete",
					     "unusable" };

	return names[state];
}

static void unusable(struct survey_generation *g, const struct reason *why)
{
	char text[WIRE_TEXT];

	g->state = SURVEY_UNUSABLE;
	free(g->why);
	g->why = strdup(reason_text(why, text, sizeof(text)));
}

static void count_image(struct survey_generation *g, int dir, const char *name)
{
	struct stat st;

	if (fstatat(dir, name, &st, AT_SYMLINK_NOFOLLOW) ||
	    !S_ISREG(st.st_mode))
		return;
	g->ranks++;
	g->bytes += (uint64_t)st.st_size;
}

/* Images without a manifest: how much of the disk they take. gen: the
 * generation, or, with nested, one of its subdirectories. */
static void count_images(struct survey_generation *g, int gen, int nested)
{
	DIR *d = image_dir_entries(gen);
	struct reason why;
	struct dirent *e;
	int sub;

	while (d && (e = readdir(d))) {
		if (image_rank_of(e->d_name) >= 0)
			count_image(g, gen, e->d_name);
		if (nested || image_dir_of(e->d_name) < 0)
			continue;
		sub = trust_dir(gen, e->d_name, "", &why);
		if (sub < 0)
			continue;
		count_images(g, sub, 1);
		close(sub);
	}
	if (d)
		closedir(d);
}

static void from_mark(struct survey_generation *g, int gen, const char *shown)
{
	struct job_mark m;
	struct reason why;

	if (job_mark_read(gen, shown, &m, &why))
		return;
	memcpy(g->id, m.id, sizeof(g->id));
	memcpy(g->program, m.program, sizeof(g->program));
}

static void from_manifest(struct survey_generation *g, const struct manifest *m)
{
	struct tm tm = { 0 };
	const char *end = strptime(m->time, "%Y-%m-%dT%H:%M:%SZ", &tm);

	g->state = SURVEY_COMPLETE;
	g->ranks = m->size;
	g->bytes = m->bytes;
	if (end && !*end)
		g->time = timegm(&tm);
	memcpy(g->id, m->id, sizeof(g->id));
	memcpy(g->program, m->program, sizeof(g->program));
}

/* -ENOENT: it is gone by now. */
static int look(struct survey_generation *g, int dir, const char *shown)
{
	char path[WIRE_PATH + 32];
	struct manifest m = { 0 };
	struct reason why = { 0 };
	int gen = generation_open(dir, shown, g->number, &why), rc;
	struct stat st;

	if (gen == -ENOENT)
		return gen;
	if (gen < 0) {
		unusable(g, &why);
		return 0;
	}
	if (!fstat(gen, &st))
		g->time = st.st_mtime;
	snprintf(path, sizeof(path), "%.4000s/%llu", shown,
		 (unsigned long long)g->number);
	rc = manifest_read(gen, path, g->number, &m, &why);
	if (!rc) {
		from_manifest(g, &m);
		rc = manifest_check(gen, path, &m, &why);
	} else {
		count_images(g, gen, 0);
		from_mark(g, gen, path);
		rc = rc == -ENOENT ? 0 : rc;
	}
	if (rc)
		unusable(g, &why);
	manifest_fini(&m);
	close(gen);
	return 0;
}

static uint64_t latest(int dir)
{
	char to[32] = "";
	ssize_t n = readlinkat(dir, "latest", to, sizeof(to) - 1);

	return n > 0 ? generation_number(to) : 0;
}

int survey_read(struct survey *s, int dir, const char *shown)
{
	struct job_mark m;
	struct reason why;
	uint64_t *numbers = NULL;
	size_t i, n;
	int rc;

	memset(s, 0, sizeof(*s));
	rc = generation_list(dir, &numbers, &n);
	if (!rc && n)
		s->v = calloc(n, sizeof(*s->v));
	if (!rc && n && !s->v)
		rc = -ENOMEM;
	for (i = 0; !rc && i < n; i++) {
		s->v[s->n].number = numbers[i];
		s->n += !look(&s->v[s->n], dir, shown);
	}
	free(numbers);
	s->latest = latest(dir);
	if (!job_mark_read(dir, shown, &m, &why))
		memcpy(s->id, m.id, sizeof(s->id));
	return rc;
}

void survey_fini(struct survey *s)
{
	while (s->n)
		free(s->v[--s->n].why);
	free(s->v);
	memset(s, 0, sizeof(*s));
}

/* 1: it stays. seen counts the complete ones so far, own those of the job. */
static int to_keep(const struct survey_generation *g,
		   const struct survey_prune *how, const char *id,
		   unsigned int *seen, unsigned int *own)
{
	int newest;

	if (g->state != SURVEY_COMPLETE)
		return g->number == how->busy;
	newest = *id && !strcmp(g->id, id) && !(*own)++;
	return (*seen)++ < (how->keep ? how->keep : 1) || newest;
}

static void add_why(json_t *list, uint64_t number, const char *why)
{
	json_array_append_new(list, json_pack("{s:I, s:o}", "generation",
					      (json_int_t)number, "why",
					      jfile_text(why)));
}

json_t *survey_prune(const struct survey *s, int dir,
		     const struct survey_prune *how)
{
	json_t *removed = json_array(), *kept = json_array();
	json_t *left = json_array(), *failed = json_array();
	const char *id = how->id && *how->id ? how->id : s->id;
	unsigned int seen = 0, own = 0;
	size_t i;
	int rc;

	for (i = 0; i < s->n; i++) {
		const struct survey_generation *g = &s->v[i];
		json_int_t n = (json_int_t)g->number;

		if (g->state == SURVEY_UNUSABLE) {
			add_why(left, g->number, g->why ? g->why : "?");
			continue;
		}
		if (to_keep(g, how, id, &seen, &own)) {
			json_array_append_new(kept, json_integer(n));
			continue;
		}
		rc = generation_remove(dir, g->number, NULL);
		if (rc)
			add_why(failed, g->number, strerror(-rc));
		else
			json_array_append_new(removed, json_integer(n));
	}
	return json_pack("{s:o, s:o, s:o, s:o}", "removed", removed, "kept",
			 kept, "left", left, "failed", failed);
}
