/* SPDX-License-Identifier: MIT */
/* calls.c - in which MPI calls the threads are, for those who wait for them
 *
 * Nothing is noted when a call is made: the threads are looked at, and only
 * when a checkpoint has waited for this rank for long.
 */
#include <stdio.h>
#include <string.h>
#include <time.h>
#include "../common/back.h"
#include "../common/proc_stat.h"
#include "../upper-half/thread.h"
#include "../upper-half/unsaved.h"
#include "../upper-half/vm.h"
#include "calls.h"
#include "link.h"
#include "unwind.h"

#define BEATS	2  /* before it is long */
#define THREADS 64 /* that are looked at, at most */
#define LOOKS	16 /* at each, until it is found in a call */
#define FRAMES	128
#define COUNT	32	 /* bytes: ", " and " (64 threads)" */
#define PAUSE	1000000L /* ns between two looks */

/* What is found out of a thread, the more telling the later. */
enum found { FOUND_GONE, FOUND_WAITS, FOUND_COMPUTES, FOUND_MPI, FOUND_CALL };

struct look {
	int tid;
	enum found found;
	char text[72];
};

struct looks {
	struct look at[THREADS];
	int n, more; /* threads that there was no room for */
};

/* A thread that is parked is not waited for. */
static int note_thread(struct thread *t, void *arg)
{
	struct looks *l = arg;

	if (t->state != THREAD_RUNNING || back_parked(t))
		return 0;
	if (l->n < THREADS)
		l->at[l->n++] = (struct look){ .tid = t->tid };
	else
		l->more++;
	return 0;
}

/* Those that ask whether something has come, and return at once. */
static int polls(const char *name)
{
	return !strncmp(name, "MPI_Test", 8) || !strcmp(name, "MPI_Iprobe") ||
	       !strcmp(name, "MPI_Improbe") ||
	       !strncmp(name, "MPI_Request_get_status", 22);
}

/* The function of a front that the thread has called, or that has called it
 * back. 1: found. */
static int find_call(const struct sample *s, char *text, size_t len)
{
	int i, rc = 0, lower = 0, callback;
	struct unwind u;
	char name[48];

	unwind_begin(&u, s);
	callback = vm_is_upper(unwind_pc(&u));
	for (i = 0; !rc && i < FRAMES; i++) {
		if (!vm_is_upper(unwind_pc(&u)))
			lower = 1;
		else if (lower && !module_find(unwind_pc(&u), &u.m) &&
			 !module_mpi(&u.m, unwind_pc(&u), name, sizeof(name)))
			break;
		rc = unwind_step(&u);
	}
	if (rc || i == FRAMES)
		return 0;
	snprintf(text, len, "%s %s",
		 callback    ? "in a callback of" :
		 polls(name) ? "polls" :
			       "in",
		 name);
	return 1;
}

static void say(struct look *l, enum found found, const char *text)
{
	if (l->found >= found)
		return;
	l->found = found;
	snprintf(l->text, sizeof(l->text), "%s", text);
}

static void look(struct look *l)
{
	char text[sizeof(l->text)];
	const struct sample *s;
	struct proc_stat p;

	switch (sample_thread(l->tid, &s)) {
	case SAMPLE_TAKEN:
		say(l, FOUND_MPI, "in MPI");
		if (find_call(s, text, sizeof(text)))
			say(l, FOUND_CALL, text);
		return;
	case SAMPLE_UPPER:
		if (proc_stat_read(l->tid, &p))
			return; /* it is gone */
		if (p.state == 'R')
			say(l, FOUND_COMPUTES, "computes, not in MPI");
		else
			say(l, FOUND_WAITS, "waits, not in MPI");
		return;
	default:
		return;
	}
}

static void look_at_all(struct looks *l)
{
	const struct timespec pause = { .tv_nsec = PAUSE };
	int i, k, left = l->n;

	for (k = 0; left && k < LOOKS; k++) {
		if (k)
			nanosleep(&pause, NULL);
		for (i = left = 0; i < l->n; i++) {
			if (l->at[i].found == FOUND_CALL)
				continue;
			look(&l->at[i]);
			left += l->at[i].found != FOUND_CALL;
		}
	}
}

/* How many are found at the same as l->at[i]; 0: one before it is, and was
 * counted then. */
static int alike(const struct looks *l, int i)
{
	int k, n = 0;

	for (k = 0; k < l->n; k++) {
		if (strcmp(l->at[k].text, l->at[i].text))
			continue;
		if (k < i)
			return 0;
		n++;
	}
	return n;
}

/* "in MPI_Recv"; of several threads "in MPI_Recv (2 threads), computes, not in
 * MPI (1 thread)": calls first, and as much as there is room for. */
static void describe(const struct looks *l, char *text, size_t len)
{
	enum found f;
	size_t at = 0;
	int i, n;

	text[0] = 0;
	for (f = FOUND_CALL; f > FOUND_GONE; f--)
		for (i = 0; i < l->n; i++) {
			n = l->at[i].found == f ? alike(l, i) : 0;
			if (!n || at + strlen(l->at[i].text) + COUNT > len)
				continue;
			at += (size_t)snprintf(text + at, len - at, "%s%s",
					       at ? ", " : "", l->at[i].text);
			if (l->n + l->more > 1)
				at += (size_t)snprintf(text + at, len - at,
						       " (%d thread%s)", n,
						       n == 1 ? "" : "s");
		}
}

/* Not of the agent's stack, nor of memory that the program may have used up. */
static struct looks looks;

int calls_tell(const struct rank_round *r)
{
	struct wire_failed m = { .generation = r->begin.generation };

	/* A sandbox that the program has entered meanwhile might end it for
	 * what the handler does. */
	if (r->ready || unsaved_why())
		return 0;
	looks.n = looks.more = 0;
	thread_each(note_thread, &looks);
	look_at_all(&looks);
	describe(&looks, m.text, WIRE_NAME);
	return m.text[0] ? link_say(WIRE_DOING, &m) : 0;
}

int calls_beat(struct rank_round *r)
{
	if (++r->beats < BEATS || (GATE->pending == PENDING_CLOCK &&
				   !r->last.inside && !r->last.behind))
		return 0;
	return calls_tell(r);
}
