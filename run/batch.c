/* SPDX-License-Identifier: MIT */
/* batch.c - the batch system whose job this is: its end, and its next try */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
#include "batch.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

/* Names of variables but where it says otherwise; in commands %s is the job.
 * NULL: there is none. */
struct batch {
	const char *name;
	const char *job;
	const char *array, *task; /* of a job in an array */
	const char *element;	  /* how commands call it: of array and task */
	int from_one;		  /* task 0 is none */
	const char *node;	  /* set where the job's processes run */
	const char *end;	  /* when it ends: seconds since 1970 */
	const char *limit;	  /* how long it may run: batch_duration() */
	const char *left;	  /* command: prints how long it still has */
	double unit;		  /* of a plain number or MM:SS in that */
	/* Command that ends this try and has the job begin again. */
	const char *requeue;
	/* Command that tells of the job, as scontrol does: whether it may, and
	 * the field that says since when its nodes are being taken away. */
	const char *tell, *preempted;
};

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

static const char *value(const char *name)
{
	const char *v = name ? getenv(name) : NULL;

	return v && *v ? v : NULL;
}

/* It goes into commands and names of files. */
static const char *job_of(const struct batch *b)
{
	const char *v = value(b->job);

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
	return b->node && !value(b->node);
}

/* What the job is called, a task of an array by this format. */
static char *called(const struct batch *b, const char *element, char *buf,
		    size_t len)
{
	static const char digits[] = "0123456789";
	const char *array = value(b->array), *task = value(b->task);

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

/* What a command about the job prints first. 0; -EINTR: a signal ended it; or
 * another -errno. */
static int ask(const struct batch *b, const char *what, char *out, size_t len)
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

	if (!b->left || ask(b, b->left, text, sizeof(text)))
		return BATCH_NEVER;
	t = batch_duration(text + strspn(text, " \t"));
	return t < 0 ? t : t * b->unit;
}

double batch_left(const struct batch *b, int again)
{
	const char *end = value(b->end), *limit = value(b->limit);
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
	if (value(b->task))
		snprintf(array, sizeof(array), " --array=%d",
			 atoi(value(b->task)));
	snprintf(line, sizeof(line),
		 "sbatch --parsable --dependency=afterany:%%s "
		 "--export='ALL,MANA_CKPTDIR=%s'%s%s '%s'",
		 ckptdir, options, array, script);
	if (!ask(b, line, out, sizeof(out)))
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
	if (ask(b, b->tell, told, len)) {
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

	if (!b->preempted || ask(b, b->tell, told, sizeof(told)))
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
	rc = ask(b, b->requeue, out, sizeof(out));
	if (!rc || rc == -EINTR)
		return 0;
	snprintf(err, errlen, "%.*s", (int)strcspn(out, "\n"), out);
	return -EIO;
}
