/* SPDX-License-Identifier: MIT */
/* layout.c - a view as the lines of a screen of any size */
#include <stdio.h>
#include <string.h>
#include "layout.h"

#define HELP "s/S order  arrows, PgUp/PgDn  c checkpoint  q quit"

uint32_t layout_rows(const struct layout *l)
{
	return l->lines > LAYOUT_HEAD + 2 ?
		       (uint32_t)l->lines - LAYOUT_HEAD - 1 :
		       1;
}

void layout_move(struct layout *l, const struct view *v, int64_t by)
{
	int64_t most = (int64_t)v->n - layout_rows(l), top = l->top + by;

	top = top > most ? most : top;
	l->top = top < 0 ? 0 : (uint32_t)top;
}

static void title(const struct view *v, char *buf)
{
	char t[LIVE_NUMBER];

	if (v->size)
		snprintf(buf, LAYOUT_WIDTH,
			 "%s: %u of %u ranks, %s, MPI %s, job %s", v->program,
			 v->connected, v->size, live_time(v->seconds, t),
			 v->mpi, v->job);
	else
		snprintf(buf, LAYOUT_WIDTH, "no job is running");
}

static void interval(const struct view *v, char *buf)
{
	char a[LIVE_NUMBER], b[LIVE_NUMBER];

	if (!v->interval)
		snprintf(buf, LAYOUT_WIDTH, "interval  on request only");
	else if (v->next < 0)
		snprintf(buf, LAYOUT_WIDTH, "interval  %s",
			 live_time(v->interval, a));
	else
		snprintf(buf, LAYOUT_WIDTH,
			 "interval  %s, next checkpoint in %s",
			 live_time(v->interval, a), live_time(v->next, b));
}

static void last(const struct view *v, char *buf)
{
	char a[LIVE_NUMBER] = "?", b[LIVE_NUMBER];

	if (v->last_age >= 0)
		live_time(v->last_age, a);
	if (v->last)
		snprintf(buf, LAYOUT_WIDTH,
			 "last      generation %llu, %s ago, %s, took %.1f s",
			 (unsigned long long)v->last, a,
			 live_bytes((double)v->last_bytes, b), v->last_seconds);
	else
		snprintf(buf, LAYOUT_WIDTH, "last      no generation yet");
}

static void now(const struct layout *l, const struct view *v, char *buf)
{
	if (v->on)
		live_format(&v->now, l->columns, buf);
	else if (v->failed[0])
		snprintf(buf, LAYOUT_WIDTH, "failed    %.240s", v->failed);
	else
		snprintf(buf, LAYOUT_WIDTH, "no checkpoint is on");
}

/* Bytes when they are known, ranks else. */
static void bar(const struct layout *l, const struct view *v, char *buf)
{
	const struct live_progress *p = &v->now;
	int width =
		(l->columns < LAYOUT_WIDTH ? l->columns : LAYOUT_WIDTH - 1) - 9;
	double part = p->total ? (double)p->done / (double)p->total :
		      p->ranks ? (double)p->ready / p->ranks :
				 0;
	int full, i;

	buf[0] = 0;
	if (!v->on || width < 1)
		return;
	part = part > 1 ? 1 : part;
	full = (int)(part * width);
	buf[0] = '[';
	for (i = 0; i < width; i++)
		buf[1 + i] = i < full ? '#' : '.';
	snprintf(buf + 1 + width, 8, "] %3.0f%%", 100 * part);
}

static void size(uint64_t bytes, char *buf)
{
	snprintf(buf, LIVE_NUMBER, "-");
	if (bytes)
		live_bytes((double)bytes, buf);
}

static void rank(const struct view_rank *k, char *buf)
{
	char memory[LIVE_NUMBER], image[LIVE_NUMBER];

	size(k->memory, memory);
	size(k->image, image);
	snprintf(buf, LAYOUT_WIDTH, "%7u %-14.14s %7u %-10s %8s %8s %s",
		 k->rank, k->host, k->pid, view_state_name(k->state), memory,
		 image, k->phase);
}

static void foot(const struct layout *l, const struct view *v, char *buf)
{
	uint32_t end = l->top + layout_rows(l);

	if (l->message)
		snprintf(buf, LAYOUT_WIDTH, "%.250s", l->message);
	else if (v->size && !v->n)
		snprintf(buf, LAYOUT_WIDTH, "too many ranks to list  " HELP);
	else
		snprintf(buf, LAYOUT_WIDTH, "%u-%u of %u %s  " HELP,
			 v->n ? l->top + 1 : 0, end < v->n ? end : v->n, v->n,
			 view_order_name(l->order));
}

/* The rank of line y, or NULL. */
static const struct view_rank *rank_at(const struct layout *l,
				       const struct view *v, int y)
{
	uint32_t row = y < LAYOUT_HEAD ? 0 : (uint32_t)(y - LAYOUT_HEAD);

	if (y < LAYOUT_HEAD || y >= l->lines - 1 || l->top + row >= v->n)
		return NULL;
	return &v->ranks[l->top + row];
}

static void head(const struct layout *l, const struct view *v, int y, char *buf)
{
	switch (y) {
	case 0:
		title(v, buf);
		break;
	case 1:
		snprintf(buf, LAYOUT_WIDTH, "directory %.240s", v->ckptdir);
		break;
	case 2:
		interval(v, buf);
		break;
	case 3:
		last(v, buf);
		break;
	case 4:
		now(l, v, buf);
		break;
	case 5:
		bar(l, v, buf);
		break;
	default:
		snprintf(buf, LAYOUT_WIDTH, "%7s %-14s %7s %-10s %8s %8s %s",
			 "RANK", "HOST", "PID", "STATE", "MEMORY", "IMAGE",
			 "PHASE");
	}
}

char *layout_line(const struct layout *l, const struct view *v, int y,
		  char buf[LAYOUT_WIDTH])
{
	const struct view_rank *k = rank_at(l, v, y);

	buf[0] = 0;
	if (y == l->lines - 1)
		foot(l, v, buf);
	else if (y < LAYOUT_HEAD)
		head(l, v, y, buf);
	else if (k)
		rank(k, buf);
	if (l->columns > 0 && l->columns < LAYOUT_WIDTH)
		buf[l->columns - 1] = 0;
	return buf;
}

enum layout_kind layout_kind(const struct layout *l, const struct view *v,
			     int y)
{
	const struct view_rank *k = rank_at(l, v, y);

	if (y == l->lines - 1)
		return LAYOUT_FOOT;
	if (y == 0 || y == LAYOUT_HEAD - 1)
		return LAYOUT_TITLE;
	return k && k->state >= VIEW_EXPECTED ? LAYOUT_BAD : LAYOUT_PLAIN;
}
