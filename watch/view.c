/* SPDX-License-Identifier: MIT */
/* view.c - what a coordinator has answered, for a table */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include "../client/progress.h"
#include "../common/jfile.h"
#include "../common/last_part.h"
#include "view.h"

static void text(const json_t *o, const char *key, char *out, size_t len)
{
	const char *s = json_string_value(json_object_get(o, key));
	size_t i;

	for (i = 0; s && s[i] && i + 1 < len; i++)
		out[i] = s[i] >= ' ' && s[i] < 127 ? s[i] : '?';
	out[i] = 0;
}

static double real(const json_t *o, const char *key, double otherwise)
{
	const json_t *v = json_object_get(o, key);

	return json_is_number(v) ? json_number_value(v) : otherwise;
}

static const char *const states[] = {
	[VIEW_RUNNING] = "running",   [VIEW_FINISHING] = "finishing",
	[VIEW_ENDED] = "ended",	      [VIEW_EXPECTED] = "expected",
	[VIEW_WAITED] = "waited for", [VIEW_GONE] = "gone",
};

#define N_STATES (sizeof(states) / sizeof(*states))

const char *view_state_name(enum view_state state)
{
	return states[state];
}

static enum view_state state_of(const json_t *rank)
{
	const char *s = json_string_value(json_object_get(rank, "state"));
	size_t i;

	for (i = 0; s && i < N_STATES; i++)
		if (i != VIEW_WAITED && !strcmp(s, states[i]))
			break;
	if (!s || i == N_STATES)
		return VIEW_GONE;
	if (i != VIEW_GONE && json_is_true(json_object_get(rank, "waited_for")))
		return VIEW_WAITED;
	return (enum view_state)i;
}

static void parse_rank(struct view_rank *k, const json_t *rank)
{
	k->rank = (uint32_t)jfile_number(rank, "rank");
	k->pid = (uint32_t)jfile_number(rank, "pid");
	k->state = state_of(rank);
	k->memory = jfile_number(rank, "memory");
	k->image = jfile_number(rank, "image");
	text(rank, "host", k->host, sizeof(k->host));
	text(rank, "phase", k->phase, sizeof(k->phase));
}

static int parse_ranks(struct view *v, const json_t *list)
{
	size_t i, n = json_array_size(list);

	v->ranks = calloc(n ? n : 1, sizeof(*v->ranks));
	if (!v->ranks)
		return -ENOMEM;
	v->n = (uint32_t)n;
	for (i = 0; i < n; i++)
		parse_rank(&v->ranks[i], json_array_get(list, i));
	return 0;
}

static void parse_job(struct view *v, const json_t *job)
{
	char program[4096];

	text(job, "key", v->job, sizeof(v->job));
	text(job, "mpi", v->mpi, sizeof(v->mpi));
	text(job, "program", program, sizeof(program));
	snprintf(v->program, sizeof(v->program), "%.39s", last_part(program));
	v->size = (uint32_t)jfile_number(job, "size");
	v->connected = (uint32_t)jfile_number(job, "connected");
	v->seconds = real(job, "seconds", 0);
}

static int parse(struct view *v, const json_t *j)
{
	const json_t *job = json_object_get(j, "job");
	const json_t *last = json_object_get(j, "last");

	if (!json_is_object(j))
		return -EINVAL;
	parse_job(v, job);
	text(j, "ckptdir", v->ckptdir, sizeof(v->ckptdir));
	text(j, "failed", v->failed, sizeof(v->failed));
	v->interval = (uint32_t)jfile_number(j, "interval");
	v->next = real(j, "next_in", -1);
	v->last = jfile_number(last, "generation");
	v->last_bytes = jfile_number(last, "bytes");
	v->last_age = real(last, "age", -1);
	v->last_seconds = real(last, "seconds", 0);
	v->on = progress_parse(j, &v->now);
	return parse_ranks(v, json_object_get(job, "ranks"));
}

int view_parse(struct view *v, const char *answer)
{
	json_t *j = json_loads(answer, 0, NULL);
	int rc;

	view_fini(v);
	rc = parse(v, j);
	json_decref(j);
	return rc;
}

void view_fini(struct view *v)
{
	free(v->ranks);
	memset(v, 0, sizeof(*v));
}

static int by_rank(const void *a, const void *b)
{
	const struct view_rank *x = a, *y = b;

	return x->rank < y->rank ? -1 : x->rank > y->rank;
}

static int by_state(const void *a, const void *b)
{
	const struct view_rank *x = a, *y = b;

	return x->state != y->state ? (int)y->state - (int)x->state :
				      by_rank(a, b);
}

static int by_host(const void *a, const void *b)
{
	const struct view_rank *x = a, *y = b;
	int rc = strcmp(x->host, y->host);

	return rc ? rc : by_rank(a, b);
}

static uint64_t size_of(const struct view_rank *k)
{
	return k->memory ? k->memory : k->image;
}

static int by_memory(const void *a, const void *b)
{
	uint64_t x = size_of(a), y = size_of(b);

	return x != y ? (x < y ? 1 : -1) : by_rank(a, b);
}

static const struct {
	const char *name;
	int (*compare)(const void *a, const void *b);
} orders[ORDERS] = {
	[ORDER_WORST] = { "worst first", by_state },
	[ORDER_RANK] = { "by rank", by_rank },
	[ORDER_HOST] = { "by host", by_host },
	[ORDER_MEMORY] = { "largest first", by_memory },
};

const char *view_order_name(enum view_order order)
{
	return orders[order].name;
}

void view_sort(struct view *v, enum view_order order)
{
	qsort(v->ranks, v->n, sizeof(*v->ranks), orders[order].compare);
}
