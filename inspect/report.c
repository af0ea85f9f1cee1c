/* SPDX-License-Identifier: MIT */
/* report.c - what is in an image, or in a generation, as JSON */
#include <errno.h>
#include <string.h>
#include <time.h>
#include "../common/jfile.h"
#include "../common/text.h"
#include "../image/image_file.h"
#include "objects.h"
#include "phases.h"
#include "report.h"

static json_t *address(uint64_t at)
{
	char text[20];

	snprintf(text, sizeof(text), "%#llx", (unsigned long long)at);
	return json_string(text);
}

static json_t *when(uint64_t seconds)
{
	time_t t = (time_t)seconds;
	char text[32] = "";
	struct tm tm;

	if (gmtime_r(&t, &tm))
		strftime(text, sizeof(text), "%Y-%m-%dT%H:%M:%SZ", &tm);
	return json_string(text);
}

/* The command line, from the first stack: its strings, with spaces between
 * them. */
static json_t *command_line(const struct process *p)
{
	const struct stack_image *s = &p->app->stack;
	uint64_t len = s->env > s->args ? s->env - s->args : 0;
	char text[4096];
	uint64_t i;

	if (len > sizeof(text))
		len = sizeof(text);
	if (!len || process_read(p, s->args, text, len))
		return json_null();
	for (i = 0; i + 1 < len; i++)
		if (!text[i])
			text[i] = ' ';
	text[len - 1] = 0;
	return jfile_text(text);
}

static json_t *sizes(const struct process *p)
{
	const struct image_header *h = &p->img->head;

	return json_pack("{s:I, s:I, s:I, s:I}", "bytes",
			 (json_int_t)h->file_size, "raw_bytes",
			 (json_int_t)h->raw_bytes, "chunks",
			 (json_int_t)p->img->n_chunks, "sections",
			 (json_int_t)h->toc_count);
}

static json_t *regions(const struct image_region *r, const struct image *img)
{
	uint64_t stored = image_memory_stored(img, r->start, r->len, NULL);
	int no_data = (r->flags & REGION_NODATA) != 0;
	char prot[] = "---p";
	json_t *o;

	prot[0] = r->prot & 1 ? 'r' : '-';
	prot[1] = r->prot & 2 ? 'w' : '-';
	prot[2] = r->prot & 4 ? 'x' : '-';
	prot[3] = r->flags & REGION_SHARED ? 's' : 'p';
	o = json_pack("{s:o, s:I, s:s, s:I, s:I, s:b, s:b, s:b}", "start",
		      address(r->start), "bytes", (json_int_t)r->len, "prot",
		      prot, "stored", (json_int_t)stored, "zero",
		      (json_int_t)(no_data ? 0 : r->len - stored), "in_file",
		      no_data, "stack", (r->flags & REGION_STACK) != 0,
		      "contents", (r->flags & REGION_CONTENTS) != 0);
	if (o && r->path) {
		json_object_set_new(o, "path", jfile_text(r->path));
		json_object_set_new(o, "offset",
				    json_integer((json_int_t)r->offset));
	}
	return o;
}

json_t *report_memory(const struct process *p)
{
	json_t *out = json_array();
	size_t n, i;
	const struct image_region *r = image_regions(p->img, &n);

	for (i = 0; i < n; i++)
		json_array_append_new(out, regions(&r[i], p->img));
	return out;
}

/* The parts that are lists, or NULL and a sentence. */
static int lists(const struct process *p, json_t *out, char *err, size_t errlen)
{
	json_t *o = report_threads(p, err, errlen);
	int rc = o ? 0 : -EBADMSG;

	json_object_set_new(out, "threads", o);
	if (rc)
		return rc;
	o = report_files(p, err, errlen);
	json_object_set_new(out, "files", o);
	if (!o)
		return -EBADMSG;
	o = objects_json(p, &rc, err, errlen);
	json_object_set_new(out, "objects", o);
	json_object_set_new(out, "memory", report_memory(p));
	return rc;
}

json_t *report_image(const struct process *p, char *err, size_t errlen)
{
	const struct image_info *i = p->info;
	json_t *o;

	/* clang-format off */
	o = json_pack("{s:i, s:s, s:o, s:o, s:o, s:o, s:i, s:i, s:o, s:o, s:o,"
		      " s:o, s:o, s:o, s:o, s:i, s:i, s:b, s:i}",
		      "format", REPORT_FORMAT,
		      "kind", "image",
		      "file", jfile_text(p->path),
		      "program", jfile_text(i->exe),
		      "command", command_line(p),
		      "directory", jfile_text(i->cwd),
		      "rank", i->rank,
		      "ranks", i->size,
		      "mpi", jfile_text(i->mpi),
		      "mpi_version", jfile_text(i->mpi_version),
		      "host", jfile_text(i->host),
		      "cpu", jfile_text(i->cpu),
		      "kernel", jfile_text(i->kernel),
		      "libc", jfile_text(i->libc),
		      "time", when(i->time),
		      "pid", i->pid,
		      "umask", (int)i->umask,
		      "finished", i->finished != 0,
		      "exit_code", i->exit_code);
	/* clang-format on */
	json_object_set_new(o, "sizes", sizes(p));
	if (o && !lists(p, o, err, errlen))
		return o;
	if (!o)
		snprintf(err, errlen, "%s: out of memory", p->path);
	json_decref(o);
	return NULL;
}

static json_t *images(const struct manifest *m)
{
	json_t *out = json_array();
	uint32_t i;

	for (i = 0; i < m->size; i++) {
		const struct manifest_image *k = &m->images[i];

		json_array_append_new(
			out, json_pack("{s:i, s:o, s:o, s:I}", "rank", (int)i,
				       "file", jfile_text(k->file), "host",
				       jfile_text(k->host), "bytes",
				       (json_int_t)k->bytes));
	}
	return out;
}

json_t *report_generation(const struct pick *p, char *err, size_t errlen)
{
	const struct manifest *m = &p->m;
	json_t *o;

	/* clang-format off */
	o = json_pack("{s:i, s:s, s:o, s:I, s:i, s:o, s:o, s:o, s:o, s:o, s:f,"
		      " s:f, s:I, s:I, s:i, s:i, s:i}",
		      "format", REPORT_FORMAT,
		      "kind", "generation",
		      "directory", jfile_text(p->path),
		      "generation", (json_int_t)m->generation,
		      "ranks", (int)m->size,
		      "id", jfile_text(m->id),
		      "job", jfile_text(m->job),
		      "program", jfile_text(m->program),
		      "mpi", jfile_text(m->mpi),
		      "time", jfile_text(m->time),
		      "seconds", m->seconds,
		      "stopped", m->stopped,
		      "bytes", (json_int_t)m->bytes,
		      "raw_bytes", (json_int_t)m->raw_bytes,
		      "interval", m->interval,
		      "keep", m->keep,
		      "level", m->level);
	/* clang-format on */
	if (!o) {
		snprintf(err, errlen, "%s: out of memory", p->path);
		return NULL;
	}
	if (m->phases)
		json_object_set_new(o, "phases", phases_json(m));
	json_object_set_new(o, "images", images(m));
	return o;
}
