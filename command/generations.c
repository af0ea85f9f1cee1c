/* SPDX-License-Identifier: MIT */
/* generations.c - mana_command --list */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>
#include "../client/start.h"
#include "../common/exit_code.h"
#include "../common/jfile.h"
#include "../common/survey.h"
#include "../common/trust.h"
#include "generations.h"

int generations_open(const char *path, char *err, size_t errlen)
{
	struct reason why = { 0 };
	int fd = trust_top(path, &why);

	if (fd >= 0)
		return fd;
	reason_todo(&why, fd, "name another with --ckptdir");
	snprintf(err, errlen, "checkpoint directory ");
	reason_text(&why, err + strlen(err), errlen - strlen(err));
	return fd;
}

/* "123.4 MiB" */
static const char *size_text(uint64_t bytes, char buf[32])
{
	static const char *const units[] = { "B", "KiB", "MiB", "GiB", "TiB" };
	double n = (double)bytes;
	size_t i = 0;

	while (n >= 1024 && i + 1 < sizeof(units) / sizeof(*units)) {
		n /= 1024;
		i++;
	}
	snprintf(buf, 32, i ? "%.1f %s" : "%.0f %s", n, units[i]);
	return buf;
}

/* "12 s", "5 min", "3 h", "2 d" */
static const char *age_text(int64_t seconds, char buf[32])
{
	static const struct {
		int64_t below, unit;
		const char *name;
	} scales[] = { { 120, 1, "s" },
		       { 120 * 60, 60, "min" },
		       { 48 * 3600, 3600, "h" },
		       { INT64_MAX, 86400, "d" } };
	size_t i = 0;

	while (i < 3 && seconds >= scales[i].below)
		i++;
	snprintf(buf, 32, "%lld %s", (long long)(seconds / scales[i].unit),
		 scales[i].name);
	return buf;
}

static int64_t age(const struct survey_generation *g, int64_t now)
{
	return g->time < now ? now - g->time : 0;
}

static const char *time_text(int64_t when, char buf[32])
{
	time_t t = when;
	struct tm tm;

	strftime(buf, 32, "%Y-%m-%dT%H:%M:%SZ", gmtime_r(&t, &tm));
	return buf;
}

static char *list_text(const struct survey *s, const char *dir)
{
	int64_t now = time(NULL);
	char *out = NULL, a[32], b[32], c[32];
	size_t i, len;
	FILE *f = open_memstream(&out, &len);

	if (!f)
		return NULL;
	if (!s->n)
		fprintf(f, "%s: no generations\n", dir);
	else
		fprintf(f, "%15s %7s %10s %7s  %-20s  %s\n", "generation",
			"ranks", "size", "age", "time", "state");
	for (i = 0; i < s->n; i++) {
		const struct survey_generation *g = &s->v[i];

		fprintf(f, "%15llu %7u %10s %7s  %-20s  %s%s%s%s\n",
			(unsigned long long)g->number, g->ranks,
			size_text(g->bytes, a), age_text(age(g, now), b),
			time_text(g->time, c), survey_state_name(g->state),
			g->number == s->latest ? ", latest" : "",
			g->why ? ": " : "", g->why ? g->why : "");
	}
	return fclose(f) ? NULL : out;
}

static json_t *list_json(const struct survey *s, const char *dir)
{
	json_t *list = json_array();
	int64_t now = time(NULL);
	char when[32];
	size_t i;

	for (i = 0; i < s->n; i++) {
		const struct survey_generation *g = &s->v[i];

		/* clang-format off */
		json_array_append_new(list, json_pack(
			"{s:I, s:s, s:b, s:i, s:I, s:s, s:I, s:o, s:o, s:o}",
			"generation", (json_int_t)g->number,
			"state", survey_state_name(g->state),
			"latest", g->number == s->latest,
			"ranks", (int)g->ranks,
			"bytes", (json_int_t)g->bytes,
			"time", time_text(g->time, when),
			"age", (json_int_t)age(g, now),
			"job", jfile_text(g->id),
			"program", jfile_text(g->program),
			"why", g->why ? jfile_text(g->why) : json_null()));
		/* clang-format on */
	}
	return json_pack("{s:o, s:o}", "ckptdir", jfile_text(dir),
			 "generations", list);
}

/* For free(3): without links and from the root, if that can be found out. */
static char *absolute(const char *dir)
{
	char *path = realpath(dir, NULL);

	return path ? path : strdup(dir);
}

int generations_list(const struct answer *a, const struct client_options *o)
{
	char err[WIRE_TEXT] = "", *text, *path;
	const char *dir = client_ckptdir(o);
	int fd = generations_open(dir, err, sizeof(err)), rc;
	struct survey s;

	if (fd < 0)
		return answer_failed(a, EXIT_REFUSED, err, NULL);
	path = absolute(dir);
	rc = survey_read(&s, fd, path);
	close(fd);
	if (rc) {
		snprintf(err, sizeof(err), "%.900s: %s", dir, strerror(-rc));
		rc = answer_failed(a, EXIT_REFUSED, err, NULL);
	} else {
		text = list_text(&s, path);
		answer_done(a, list_json(&s, path), text ? text : "");
		free(text);
	}
	survey_fini(&s);
	free(path);
	return rc;
}
