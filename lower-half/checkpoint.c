/* SPDX-License-Identifier: MIT */
/* checkpoint.c - what of this process goes into an image */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include "../common/ckptdir.h"
#include "../common/image_dir.h"
#include "../common/last_part.h"
#include "../common/trust.h"
#include "../image/pages.h"
#include "../upper-half/app.h"
#include "../upper-half/clone.h"
#include "../upper-half/task_attr.h"
#include "checkpoint.h"
#include "children.h"
#include "core.h"
#include "creds_plan.h"
#include "file_table.h"
#include "info.h"
#include "process_attr.h"
#include "regions.h"
#include "sections.h"
#include "streams.h"

void checkpoint_given(void)
{
	struct creds *c = creds_here();

	process_attr_read(&APP->attr_given);
	task_attr_save(&APP->task_given);
	APP->led_given = getsid(0) == getpid();
	keep_free(APP->creds_given);
	APP->creds_given = c ? creds_keep(c) : NULL;
	free(c);
}

static int write_image(int dir, const char *file, const char *path,
		       const struct image_info *info,
		       const struct file_table *t, const struct regions *r,
		       const struct image_options *o, struct image_result *res,
		       char *err, size_t errlen)
{
	struct sections s = { 0 };
	int rc = sections_make(&s, info, t);

	if (!rc)
		rc = image_write(dir, file, path, r->at, r->n, s.at, s.n, o,
				 res, err, errlen);
	sections_free(&s);
	return rc;
}

/* The working directory was removed, or no path leads to it. */
static int directory_unknown(char *why, size_t len)
{
	char path[PATH_MAX];
	struct stat st;

	if ((stat(".", &st) == 0 && !st.st_nlink) || getcwd(path, sizeof(path)))
		return 0;
	snprintf(why, len,
		 "the program's working directory has no name that "
		 "leads there: the checkpoint is possible once it is in "
		 "another one");
	return 1;
}

static int is_in_the_way(char *why, size_t len)
{
	int untold;

	if (file_table_refuse(why, len) || regions_refuse(why, len) ||
	    children_any(why, len))
		return 1;
	if (unsaved_why()) {
		snprintf(why, len, "%s", unsaved_why());
		return 1;
	}
	if (directory_unknown(why, len))
		return 1;
	untold = clone_sharers();
	if (untold)
		snprintf(why, len,
			 "%d threads without thread-local storage of "
			 "their own cannot be saved: the checkpoint is "
			 "possible once they have ended",
			 untold);
	if (untold == 0 && APP->guarded && !pages_show_guards()) {
		snprintf(why, len,
			 "the program has guard pages, which this "
			 "kernel does not show (Linux 6.15 does): it cannot be "
			 "saved any more");
		return 1;
	}
	return untold > 0;
}

int checkpoint_refuse(char *why, size_t len)
{
	struct rlimit was;
	int refused;

	streams_limit_raise(&was);
	refused = is_in_the_way(why, len);
	streams_limit_back(&was);
	return refused;
}

/*
 * Opens the directory that the coordinator has made for this round, and makes
 * sure that it is that one, on whatever host this is: the checkpoint directory
 * may have been moved away since, and another job's may be in its place. -errno
 * and why.
 */
static int open_generation(const struct wire_ckpt_begin *b, struct reason *why)
{
	struct job_mark m;
	int fd = trust_dir(AT_FDCWD, b->dir, b->dir, why), rc;

	rc = fd < 0 ? fd : job_mark_read(fd, b->dir, &m, why);
	if (!rc && (strcmp(m.round, b->round) || strcmp(m.id, core.job_id)))
		rc = reason_set(why, -ESTALE, "",
				"%s: made by another "
				"coordinator: the checkpoint directory was "
				"replaced",
				b->dir);
	if (!rc)
		return fd;
	if (fd >= 0)
		close(fd);
	return rc;
}

/* Opens the directory that the image belongs in. */
static int open_where(const struct wire_ckpt_begin *b, const char *file,
		      char *err, size_t errlen)
{
	struct reason why = { 0 };
	int gen = open_generation(b, &why), dir = gen;

	if (gen >= 0) {
		dir = image_dir_open(gen, b->dir, file, &why);
		close(gen);
	}
	if (dir < 0)
		reason_text(&why, err, errlen);
	return dir;
}

int checkpoint_write(const struct wire_ckpt_begin *b, const char *file,
		     void (*progress)(void *, uint64_t, uint64_t),
		     struct image_result *res, char *err, size_t errlen)
{
	struct image_options o = { .level = b->level, .progress = progress };
	struct image_info *info = calloc(1, sizeof(*info));
	struct file_table t = { 0 };
	struct regions r = { 0 };
	char path[IMAGE_PATH_MAX + 256];
	struct rlimit was;
	int rc = -ENOMEM, dir = -1;

	streams_limit_raise(&was);
	if (info)
		rc = dir = open_where(b, file, err, errlen);
	if (rc >= 0) {
		info_process(info);
		APP->attr.limit[RLIMIT_NOFILE][0] = was.rlim_cur;
		APP->attr.limit[RLIMIT_NOFILE][1] = was.rlim_max;
		/* All ranks have stopped by now; before, they might have
		 * written to our files. */
		rc = file_table_save(&t, err, errlen);
		if (!rc)
			rc = regions_read(&r, &t);
	}
	snprintf(path, sizeof(path), "%s/%s", b->dir, file);
	if (!rc)
		rc = write_image(dir, last_part(file), path, info, &t, &r, &o,
				 res, err, errlen);
	if (dir >= 0)
		close(dir);
	if (rc < 0 && !err[0])
		snprintf(err, errlen, "%s", strerror(-rc));
	regions_free(&r);
	file_table_free(&t);
	free(info);
	streams_limit_back(&was);
	return rc;
}
