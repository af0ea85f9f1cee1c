/* SPDX-License-Identifier: MIT */
/* timeline.c - a generation's phases as a picture
 *
 * A row has a bar for each phase; where it is empty the rank waited for the
 * others. The rank that all waited for in a phase has a red edge around its bar
 * and its name in red behind it.
 */
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "phases.h"
#include "rows.h"
#include "svg.h"
#include "timeline.h"

#define LEFT	  150 /* of the first bar */
#define PLOT	  900
#define WIDTH	  (LEFT + PLOT + 110)
#define TOP	  40
#define LEGEND	  18 /* a line of it */
#define TICKS_MAX 12

static const char *const colour[PHASES] = { "#9ecae1", "#3182bd", "#fdae6b",
					    "#74c476", "#9e9ac8", "#e6550d" };

struct plot {
	FILE *f;
	const struct manifest *m;
	struct rows rows;
	struct phase_stat stat[PHASES];
	double ms;   /* from the left to the right */
	int y, high; /* of the first row; of a row */
};

static double x_of(const struct plot *t, double ms)
{
	return LEFT + ms / t->ms * PLOT;
}

static void title(const struct plot *t)
{
	const struct manifest *m = t->m;

	fprintf(t->f, "<text x=\"10\" y=\"22\" font-size=\"15\">");
	svg_text(t->f, m->program);
	fprintf(t->f, ", generation %llu, %u rank%s, ",
		(unsigned long long)m->generation, m->size,
		m->size == 1 ? "" : "s");
	svg_text(t->f, m->time);
	fprintf(t->f, ": %.3f s</text>\n", m->seconds);
}

static void legend(const struct plot *t)
{
	int p, y = TOP;

	for (p = 0; p < PHASES; p++, y += LEGEND) {
		const struct phase_stat *s = &t->stat[p];

		fprintf(t->f,
			"<rect x=\"10\" y=\"%d\" width=\"24\" height=\"12\" "
			"fill=\"%s\"/>"
			"<text x=\"42\" y=\"%d\">%s</text>"
			"<text x=\"%d\" y=\"%d\">median %u ms, 90 %% %u ms, "
			"slowest %u ms: rank %u on ",
			y, colour[p], y + 10, manifest_phase_name(p), LEFT,
			y + 10, s->median, s->q90, s->max, s->slowest);
		svg_text(t->f, t->m->images[s->slowest].host);
		fprintf(t->f, "</text>\n");
	}
}

/* 1, 2 or 5 times a power of ten, so that there are not too many. */
static double step(double ms)
{
	double s = 1;

	while (ms / s > TICKS_MAX) {
		if (ms / (2 * s) <= TICKS_MAX)
			return 2 * s;
		if (ms / (5 * s) <= TICKS_MAX)
			return 5 * s;
		s *= 10;
	}
	return s;
}

static void axis(const struct plot *t)
{
	int bottom = t->y + (int)t->rows.n * t->high;
	double at, s = step(t->ms);

	for (at = 0; at <= t->ms; at += s) {
		fprintf(t->f,
			"<line x1=\"%.1f\" y1=\"%d\" x2=\"%.1f\" y2=\"%d\" "
			"stroke=\"#ddd\"/>",
			x_of(t, at), t->y, x_of(t, at), bottom);
		fprintf(t->f,
			"<text x=\"%.1f\" y=\"%d\" text-anchor=\"middle\">%g "
			"%s</text>\n",
			x_of(t, at), bottom + 16,
			t->ms >= 2000 ? at / 1000 : at,
			t->ms >= 2000 ? "s" : "ms");
	}
}

static uint32_t began(const struct plot *t, const struct row *r, int phase)
{
	if (phase != PHASE_SYNC)
		return t->m->began[phase];
	return t->m->began[PHASE_WRITE] + r->took[PHASE_WRITE] -
	       r->took[PHASE_SYNC];
}

static int is_slowest(const struct plot *t, const struct row *r, int phase)
{
	return r->rank >= 0 && (uint32_t)r->rank == t->stat[phase].slowest &&
	       t->m->size > 1 && t->stat[phase].max > t->stat[phase].median;
}

static void bar(const struct plot *t, const struct row *r, int y, int phase)
{
	double from = began(t, r, phase), to = from + r->took[phase];

	if (!r->took[phase])
		return;
	fprintf(t->f,
		"<rect x=\"%.1f\" y=\"%d\" width=\"%.1f\" height=\"%d\" "
		"fill=\"%s\"%s><title>",
		x_of(t, from), y, x_of(t, to) - x_of(t, from),
		t->high > 3 ? t->high - 1 : t->high, colour[phase],
		is_slowest(t, r, phase) ? " stroke=\"#c00\"" : "");
	svg_text(t->f, r->label);
	fprintf(t->f, ": %s %u ms</title></rect>", manifest_phase_name(phase),
		r->took[phase]);
}

static void label(const struct plot *t, const struct row *r, int y, int x,
		  const char *how)
{
	fprintf(t->f, "<text x=\"%d\" y=\"%d\" %s>", x, y + (t->high + 8) / 2,
		how);
	svg_text(t->f, r->label);
	fprintf(t->f, "</text>");
}

/* The names of slow ranks are to the right: to the left not each has room. */
static void draw_row(const struct plot *t, const struct row *r, int y)
{
	int p, slow = 0;

	for (p = 0; p < PHASES; p++) {
		bar(t, r, y, p);
		slow |= is_slowest(t, r, p);
	}
	if (r->labelled)
		label(t, r, y, LEFT - 8, "text-anchor=\"end\"");
	if (slow)
		label(t, r, y, LEFT + PLOT + 8,
		      "fill=\"#c00\" font-weight=\"bold\"");
	fputc('\n', t->f);
}

static void draw(const struct plot *t)
{
	int height = t->y + (int)t->rows.n * t->high + 30;
	size_t i;

	fprintf(t->f,
		"<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
		"<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%d\" "
		"height=\"%d\" viewBox=\"0 0 %d %d\" "
		"font-family=\"sans-serif\" font-size=\"11\">\n"
		"<rect width=\"100%%\" height=\"100%%\" fill=\"#fff\"/>\n",
		WIDTH, height, WIDTH, height);
	title(t);
	legend(t);
	axis(t);
	for (i = 0; i < t->rows.n; i++)
		draw_row(t, &t->rows.at[i], t->y + (int)i * t->high);
	fprintf(t->f, "</svg>\n");
}

int timeline_write(FILE *f, const struct manifest *m)
{
	struct plot t = { .f = f, .m = m, .ms = m->seconds * 1000 };
	double end = m->began[PHASE_WRITE];
	int p, rc = 0;

	for (p = 0; p < PHASES && !rc; p++)
		rc = phases_stat(m, p, &t.stat[p]);
	if (!rc)
		rc = rows_make(&t.rows, m, TIMELINE_RANKS);
	if (rc)
		return rc;
	end += t.stat[PHASE_WRITE].max;
	if (!(t.ms >= end)) /* also when it is no number */
		t.ms = end;
	if (t.ms < 1 || isinf(t.ms))
		t.ms = 1;
	t.y = TOP + PHASES * LEGEND + 10;
	t.high = t.rows.n > 60 ? 6 : 16;
	draw(&t);
	rows_free(&t.rows);
	return ferror(f) ? -EIO : 0;
}
