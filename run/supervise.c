/* SPDX-License-Identifier: MIT */
/* supervise.c - one start of the line, watched to its end */
#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include "../common/monotonic.h"
#include "../launch/pick.h"
#include "schedule.h"
#include "supervise.h"
#include "tell.h"

#define END_MS	   30000 /* for the line to end when its ranks were told to */
#define TERM_MS	   10000 /* and when it was itself */
#define AGAIN_MS   5000	 /* between two tries of the last checkpoint */
#define EARLY_MS   1000	 /* and of one that was asked for while ranks come */
#define START_MS   60000 /* for a launcher to start the first of them */
#define ANSWER_MS  10000 /* for the coordinator to say how it went */
#define LATE_MS	   3000	 /* so near the end none is waited for */
#define LOOK_MS	   5000	 /* after an interval, for its checkpoint to be there */
#define SHOW_MS	   10000 /* for ranks of a restart to come, to be shown */
#define LONGEST_MS 5400000 /* more than mana_coordinator(1) lets one take */

int supervise_newest(struct supervisor *s, struct manifest *m)
{
	char err[8192];
	struct pick p;
	int is_new = 0;

	if (m)
		memset(m, 0, sizeof(*m));
	if (pick_generation(s->dir, 0, PICK_ALL, &p, err, sizeof(err)))
		return 0;
	if (p.m.generation > s->record.base) {
		is_new = record_take(&s->record, &p.m);
		if (m) {
			*m = p.m;
			memset(&p.m, 0, sizeof(p.m));
		}
	}
	pick_free(&p);
	return is_new;
}

void supervise_write(struct supervisor *s)
{
	int rc = record_write(s->fd, &s->record);

	if (rc)
		tell("%s/" RECORD_FILE ": %s: is the disk full?", s->dir,
		     strerror(-rc));
}

/* When the last checkpoint is due. */
static void plan_last(struct supervisor *s)
{
	double lead;

	if (!s->end || s->over)
		return;
	lead = schedule_lead(record_longest(&s->record), s->total);
	s->last = s->end - (int64_t)(lead * 1000);
}

static void plan_look(struct supervisor *s, int64_t now)
{
	s->look = s->interval ? now + (int64_t)s->interval * 1000 + LOOK_MS : 0;
}

/* A checkpoint has been taken: what it cost says when the next is due. */
static void look(struct supervisor *s, int64_t now)
{
	unsigned int better;

	if (supervise_newest(s, NULL)) {
		supervise_write(s);
		plan_last(s);
	}
	if (s->o->interval == RUN_AUTO && s->record.n_seconds) {
		better = schedule_interval(s->record.stopped, s->o->mtbf);
		if ((better > s->interval + s->interval / 5 ||
		     better + better / 5 < s->interval) &&
		    !request_interval(s->dir, better))
			s->interval = better;
	}
	plan_look(s, now);
}

/* killed: the coordinator has already told the ranks to end. */
static void end_step(struct supervisor *s, int64_t now, int killed)
{
	request_close(&s->request);
	s->state = RUN_ENDING;
	s->pushed = !killed && request_kill(s->dir) ? 1 : s->by_term;
	if (s->pushed)
		step_signal(&s->step, SIGTERM);
	s->limit = now + (s->pushed && !s->by_term ? TERM_MS : END_MS);
}

/* It does not end: it is told so more and more plainly. */
static void push(struct supervisor *s, int64_t now)
{
	step_signal(&s->step, s->pushed ? SIGKILL : SIGTERM);
	if (s->pushed && !s->said) {
		tell("the line did not end in %d s and was killed",
		     END_MS / 1000);
		s->said = 1;
	}
	s->pushed = 1;
	s->limit = now + TERM_MS;
}

/* 1: a checkpoint is not possible yet, but soon will be. */
static int is_starting(const struct supervisor *s, int64_t now)
{
	switch (request_job(s->dir)) {
	case REQUEST_JOB_UNKNOWN:
		return now - s->step.began < START_MS;
	case REQUEST_JOB_COMING:
		return 1;
	default:
		return 0;
	}
}

static void failed(struct supervisor *s, int64_t now, const char *why)
{
	s->state = RUN_RUNNING;
	s->limit = 0;
	if (s->number == SIGUSR1) {
		plan_last(s);
		if (is_starting(s, now))
			s->early = now + EARLY_MS;
		else
			tell("%s: the job runs on", why);
	} else if (s->number) {
		tell("%s: the job ends without it", why);
		end_step(s, now, 0);
	} else if (s->end - now > 2 * LATE_MS + AGAIN_MS) {
		tell("%s: trying again", why);
		s->last = now + AGAIN_MS;
	} else {
		/* The program may be ending well just now. */
		tell("%s: too near the end to try again: the job runs on", why);
		s->over = 1;
	}
}

static void sooner(int64_t *due, int64_t t)
{
	if (t && t < *due)
		*due = t;
}

static void save(struct supervisor *s, int number, int64_t now)
{
	char err[2 * WIRE_TEXT];

	s->number = number;
	s->last = s->early = 0;
	s->unanswered = 0;
	s->state = RUN_SAVING;
	s->limit = now + LONGEST_MS;
	if (s->end)
		sooner(&s->limit,
		       s->end - LATE_MS > now ? s->end - LATE_MS : now + 1);
	if (request_checkpoint(&s->request, s->dir, err, sizeof(err)))
		failed(s, now, err);
}

static void saved(struct supervisor *s, int64_t now)
{
	s->saved = 1;
	s->ran = (double)(now - s->step.began) / 1000;
	supervise_newest(s, NULL);
}

static void answered(struct supervisor *s, int64_t now)
{
	char text[WIRE_TEXT];
	int rc = request_answer(&s->request, text, sizeof(text));

	if (rc == -EAGAIN)
		return;
	if (rc) {
		failed(s, now, text);
		return;
	}
	end_step(s, now, 1);
	saved(s, now);
}

/* Batch systems let users change how long a job may run. */
static void last_is_due(struct supervisor *s, int64_t now)
{
	int ask = s->batch && s->o->left < 0;
	double left = ask ? batch_left(s->batch, 1) : BATCH_NEVER;
	int64_t end = now + (int64_t)(left * 1000);

	look(s, now);
	if (left >= 0 && end > s->end + 1000)
		s->end = end;
	plan_last(s);
	if (s->last <= now + 1000)
		save(s, 0, now);
}

/* On a terminal a restart is shown until all ranks run. The ranks' terminal is
 * ours: they say nothing before. */
static void begin_show(struct supervisor *s, int shown)
{
	s->where = (struct client_options){ .ckptdir = s->dir, .level = -1 };
	progress_init(&s->progress, &s->where);
	s->shown = 0;
	s->show = shown && live_is_terminal(2) ? s->step.began : 0;
}

static void end_show(struct supervisor *s)
{
	if (s->shown)
		live_erase(2);
	s->shown = 0;
	s->show = 0;
	progress_close(&s->progress);
}

static void show(struct supervisor *s, int64_t now)
{
	char text[LIVE_LINE];
	int rc = progress_ask(&s->progress, live_columns(2), text);

	if (rc > 0) {
		live_show(2, text);
		s->shown = 1;
	}
	if (rc == 0 && s->shown) /* before, its ranks are still to come */
		end_show(s);
	else if (now - s->step.began > SHOW_MS && !s->shown)
		end_show(s);
	else
		s->show = monotonic_ms() + LIVE_MS;
}

static void on_signal(struct supervisor *s, int number, int64_t now)
{
	if (number == SIGTSTP) {
		step_suspend(&s->step);
		return;
	}
	if (number != SIGCHLD && s->show)
		end_show(s);
	if (number == SIGCHLD || s->state == RUN_ENDING)
		return;
	if (s->state == RUN_RUNNING && s->over) {
		end_step(s, now, 0); /* the time is over, as was known */
	} else if (s->state == RUN_RUNNING) {
		save(s, number, now);
	} else if (number != SIGUSR1 && s->number && s->number != SIGUSR1) {
		tell("the second signal: the job ends without a checkpoint");
		s->at_once = 1;
		end_step(s, now, 0);
	} else if (number != SIGUSR1) {
		s->number = number; /* stays, should the checkpoint fail */
	}
}

static void on_time(struct supervisor *s, int64_t now)
{
	if (s->show && s->state != RUN_RUNNING)
		end_show(s);
	else if (s->show && now >= s->show)
		show(s, now);
	if (s->state == RUN_ENDING && s->limit && now >= s->limit)
		push(s, now);
	else if (s->state == RUN_SAVING && s->limit && now >= s->limit) {
		request_close(&s->request);
		s->unanswered = 1;
		failed(s, now, "the checkpoint has taken too long");
	} else if (s->state == RUN_RUNNING && s->last && now >= s->last)
		last_is_due(s, now);
	else if (s->state == RUN_RUNNING && s->early && now >= s->early)
		save(s, SIGUSR1, now);
	else if (s->state == RUN_RUNNING && s->look && now >= s->look)
		look(s, now);
}

static int timeout(const struct supervisor *s, int64_t now)
{
	int64_t due = INT64_MAX;

	sooner(&due, s->limit);
	sooner(&due, s->show);
	if (s->state == RUN_RUNNING) {
		sooner(&due, s->last);
		sooner(&due, s->early);
		sooner(&due, s->look);
	}
	if (due == INT64_MAX)
		return -1;
	due -= now;
	return due < 0 ? 0 : due > INT_MAX ? INT_MAX : (int)due;
}

static void begin(struct supervisor *s)
{
	int64_t now = monotonic_ms();

	s->state = RUN_RUNNING;
	s->number = s->unanswered = s->saved = s->at_once = s->pushed =
		s->said = 0;
	s->limit = s->last = 0;
	s->over = 0;
	s->ran = 0;
	plan_look(s, now);
	plan_last(s);
}

/* The line has ended while the answer was waited for, which the coordinator
 * gives when it has told the ranks to end: so it may come after that. */
static void settle(struct supervisor *s)
{
	struct pollfd p = { .fd = s->request.conn.fd, .events = POLLIN };
	int64_t end = monotonic_ms() + ANSWER_MS, left;
	char text[WIRE_TEXT];
	int rc = -EAGAIN;

	while (rc == -EAGAIN && (left = end - monotonic_ms()) > 0) {
		poll(&p, 1, (int)left);
		rc = request_answer(&s->request, text, sizeof(text));
	}
	s->unanswered = rc < 0;
	if (rc)
		return;
	s->state = RUN_ENDING;
	saved(s, monotonic_ms());
}

int supervise(struct supervisor *s, char *const *argv, int shown)
{
	struct pollfd p[2] = { { .events = POLLIN }, { .events = POLLIN } };
	int rc = step_start(&s->step, argv, s->o->foreground,
			    &s->signals.before);
	int number;

	if (rc)
		return rc;
	begin(s);
	begin_show(s, shown);
	while (!step_ended(&s->step)) {
		p[0].fd = s->signals.fd;
		p[1].fd = s->request.conn.fd;
		poll(p, 2, timeout(s, monotonic_ms()));
		while ((number = signals_next(&s->signals)))
			on_signal(s, number, monotonic_ms());
		if (s->state == RUN_SAVING && s->request.conn.fd >= 0)
			answered(s, monotonic_ms());
		on_time(s, monotonic_ms());
	}
	end_show(s);
	if (s->state == RUN_SAVING && s->request.conn.fd >= 0)
		settle(s);
	/* It was committed after all, and the job ended with it. */
	if (s->unanswered && step_code(&s->step) && supervise_newest(s, NULL))
		s->state = RUN_ENDING;
	request_close(&s->request);
	return 0;
}
