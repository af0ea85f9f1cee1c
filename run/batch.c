/* SPDX-License-Identifier: MIT */
/* batch.c - the batch system whose job this is: its end, and its next try */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
#include "batch_row.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

/* Flux starts jobs within others, so it comes before what may have started it.
 */
static const struct batch systems[] = {
	{
		.name = "Flux",
		.job = "FLUX_JOB_ID",
		.left = "flux job timeleft %s",
		.unit = 1,
	},
	{
		.name = "Slurm",
		.job = "SLURM_JOB_ID",
		.array = "SLURM_ARRAY_JOB_ID",
		.task = "SLURM_ARRAY_TASK_ID",
		/* One task's number is the array's: that means all tasks. */
		.element = "%s_%s",
		.node = "SLURMD_NODENAME",
		.end = "SLURM_JOB_END_TIME",
		.left = "squeue -h -j %s -o %%L",
		.unit = 1,
		.requeue = "scontrol requeue %s",
		.tell = "scontrol -o show job %s",
		.preempted = "PreemptTime",
		.nodes = "scontrol -d -o show job %s",
		.probe = "srun --quiet --overlap --mpi=none --chdir=/ "
			 "--nodes=$SLURM_JOB_NUM_NODES "
			 "--ntasks=$SLURM_JOB_NUM_NODES --ntasks-per-node=1 "
			 "--cpus-per-task=1 true",
		.count = { "SLURM_JOB_NUM_NODES", "SLURM_NNODES" },
		.list = { "SLURM_JOB_NODELIST", "SLURM_NODELIST" },
		.share = "SLURM_TASKS_PER_NODE",
		.stale = { "SLURM_JOB_CPUS_PER_NODE", "SLURM_NTASKS_PER_NODE" },
		.overlap = "SLURM_OVERLAP",
		.rank_cpus = { "SLURM_CPUS_PER_TASK", "SRUN_CPUS_PER_TASK" },
	},
	{
		.name = "PBS",
		.job = "PBS_JOBID",
		.limit = "PBS_WALLTIME",
		.left = "qstat -f '%s' | awk '"
			"function s(t, a) { split(t, a, \":\"); "
			"return a[1] * 3600 + a[2] * 60 + a[3] } "
			"/Resource_List.walltime =/ { all = s($3) } "
			"/resources_used.walltime =/ { used = s($3) } "
			"END { if (all) print all - used }'",
		.unit = 1,
		.requeue = "qrerun '%s'",
	},
	{
		.name = "LSF",
		.job = "LSB_JOBID",
		.array = "LSB_JOBID",
		.task = "LSB_JOBINDEX",
		.element = "%s[%s]",
		.from_one = 1,
		.left = "bjobs -noheader -o time_left '%s'",
		.unit = 60, /* HH:MM */
		.requeue = "brequeue '%s'",
	},
};

const char *batch_value(const char *name)
{
	const char *v = name ? getenv(name) : NULL;

	return v && *v ? v : NULL;
}

/* It goes into commands and names of files. */
static const char *job_of(const struct batch *b)
{
	const char *v = batch_value(b->job);

	if (!v || strlen(v) >= BATCH_ID ||
	    v[strspn(v, "0123456789abcdefghijklmnopqrstuvwxyz"
			"ABCDEFGHIJKLMNOPQRSTUVWXYZ_.-[]")])
		return NULL;
	return v;
}

const struct batch *batch_here(void)
{
	size_t i;

	for (i = 0; i < COUNT(systems); i++)
		if (job_of(&systems[i]))
			return &systems[i];
	return NULL;
}

const char *batch_name(const struct batch *b)
{
	return b->name;
}

int batch_is_elsewhere(const struct batch *b)
{
	return b->node && !batch_value(b->node);
}

/* What the job is called, a task of an array by this format. */
static char *called(const struct batch *b, const char *element, char *buf,
		    size_t len)
{
	static const char digits[] = "0123456789";
	const char *array = batch_value(b->array), *task = batch_value(b->task);

	if (array && task && !(b->from_one && atoi(task) == 0) &&
	    !array[strspn(array, digits)] && !task[strspn(task, digits)])
		snprintf(buf, len, element, array, task);
	else
		snprintf(buf, len, "%s", job_of(b));
	return buf;
}

char *batch_id(const struct batch *b, char *buf, size_t len)
{
	return called(b, "%s_%s", buf, len);
}

double batch_duration(const char *text)
{
	long v[3], days = 0;
	char *p;
	int n = 0, dash;

	v[0] = strtol(text, &p, 10);
	dash = p != text && *p == '-';
	if (dash) {
		days = v[0];
		text = p + 1;
		v[0] = strtol(text, &p, 10);
	}
	for (n = 1; p != text && *p == ':' && n < 3; n++) {
		text = p + 1;
		v[n] = strtol(text, &p, 10);
	}
	if (p == text || (*p && !strchr(" \n\t", *p)) || v[0] < 0 || days < 0)
		return BATCH_NEVER;
	if (dash || n == 3)
		return (double)(days * 86400 + v[0] * 3600 +
				(n > 1 ? v[1] * 60 : 0) + (n > 2 ? v[2] : 0));
	return (double)(n == 1 ? v[0] : v[0] * 60 + v[1]);
}

int batch_ask(const struct batch *b, const char *what, char *out, size_t len)
{
	char inner[20480 + BATCH_ID], line[sizeof(inner) + 64];
	char job[BATCH_ID];
	int status;
	size_t n;
	FILE *f;

	/* The table's own text; the job is of harmless characters. */
	called(b, b->element, job, sizeof(job));
	snprintf(inner, sizeof(inner), what, job);
	snprintf(line, sizeof(line), "exec </dev/null 2>&1; timeout %d %s",
		 BATCH_LIMIT, inner);
	f = popen(line, "re");
	if (!f)
		return -errno;
	n = fread(out, 1, len - 1, f);
	out[n] = 0;
	while (fread(line, 1, sizeof(line), f) > 0)
		;
	status = pclose(f);
	if (!status)
		return 0;
	return WIFSIGNALED(status) || WEXITSTATUS(status) > 128 ? -EINTR : -EIO;
}

static double ask_left(const struct batch *b)
{
	char text[256];
	double t;

	if (!b->left || batch_ask(b, b->left, text, sizeof(text)))
		return BATCH_NEVER;
	t = batch_duration(text + strspn(text, " \t"));
	return t < 0 ? t : t * b->unit;
}

double batch_left(const struct batch *b, int again)
{
	const char *end = batch_value(b->end), *limit = batch_value(b->limit);
	double left;

	if (end && !again && atoll(end) > 0)
		return (double)(atoll(end) - (long long)time(NULL));
	left = ask_left(b);
	if (left < 0 && limit && !again)
		left = batch_duration(limit);
	return left;
}

char *batch_field(const char *text, const char *name, char *buf, size_t len)
{
	size_t n = strlen(name);
	const char *p = text;

	*buf = 0;
	for (; (p = strstr(p, name)); p += n)
		if ((p == text || strchr(" \n\t", p[-1])) && p[n] == '=') {
			p += n + 1;
			snprintf(buf, len, "%.*s", (int)strcspn(p, " \n\t"), p);
			break;
		}
	return buf;
}
