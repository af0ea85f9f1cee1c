/* SPDX-License-Identifier: MIT */
/* mana_run.c - start a line, or go on with it
 *
 * A process of its own in front of the launcher. Should it fail, or be killed,
 * the job runs on as mana_launch and its coordinator have it.
 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "../client/rendezvous.h"
#include "../common/exit_code.h"
#include "../common/monotonic.h"
#include "../common/option.h"
#include "../common/trust.h"
#include "../launch/pick.h"
#include "../run/job.h"

static void __attribute__((noreturn)) die(const char *why)
{
	option_die("mana_run", why);
}

static void __attribute__((noreturn)) die_of(const struct reason *why)
{
	static char text[sizeof(*why)];

	die(reason_text(why, text, sizeof(text)));
}

/* Each job, and each task of an array of jobs, has one for itself. */
static void choose_dir(const struct run_options *o, const struct batch *b,
		       char *dir, size_t len)
{
	const char *given = o->ckptdir ? o->ckptdir : getenv("MANA_CKPTDIR");
	char id[BATCH_ID], cwd[PATH_MAX], name[PATH_MAX];

	if (given && *given)
		snprintf(name, sizeof(name), "%s", given);
	else if (b)
		snprintf(name, sizeof(name), "ckpt/%s",
			 batch_id(b, id, sizeof(id)));
	else
		snprintf(name, sizeof(name), "ckpt");
	if (name[0] == '/' || !getcwd(cwd, sizeof(cwd)))
		snprintf(dir, len, "%s", name);
	else
		snprintf(dir, len, "%s/%s", cwd, name);
}

/* The directory, locked; or, to look at it only, -1 where there is none. */
static int open_dir(const char *dir, int look)
{
	char err[WIRE_TEXT + 5120];
	struct reason why = { 0 };
	int fd, rc;

	if (look) {
		fd = trust_top(dir, &why);
		if (fd < 0 && fd != -ENOENT)
			die_of(&why);
		return fd;
	}
	fd = rendezvous_dir(dir, err, sizeof(err));
	if (fd < 0)
		die(err);
	/* Held until the process ends. */
	rc = rendezvous_lock(fd, dir, LOCK_RUN, err, sizeof(err));
	if (rc == -EAGAIN)
		snprintf(err, sizeof(err),
			 "%.4000s: another mana_run is using it: choose "
			 "another --ckptdir",
			 dir);
	if (rc < 0)
		die(err);
	return fd;
}

/* Left behind by a mana_run that was killed, or started by hand. */
static void refuse_running(const char *dir)
{
	char program[WIRE_PATH], text[3 * WIRE_PATH];

	if (!request_is_running(dir, program, sizeof(program)))
		return;
	snprintf(text, sizeof(text),
		 "%.4000s: a job is running there (%.4000s): end it with "
		 "mana_command --kill, or choose another --ckptdir",
		 dir, program);
	die(text);
}

static void find(struct run_job *j, struct decide_found *f, char *missing,
		 size_t len)
{
	struct pick p;

	memset(f, 0, sizeof(*f));
	*missing = 0;
	f->missing = missing;
	if (j->s.fd < 0 ||
	    pick_generation(j->s.dir, 0, PICK_ALL, &p, missing, len))
		return;
	j->from = p.m;
	memset(&p.m, 0, sizeof(p.m));
	pick_free(&p);
	f->generation = j->from.generation;
	f->program = j->from.program;
	memcpy(f->id, j->from.id, sizeof(f->id));
}

static void choose(struct run_job *j)
{
	static char missing[8192];
	struct supervisor *s = &j->s;
	struct reason why = { 0 };
	struct decide_found f;

	if (s->fd >= 0 && record_read(s->fd, s->dir, &s->record, &why) &&
	    !s->o->anew)
		die_of(&why);
	find(j, &f, missing, sizeof(missing));
	j->how = decide(&s->record, &f, j->line->words, j->line->n, s->o->anew,
			s->dir, &why);
	if (j->how == DECIDE_REFUSE)
		die_of(&why);
	if (j->how == DECIDE_GO_ON)
		record_take(&s->record, &j->from);
	else
		manifest_fini(&j->from);
}

/* The user's own values stay. */
static void set_variables(const struct line *l, const struct batch *b)
{
	const char *name, *value;

	name = l->family ? family_variable(l->family, &value) : NULL;
	if (name)
		setenv(name, value, 0);
	/* The coordinator is started beside the first rank, and on a host
	 * alone would listen to nobody from elsewhere. */
	if (b && batch_is_elsewhere(b))
		setenv("MANA_LISTEN", "0.0.0.0", 0);
}

static void know_end(struct supervisor *s)
{
	s->total = s->o->left;
	if (s->total < 0 && s->batch)
		s->total = batch_left(s->batch, 0);
	if (s->total >= 0)
		s->end = monotonic_ms() + (int64_t)(s->total * 1000);
}

static int dry_run(struct run_job *j)
{
	char **words = job_words(j);
	char *text = words ? line_quoted(words) : NULL;

	if (!text)
		die("out of memory");
	puts(text);
	return EXIT_DONE;
}

static void prepare(struct run_job *j, struct run_options *o,
		    const struct line *l)
{
	static char dir[2 * PATH_MAX];

	j->line = l;
	j->s.o = o;
	j->s.batch = batch_here();
	j->s.by_term = !l->family || family_ends_by_term(l->family);
	if (o->interval == RUN_NOT_GIVEN && j->s.batch)
		o->interval = RUN_AUTO;
	choose_dir(o, j->s.batch, dir, sizeof(dir));
	j->s.dir = dir;
	j->s.fd = open_dir(dir, o->dry);
	if (!o->dry)
		refuse_running(dir);
	choose(j);
}

int main(int argc, char **argv)
{
	static struct run_options o;
	static struct run_job j;
	static struct line line;
	char err[WIRE_TEXT];
	int rc;

	run_options_parse(&o, argc, argv);
	if (line_parse(&line, argv + o.first, argc - o.first, o.program, err,
		       sizeof(err)))
		die(err);
	/* What comes while the batch system is asked must not end us. */
	rc = o.dry ? 0 : signals_open(&j.s.signals);
	if (rc)
		die(strerror(-rc));
	prepare(&j, &o, &line);
	if (o.dry)
		return dry_run(&j);
	know_end(&j.s);
	set_variables(&line, j.s.batch);
	request_init(&j.s.request);
	return job_run(&j);
}
