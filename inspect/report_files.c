/* SPDX-License-Identifier: MIT */
/* report_files.c - the open files of an image, and what becomes of them */
#include <fcntl.h>
#include <string.h>
#include "../common/jfile.h"
#include "../image/image_format.h"
#include "../restart/saved_files.h"
#include "report.h"

/* What a restart does with each kind: lower-half/files.h. */
static const struct {
	const char *name, *becomes;
} kinds[] = {
	[FILE_STD] = { "standard stream", "the restart's own" },
	[FILE_LAUNCHER] = { "launcher's file",
			    "the new launcher's, or nothing" },
	[FILE_STREAM] = { "launcher's stream", "the new launcher's" },
	[FILE_REGULAR] = { "file", "opened again at its path and offset" },
	[FILE_DEVICE] = { "device", "opened again" },
	[FILE_DIRECTORY] = { "directory", "opened again" },
	[FILE_GONE_DIR] = { "removed directory",
			    "an empty one that is removed" },
	[FILE_PATH] = { "place (O_PATH)", "opened again" },
	[FILE_INODE] = { "file without a name", "made again, with contents" },
	[FILE_PIPE] = { "pipe", "made again, with contents" },
	[FILE_FIFO] = { "named pipe", "opened again, with contents" },
	[FILE_EVENT] = { "eventfd", "made again, with its count" },
};

static const char *access_mode(uint32_t flags)
{
	switch (flags & O_ACCMODE) {
	case O_RDONLY:
		return "r";
	case O_WRONLY:
		return "w";
	default:
		return "rw";
	}
}

static json_t *file(const struct saved_files *x, const struct saved_file *f)
{
	json_t *o = json_pack("{s:i, s:s, s:s, s:s, s:o}", "fd", (int)f->fd,
			      "kind", kinds[f->kind].name, "becomes",
			      kinds[f->kind].becomes, "access",
			      access_mode(f->flags), "path",
			      jfile_text(saved_files_name(x, f->name)));

	if (o && f->same_as >= 0)
		json_object_set_new(o, "same_as", json_integer(f->same_as));
	if (o && f->kind == FILE_REGULAR)
		json_object_set_new(o, "offset",
				    json_integer((json_int_t)f->offset));
	if (o && (f->kind == FILE_PIPE || f->kind == FILE_FIFO))
		json_object_set_new(o, "bytes",
				    json_integer((json_int_t)f->size));
	return o;
}

json_t *report_files(const struct process *p, char *err, size_t errlen)
{
	struct saved_files x;
	json_t *out;
	size_t i;

	if (saved_files_load(p->img, &x)) {
		image_fail(0, err, errlen,
			   "%s: damaged: what it says of open files makes no "
			   "sense",
			   p->path);
		return NULL;
	}
	out = json_array();
	for (i = 0; i < x.n; i++)
		json_array_append_new(out, file(&x, &x.at[i]));
	return out;
}
