/* SPDX-License-Identifier: MIT */
/* job.c - the line started, and started again, until it is over */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>
#include "../client/rendezvous.h"
#include "../common/ckptdir.h"
#include "../common/exit_code.h"
#include "../common/generation.h"
#include "../common/monotonic.h"
#include "job.h"
#include "retry.h"
#include "tell.h"

#define TOLD_MS	   200	  /* for a signal that has come to the line first */
#define SETTLE_MS  2000	  /* for the coordinator to hear that the job is over */
#define REQUEUE_MS 120000 /* for the batch system to end this try */
#define PREEMPT_MS 30000  /* between two questions whether it still will */

/* "14:02:11", with the day if that is another. */
static char *when(const char *iso, char *buf, size_t len)
{
	struct tm tm = { 0 }, here, today;
	time_t t, now = time(NULL);

	if (!strptime(iso, "%Y-%m-%dT%H:%M:%SZ", &tm)) {
		snprintf(buf, len, "%s", iso);
		return buf;
	}
	t = timegm(&tm);
	localtime_r(&t, &here);
	localtime_r(&now, &today);
	strftime(buf, len,
		 here.tm_yday == today.tm_yday &&
				 here.tm_year == today.tm_year ?
			 "%H:%M:%S" :
			 "%Y-%m-%d %H:%M:%S",
		 &here);
	return buf;
}

static void write_record(struct run_job *j, enum record_state state)
{
	j->s.record.state = state;
	supervise_write(&j->s);
}

/* 1: the directory's coordinator lives, on whatever host. */
static int is_led(const struct run_job *j)
{
	char err[WIRE_TEXT + 5120];
	int fd = rendezvous_lock(j->s.fd, j->s.dir, LOCK_COORDINATOR, err,
				 sizeof(err));

	if (fd >= 0)
		close(fd);
	return fd == -EAGAIN;
}

/* Of a coordinator whose host was lost the file is left: ranks on another host
 * would wait for one that does not answer. */
static void remove_stale(const struct run_job *j)
{
	if (!is_led(j))
		unlinkat(j->s.fd, CLIENT_FILE, 0);
}

/*
 * How the line ended, from who knows best to who knows least: the coordinator,
 * which the ranks told; the line's status; a coordinator that is gone without
 * having said so, as its host may be. A line that has failed without a word of
 * a rank has started none: after a crash that is a launcher's trouble with a
 * host that is lost.
 */
static int has_crashed(struct run_job *j, int code)
{
	struct reason why;
	struct job_end e;
	int waited, there = 1;

	j->nobody = 0;
	if (!code || code == EXIT_NO_EXEC)
		return 0;
	for (waited = 0; there && waited < SETTLE_MS; waited += 50) {
		if (!job_end_read(j->s.fd, j->s.dir, &e, &why))
			return e.lost;
		there = !faccessat(j->s.fd, CLIENT_FILE, F_OK, 0);
		if (there)
			usleep(50000);
	}
	/* Ranks that are being restarted are no good without it: 99. */
	if (there && !is_led(j))
		return 1;
	if (code == EXIT_REFUSED)
		return 0;
	j->nobody = !there && j->again;
	return step_was_killed(&j->s.step) || j->nobody;
}

/* What is left of the generations of jobs that have ended well is of no use. */
static void remove_old(struct run_job *j)
{
	struct supervisor *s = &j->s;
	uint64_t *v = NULL;
	size_t n, i;

	if (s->record.state != RECORD_DONE || !s->record.id[0] ||
	    generation_list(s->fd, &v, &n))
		return;
	for (i = 0; i < n; i++)
		generation_remove(s->fd, v[i], s->record.id);
	free(v);
}

static int begin_anew(struct run_job *j)
{
	struct supervisor *s = &j->s;
	struct generations g = { 0 };

	remove_old(j);
	if (generation_scan(s->fd, &g))
		g.newest = 0;
	return record_begin(&s->record, j->line->words, j->line->n, g.newest);
}

static int start(struct run_job *j)
{
	struct supervisor *s = &j->s;
	char text[64];
	char **words;
	int rc = 0;

	if (j->how == DECIDE_START)
		rc = begin_anew(j);
	else
		tell("goes on from generation %" PRIu64 ", taken %s",
		     j->from.generation,
		     when(j->from.time, text, sizeof(text)));
	if (rc)
		return rc;
	s->record.attempts++;
	write_record(j, RECORD_RUNNING);
	unlinkat(s->fd, END_FILE, 0);
	remove_stale(j);
	words = job_words(j);
	/* without a launcher mana_restart has the terminal, and shows it */
	rc = words ? supervise(s, words,
			       j->line->family && j->how != DECIDE_START) :
		     -ENOMEM;
	free(words);
	return rc;
}

/* The newest generation is where the next start goes on from. 1: it is newer
 * than the one before; 0: it is not; -ENOENT: there is none. */
static int advance(struct run_job *j)
{
	uint64_t before = j->how == DECIDE_GO_ON ? j->from.generation : 0;

	manifest_fini(&j->from);
	supervise_newest(&j->s, &j->from);
	if (!j->from.generation)
		return -ENOENT;
	j->how = DECIDE_GO_ON;
	return j->from.generation > before;
}

static int over(struct run_job *j, int code)
{
	j->s.record.code = code;
	write_record(j, code ? RECORD_ENDED : RECORD_DONE);
	return code;
}

/* Batch systems send their SIGTERM to all processes at once: that is no crash
 * to go on from here. */
static int told_to_end(struct run_job *j)
{
	struct supervisor *s = &j->s;
	int number;

	if (s->over || (s->state == RUN_SAVING && s->number))
		return 1;
	number = signals_wait(&s->signals, TOLD_MS);
	if (!number || number == SIGUSR1)
		return 0;
	s->number = number;
	return 1;
}

/* It has crashed. 1: it is to be started again. */
static int again(struct run_job *j, int code)
{
	int news;

	news = advance(j);
	if (news == -ENOENT) {
		tell("the job died (exit code %d) before its first checkpoint",
		     code);
		return 0;
	}
	j->left = news > 0 ? j->s.o->retries : j->left;
	if (j->left-- > 0) {
		tell("the job died (exit code %d)", code);
		return 1;
	}
	tell("the job died (exit code %d), %d times without a newer "
	     "generation than %" PRIu64 ": see why, then run the same line",
	     code, j->s.o->retries + 1, j->from.generation);
	return 0;
}

static int later(struct run_job *j)
{
	struct supervisor *s = &j->s;

	if (advance(j) == -ENOENT) {
		tell("the job has ended, and has no generation to go on from");
		s->record.code = 128 + (s->number ? s->number : SIGTERM);
		write_record(j, RECORD_ENDED);
		return s->record.code;
	}
	s->record.code = EXIT_LATER;
	write_record(j, RECORD_LATER);
	return EXIT_LATER;
}

static int requeue(struct run_job *j)
{
	struct supervisor *s = &j->s;
	char err[2048];
	int rc;

	if (record_requeue(&s->record, s->ran)) {
		tell("the job has not come further since it was requeued last "
		     "(generation %" PRIu64 ", %.1f s): it is not requeued: "
		     "give it more time, or see what it waits for",
		     s->record.generation, s->ran);
		write_record(j, RECORD_LATER);
		return EXIT_REFUSED;
	}
	write_record(j, RECORD_LATER);
	rc = batch_requeue(s->batch, s->dir, err, sizeof(err));
	if (rc < 0) {
		tell("stopped at generation %" PRIu64 ", not requeued: %s: "
		     "submit it again with MANA_CKPTDIR=%s",
		     s->record.generation, err, s->dir);
		return EXIT_LATER;
	}
	tell("stopped at generation %" PRIu64 ": %s", s->record.generation,
	     rc == BATCH_ANOTHER ? "another job goes on" : "requeued");
	if (!rc)
		signals_wait(&s->signals, REQUEUE_MS);
	return EXIT_LATER;
}

/* It was ended by us. */
static int stopped(struct run_job *j)
{
	struct supervisor *s = &j->s;
	int code = later(j);

	if (code != EXIT_LATER)
		return code;
	/* TERM and INT are of who wants the job to be gone, or of a batch
	 * system that does what is to be done itself. */
	if (s->batch && (!s->number || s->number == SIGUSR1))
		return requeue(j);
	if (s->at_once)
		return 128 + s->number;
	if (s->batch)
		tell("stopped at generation %" PRIu64 ": to go on, submit it "
		     "again with MANA_CKPTDIR=%s",
		     s->record.generation, s->dir);
	else
		tell("stopped at generation %" PRIu64 ": the same line goes on",
		     s->record.generation);
	return code;
}

/*
 * The batch system has killed the line to take the nodes away, and will end us
 * later. Had we ended before, the job would have, too, and not run again. 1: it
 * has told us to; 0: it did not take them.
 */
static int wait_preempted(struct run_job *j)
{
	struct supervisor *s = &j->s;

	if (advance(j) == -ENOENT)
		tell("preempted before its first checkpoint: it will begin "
		     "anew");
	else
		tell("preempted: it will go on from generation %" PRIu64,
		     s->record.generation);
	write_record(j, j->from.generation ? RECORD_LATER : RECORD_RUNNING);
	do {
		if (signals_wait(&s->signals, PREEMPT_MS))
			return 1;
	} while (batch_is_preempted(s->batch));
	return 0;
}

/* It has crashed with this exit code. 1: it is to be started again; else *code
 * is mana_run's own. */
static int go_on(struct run_job *j, int *code)
{
	struct supervisor *s = &j->s;

	if (!again(j, *code)) {
		*code = over(j, *code);
		return 0;
	}
	j->again = 1;
	switch (retry_wait(j)) {
	case RETRY_NOW:
		return 1;
	case RETRY_FEW: /* where it begins anew there may be more */
		s->number = 0;
		break;
	case RETRY_STOP:
		break;
	}
	s->ran = (double)(monotonic_ms() - j->began) / 1000;
	*code = stopped(j);
	return 0;
}

int job_run(struct run_job *j)
{
	struct supervisor *s = &j->s;
	int code, crashed, rc;

	j->left = s->o->retries;
	j->began = monotonic_ms();
	do {
		rc = start(j);
		if (rc) {
			tell("cannot run the line: %s", strerror(-rc));
			return EXIT_REFUSED;
		}
		if (s->state == RUN_ENDING)
			return stopped(j);
		code = step_code(&s->step);
		crashed = has_crashed(j, code);
		if (crashed && told_to_end(j))
			return stopped(j);
		if (crashed && s->batch && batch_is_preempted(s->batch) &&
		    wait_preempted(j))
			return EXIT_LATER;
	} while (crashed && go_on(j, &code));
	if (crashed)
		return code;
	supervise_newest(s, NULL);
	return over(j, code);
}
