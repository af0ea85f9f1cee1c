/* SPDX-License-Identifier: MIT */
/* metrics.c - what the coordinator knows, for Prometheus (docs/metrics.md) */
#include <math.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <unistd.h>
#include "../common/monotonic.h"
#include "job.h"
#include "metrics.h"
#include "status.h"

static void head(FILE *f, const char *name, const char *type, const char *help)
{
	fprintf(f, "# HELP %s %s\n# TYPE %s %s\n", name, help, name, type);
}

static void number(FILE *f, double v)
{
	if (isnan(v))
		fputs(" NaN\n", f);
	else
		fprintf(f, " %.15g\n", v);
}

static void gauge(FILE *f, const char *name, double v, const char *help)
{
	head(f, name, "gauge", help);
	fputs(name, f);
	number(f, v);
}

static void counter(FILE *f, const char *name, double v, const char *help)
{
	head(f, name, "counter", help);
	fputs(name, f);
	number(f, v);
}

/* name="value", with what the format wants escaped. */
static void label(FILE *f, const char *name, const char *value)
{
	fprintf(f, "%s=\"", name);
	for (; *value; value++) {
		if (*value == '\n') {
			fputs("\\n", f);
			continue;
		}
		if (*value == '"' || *value == '\\')
			fputc('\\', f);
		fputc(*value, f);
	}
	fputc('"', f);
}

static void of_job(const struct server *s, FILE *f)
{
	const struct job *j = &s->job;

	head(f, "mana_job_info", "gauge", "The job, 1.");
	if (j->size) {
		fputs("mana_job_info{", f);
		label(f, "job", j->key);
		fputc(',', f);
		label(f, "program", j->program);
		fputc(',', f);
		label(f, "mpi", j->mpi);
		fputc(',', f);
		label(f, "directory", s->dir.path);
		fputs("} 1\n", f);
	}
	gauge(f, "mana_ranks", j->size, "Ranks of the job, 0: there is none.");
	gauge(f, "mana_ranks_connected", j->connected,
	      "Ranks that are connected.");
	gauge(f, "mana_restart_running", job_restoring(j),
	      "1: the job is being restarted.");
}

static void of_stages(const struct round *r, FILE *f)
{
	int i;

	head(f, "mana_checkpoint_stage", "gauge",
	     "1 for the stage of the running checkpoint, or for idle.");
	for (i = 0; i < STAGES; i++) {
		fputs("mana_checkpoint_stage{", f);
		label(f, "stage", round_stage_name((enum round_stage)i));
		fprintf(f, "} %d\n", i == (int)r->stage);
	}
}

static void of_round(const struct server *s, FILE *f)
{
	const struct round *r = &s->round;
	int on = r->stage != STAGE_IDLE;
	static const struct wire_progress nothing;
	const struct wire_progress *w = on ? &r->written : &nothing;

	of_stages(r, f);
	gauge(f, "mana_checkpoint_running_seconds",
	      on ? (double)(monotonic_ms() - r->began[STAGE_CLOCK]) / 1000 : 0,
	      "How long the running checkpoint has taken, 0: there is none.");
	gauge(f, "mana_checkpoint_ranks_done", on ? r->size - r->busy : 0,
	      "Ranks that are done with the stage.");
	gauge(f, "mana_checkpoint_written_bytes", (double)w->done,
	      "Memory that the running checkpoint has written.");
	gauge(f, "mana_checkpoint_total_bytes", (double)w->total,
	      "Memory that it will write, as far as ranks have said.");
}

static void of_last(const struct server *s, FILE *f)
{
	const struct manifest *m = &s->last;
	int is = m->generation != 0;

	gauge(f, "mana_checkpoint_last_generation", (double)m->generation,
	      "Newest complete generation, 0: there is none.");
	gauge(f, "mana_checkpoint_last_timestamp_seconds",
	      is ? (double)status_time(m) : NAN,
	      "When it was committed, as Unix time.");
	gauge(f, "mana_checkpoint_last_duration_seconds", is ? m->seconds : NAN,
	      "How long it took.");
	gauge(f, "mana_checkpoint_last_stopped_seconds", is ? m->stopped : NAN,
	      "How long the ranks stood still for it.");
	gauge(f, "mana_checkpoint_last_bytes", is ? (double)m->bytes : NAN,
	      "Size of its images.");
	gauge(f, "mana_checkpoint_last_memory_bytes",
	      is ? (double)m->raw_bytes : NAN, "Memory that it has saved.");
}

static void of_rounds(const struct server *s, FILE *f)
{
	double next = status_next(s);

	counter(f, "mana_checkpoints_committed_total", (double)s->n_committed,
		"Checkpoints that this coordinator has committed.");
	counter(f, "mana_checkpoints_failed_total", (double)s->n_failed,
		"Checkpoints that have failed, or could not begin.");
	gauge(f, "mana_checkpoint_interval_seconds", s->o.interval,
	      "Interval between checkpoints, 0: on request only.");
	gauge(f, "mana_checkpoint_next_seconds", next < 0 ? NAN : next,
	      "Time until the next one by interval, NaN: none is due.");
}

static double resident(void)
{
	unsigned long size, pages = 0;
	FILE *f = fopen("/proc/self/statm", "re");

	if (f && fscanf(f, "%lu %lu", &size, &pages) != 2)
		pages = 0;
	if (f)
		fclose(f);
	return (double)pages * (double)sysconf(_SC_PAGESIZE);
}

static void of_process(const struct server *s, FILE *f)
{
	struct rusage u = { 0 };
	const struct peer *p;
	unsigned int n = 0;

	getrusage(RUSAGE_SELF, &u);
	for (p = TAILQ_FIRST(&s->peers); p; p = TAILQ_NEXT(p, link))
		n++;
	gauge(f, "mana_coordinator_connections", n,
	      "Connections of ranks and commands.");
	gauge(f, "process_resident_memory_bytes", resident(),
	      "Resident memory of the coordinator.");
	counter(f, "process_cpu_seconds_total",
		(double)(u.ru_utime.tv_sec + u.ru_stime.tv_sec) +
			(double)(u.ru_utime.tv_usec + u.ru_stime.tv_usec) / 1e6,
		"Processor time of the coordinator.");
}

char *metrics_text(const struct server *s)
{
	char *out = NULL;
	size_t len;
	FILE *f = open_memstream(&out, &len);

	if (!f)
		return NULL;
	of_job(s, f);
	of_rounds(s, f);
	of_last(s, f);
	of_round(s, f);
	of_process(s, f);
	if (fclose(f)) {
		free(out);
		return NULL;
	}
	return out;
}
