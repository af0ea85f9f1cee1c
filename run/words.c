/* SPDX-License-Identifier: MIT */
/* words.c - mana_launch or mana_restart with their options, put into the line
 */
#include <inttypes.h>
#include <libgen.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include "job.h"
#include "schedule.h"

#define WORDS 16

/* The programs beside this one: on other hosts PATH may be another. */
static const char *beside(const char *tool, char *buf, size_t len)
{
	char self[PATH_MAX];
	ssize_t n = readlink("/proc/self/exe", self, sizeof(self) - 1);

	if (n < 0)
		return tool;
	self[n] = 0;
	snprintf(buf, len, "%s/%s", dirname(self), tool);
	return buf;
}

static void add(char **v, int *n, const char *option, const char *value)
{
	if (!value)
		return;
	v[(*n)++] = (char *)option;
	v[(*n)++] = (char *)value;
}

/* -i is always said where mana_run knows it; else a restart has it as before.
 */
static void choose_interval(struct supervisor *s)
{
	if (s->o->interval == RUN_AUTO)
		s->interval = schedule_interval(
			s->record.n_seconds ? s->record.stopped : -1,
			s->o->mtbf);
	else if (s->o->interval > 0)
		s->interval = (unsigned int)s->o->interval;
	else
		s->interval = 0;
}

/* For nodes that are fewer than the line may say; argv has room for it. */
static void choose_nodes(const struct run_job *j, char **options)
{
	static char text[NODES_LIST + 128];
	const char *format =
		j->line->family ? family_nodes(j->line->family) : NULL;
	char *w, *save;

	*options = NULL;
	if (!j->nodes.count || !format)
		return;
	snprintf(text, sizeof(text), format, j->from.size,
		 j->nodes.count < j->from.size ? j->nodes.count : j->from.size,
		 j->nodes.list);
	for (w = strtok_r(text, " ", &save); w; w = strtok_r(NULL, " ", &save))
		*options++ = w;
	*options = NULL;
}

char **job_words(struct run_job *j)
{
	static char tool[PATH_MAX + 32], interval[16], generation[24];
	char *put[WORDS] = { NULL }, *options[WORDS];
	int n = 0, again = j->how == DECIDE_GO_ON;
	struct supervisor *s = &j->s;

	choose_interval(s);
	snprintf(interval, sizeof(interval), "%u", s->interval);
	snprintf(generation, sizeof(generation), "%" PRIu64,
		 j->from.generation);
	put[n++] = (char *)beside(again ? "mana_restart" : "mana_launch", tool,
				  sizeof(tool));
	add(put, &n, "--ckptdir", s->dir);
	add(put, &n, "--generation", again ? generation : NULL);
	add(put, &n, "--interval",
	    s->o->interval == RUN_NOT_GIVEN ? NULL : interval);
	add(put, &n, "--keep", s->o->keep);
	add(put, &n, "--level", s->o->level);
	add(put, &n, "--trust-owner", s->o->trust);
	choose_nodes(j, options);
	return line_with(j->line, options, put, again);
}
