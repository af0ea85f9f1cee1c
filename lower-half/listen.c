/* SPDX-License-Identifier: MIT */
/* listen.c - what a rank hears of the coordinator in a round */
#include <errno.h>
#include <stdio.h>
#include "../common/lower.h"
#include "../common/monotonic.h"
#include "../common/stress.h"
#include "calls.h"
#include "core.h"
#include "link.h"
#include "listen.h"

/* How long a coordinator may be silent in a round, in us; it beats every 5
 * s. */
#define SILENCE	      30000000UL  /* when it is idle */
#define SILENCE_BUSY  300000000UL /* when it waits for a processor or disk */
#define SILENCE_COUNT 1100000UL	  /* at most this counts between two looks */

static const char *state_name(char state)
{
	switch (state) {
	case 'X':
	case 'Z':
		return "it has ended";
	case 'T':
	case 't':
		return "it is stopped";
	case 'R':
		return "it gets no processor";
	case 'D':
		return "it waits for a disk";
	case 0:
		return "it is not on this host";
	default:
		return "it is idle";
	}
}

/*
 * Threads must not stand still for a coordinator that does: the round is given
 * up. Silence counts only while somebody listened: nothing is heard while the
 * machine, or this process, stands still. A coordinator that is about to run
 * is waited for longer: a machine with much to do lets it wait, once for 30 s.
 */
static int silent(struct rank_round *r)
{
	uint64_t now = monotonic_us(), gap = now - r->listened;
	char state;

	r->listened = now;
	r->silence += gap < SILENCE_COUNT ? gap : SILENCE_COUNT;
	if (r->silence < r->patience)
		return 0;
	state = link_state();
	if ((state == 'R' || state == 'D') && r->silence < SILENCE_BUSY) {
		r->patience += SILENCE_COUNT; /* then look again */
		return 0;
	}
	snprintf(r->why, sizeof(r->why), "the %s was silent for %llu s (%s)",
		 link_cut() ? "gatherer of this host" : "coordinator",
		 (unsigned long long)r->silence / 1000000, state_name(state));
	if (core.rank == 0)
		lower_error("%s: checkpoint %llu: %s: given up: the program "
			    "goes on",
			    core.tool, (unsigned long long)r->begin.generation,
			    r->why);
	return -EHOSTDOWN;
}

void listen_heard(struct rank_round *r)
{
	r->listened = monotonic_us();
	r->silence = 0;
	r->patience = SILENCE;
}

int listen_ms(struct rank_round *r, int ms)
{
	struct wire_msg m;
	int rc = link_receive(&m, ms);

	if (rc == -ETIMEDOUT && STRESS_CHANCE(8))
		calls_tell(r);
	if (rc == -ETIMEDOUT)
		return silent(r);
	if (rc < 0)
		return rc;
	listen_heard(r);
	switch (m.type) {
	case WIRE_TARGETS:
		rc = clocks_take(r, &m.u.clocks);
		return rc < 0 ? rc : WIRE_TARGETS;
	case WIRE_DRAIN:
		r->exchanges = m.u.stage.exchanges;
		return WIRE_DRAIN;
	case WIRE_BEAT:
		rc = calls_beat(r);
		return rc < 0 ? rc : WIRE_BEAT;
	case WIRE_ABORT:
		if (m.u.failed.generation == r->begin.generation)
			return -ECANCELED;
		return 0;
	case WIRE_KILL:
		raw_syscall1(SYS_exit_group, m.u.code.code);
		return -ECANCELED;
	default:
		return (int)m.type;
	}
}

int listen_for(struct rank_round *r, enum wire_type want)
{
	int rc;

	do
		rc = listen_ms(r, 1000);
	while (rc >= 0 && rc != (int)want);
	return rc < 0 ? rc : 0;
}
