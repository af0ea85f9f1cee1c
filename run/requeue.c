/* SPDX-License-Identifier: MIT */
/* requeue.c - the batch system has the job run once more */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "batch_row.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

/* What the job has that may have been given with the command, and not in the
 * script: how scontrol and sbatch call it. */
static const struct {
	const char *field, *option;
} kept[] = {
	{ "JobName", "job-name" }, { "Partition", "partition" },
	{ "TimeLimit", "time" },   { "NumNodes", "nodes" },
	{ "NumTasks", "ntasks" },  { "WorkDir", "chdir" },
};

/* 1: it may stand between apostrophes in what is told a shell. */
static int is_harmless(const char *text)
{
	return *text && !strpbrk(text, "'%");
}

static int add_kept(const char *told, char *line, size_t len)
{
	char value[4096];
	int n = 0;
	size_t i;

	*line = 0;
	for (i = 0; i < COUNT(kept) && n < (int)len; i++) {
		batch_field(told, kept[i].field, value, sizeof(value));
		if (is_harmless(value))
			n += snprintf(line + n, len - (size_t)n, " --%s='%s'",
				      kept[i].option, value);
	}
	return n < (int)len ? 0 : -ENAMETOOLONG;
}

static int submit(const struct batch *b, const char *told, const char *ckptdir,
		  char *err, size_t errlen)
{
	char script[4096], options[8192], line[20480], out[1024],
		array[32] = "";

	batch_field(told, "Command", script, sizeof(script));
	if (script[0] != '/' || access(script, R_OK) || !is_harmless(script) ||
	    !is_harmless(ckptdir) || strchr(ckptdir, ',') ||
	    add_kept(told, options, sizeof(options))) {
		snprintf(err, errlen,
			 "the job may not be requeued, and its "
			 "script is not known");
		return -EPERM;
	}
	if (batch_value(b->task))
		snprintf(array, sizeof(array), " --array=%d",
			 atoi(batch_value(b->task)));
	snprintf(line, sizeof(line),
		 "sbatch --parsable --dependency=afterany:%%s "
		 "--export='ALL,MANA_CKPTDIR=%s'%s%s '%s'",
		 ckptdir, options, array, script);
	if (!batch_ask(b, line, out, sizeof(out)))
		return BATCH_ANOTHER;
	snprintf(err, errlen, "sbatch: %.*s", (int)strcspn(out, "\n"), out);
	return -EIO;
}

/* 1: the job may be requeued; 0: it may not; -errno and why. */
static int may_requeue(const struct batch *b, char *told, size_t len, char *err,
		       size_t errlen)
{
	char may[16], is_batch[16];

	if (!b->tell)
		return 1;
	if (batch_ask(b, b->tell, told, len)) {
		snprintf(err, errlen, "%s does not tell of this job", b->name);
		return -EIO;
	}
	batch_field(told, "Requeue", may, sizeof(may));
	batch_field(told, "BatchFlag", is_batch, sizeof(is_batch));
	if (!strcmp(is_batch, "0")) {
		snprintf(err, errlen, "it is not a batch job");
		return -EPERM;
	}
	return !strcmp(may, "1");
}

int batch_is_preempted(const struct batch *b)
{
	char told[16384], since[64];

	if (!b->preempted || batch_ask(b, b->tell, told, sizeof(told)))
		return 0;
	batch_field(told, b->preempted, since, sizeof(since));
	return *since && strcmp(since, "None");
}

int batch_requeue(const struct batch *b, const char *ckptdir, char *err,
		  size_t errlen)
{
	char told[16384], out[1024];
	int rc;

	if (!b->requeue) {
		snprintf(err, errlen, "%s has no command for that", b->name);
		return -ENOSYS;
	}
	rc = may_requeue(b, told, sizeof(told), err, errlen);
	if (rc < 0)
		return rc;
	if (!rc)
		return submit(b, told, ckptdir, err, errlen);
	/* That ends all processes of this try, the command too. */
	rc = batch_ask(b, b->requeue, out, sizeof(out));
	if (!rc || rc == -EINTR)
		return 0;
	snprintf(err, errlen, "%.*s", (int)strcspn(out, "\n"), out);
	return -EIO;
}
