/* SPDX-License-Identifier: MIT */
/* report_threads.c - the threads of an image, and where each of them stands */
#include <errno.h>
#include <string.h>
#include "../common/jfile.h"
#include "../image/image_format.h"
#include "../upper-half/thread.h"
#include "context.h"
#include "report.h"

static const char *state_name(int state)
{
	switch (state) {
	case THREAD_STOPPED:
		return "stopped";
	case THREAD_EXITING:
		return "exited"; /* its record waits for others to end */
	case THREAD_ENDING:
		return "ending"; /* in exit, waits for the other ranks */
	default:
		return "unknown";
	}
}

static void place(const struct process *p, uint64_t pc, json_t *o)
{
	const struct image_region *r = process_region(p, pc);
	char text[20];
	uint64_t at;

	snprintf(text, sizeof(text), "%#llx", (unsigned long long)pc);
	json_object_set_new(o, "pc", json_string(text));
	if (!r || !r->path)
		return;
	at = pc - r->start + r->offset;
	json_object_set_new(o, "in", jfile_text(r->path));
	json_object_set_new(o, "at", json_integer((json_int_t)at));
}

static json_t *thread(const struct process *p, const struct thread *t,
		      struct context *c)
{
	char name[sizeof(t->name) + 1] = "";
	json_t *o;

	memcpy(name, t->name, sizeof(t->name));
	o = json_pack("{s:i, s:o, s:s}", "tid", t->vtid, "name",
		      jfile_text(name), "state", state_name(t->state));
	if (o && !context_read(p, t, c))
		place(p, c->regs.rip, o);
	return o;
}

json_t *report_threads(const struct process *p, char *err, size_t errlen)
{
	struct context *c = malloc(sizeof(*c));
	json_t *out = json_array();
	size_t i;

	for (i = 0; c && i < p->n_threads; i++)
		json_array_append_new(out, thread(p, &p->threads[i], c));
	if (c && json_array_size(out) == p->n_threads) {
		free(c);
		return out;
	}
	image_fail(0, err, errlen, "%s: out of memory", p->path);
	free(c);
	json_decref(out);
	return NULL;
}
