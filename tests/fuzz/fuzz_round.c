/* SPDX-License-Identifier: MIT */
/* fuzz_round.c - ranks that say anything at any time in a round
 *
 * The input is a list of acts of four ranks and of the clock. Whatever they
 * are: messages go to ranks that there are, a round ends once, and only one in
 * which all ranks have written is committed.
 */
#include "../../common/wire_codec.h"
#include "../../coordinator/round.h"
#include "fuzz.h"

#define RANKS 4

struct input {
	const uint8_t *p, *end;
};

struct seen {
	unsigned int written; /* ranks, in this round */
	int over, committed;
	uint64_t generation;
	int64_t now;
};

static uint8_t next(struct input *in)
{
	return in->p < in->end ? *in->p++ : 0;
}

static void on_send(void *arg, uint32_t rank, enum wire_type type,
		    const void *msg)
{
	static uint8_t out[WIRE_LEN_CLOCK / 1024];
	int64_t len = wire_packed_len(type, msg);

	(void)arg;
	fuzz_must(rank < RANKS);
	fuzz_must(len >= 0);
	if (len <= (int64_t)sizeof(out))
		wire_pack(type, msg, out);
}

static void on_send_all(void *arg, enum wire_type type, const void *msg)
{
	on_send(arg, 0, type, msg);
}

static int on_commit(void *arg, struct round *r, char *err, size_t errlen)
{
	struct seen *s = arg;
	uint32_t i;

	fuzz_must(s->written == (1U << RANKS) - 1);
	fuzz_must(!s->over && !s->committed);
	for (i = 0; i < r->size; i++)
		fuzz_must(!strncmp(r->ranks[i].written.file, "rank-", 5));
	s->committed = s->now % 5 != 0;
	snprintf(err, errlen, "the disk is full");
	return s->committed ? 0 : -1;
}

static void on_over(void *arg, struct round *r, const char *failed)
{
	struct seen *s = arg;

	fuzz_must(!s->over && r->stage == STAGE_IDLE);
	fuzz_must(s->committed == !failed);
	s->over = 1;
}

static const struct round_ops ops = { on_send, on_send_all, on_commit,
				      on_over };

static void begin(struct round *r, struct seen *s)
{
	if (r->stage != STAGE_IDLE)
		return;
	s->written = 0;
	s->over = s->committed = 0;
	fuzz_must(!round_begin(r, RANKS, ++s->generation, "/dir", "mark", 1,
			       s->now));
}

/* Small numbers, so that they meet. */
static uint32_t clocks(struct input *in, struct wire_clock v[3])
{
	uint32_t n = next(in) % 4, i;

	memset(v, 0, 3 * sizeof(*v));
	for (i = 0; i < n; i++) {
		v[i].id[0] = next(in) % 4;
		v[i].seq = next(in) % 8;
		v[i].members = next(in) % (RANKS + 2);
	}
	return n;
}

static void message(struct round *r, struct seen *s, struct input *in,
		    uint32_t rank)
{
	static struct wire_msg m;
	struct wire_clock v[3];
	uint8_t how;

	memset(&m, 0, sizeof(m));
	m.type = next(in) % WIRE_TYPES;
	how = next(in);
	if (m.type == WIRE_CLOCK || m.type == WIRE_PASSED ||
	    m.type == WIRE_TARGETS) {
		m.u.clocks.generation = s->generation - (how & 1);
		m.u.clocks.n = clocks(in, v);
		m.u.clocks.v = v;
	} else if (m.type == WIRE_STATE) {
		m.u.state.epoch = how % 4;
		m.u.state.inside = how / 4 % 2;
		m.u.state.behind = how / 8 % 2;
		m.u.state.parked = how / 16 % 2;
		m.u.state.n = clocks(in, v);
		m.u.state.v = v;
	} else if (m.type == WIRE_WRITTEN) {
		snprintf(m.u.written.file, WIRE_NAME, "rank-%u.mana",
			 how & 1 ? next(in) : rank);
		if (r->stage == STAGE_WRITE)
			s->written |= 1U << rank;
	} else {
		m.u.stage.generation = s->generation - (how & 1);
		m.u.stage.exchanges = how / 2;
	}
	round_message(r, rank, &m, s->now);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct input in = { data, data + size };
	struct seen s = { .now = 1 };
	static struct round r;
	uint8_t what;
	int ms;

	memset(&r, 0, sizeof(r));
	round_init(&r, &ops, &s, 3000, 1000);
	begin(&r, &s);
	while (in.p < in.end) {
		what = next(&in);
		if (what < 200) {
			message(&r, &s, &in, what % RANKS);
		} else if (what < 250) {
			s.now += what - 200;
			ms = round_tick(&r, s.now);
			fuzz_must((r.stage == STAGE_IDLE) == (ms < 0));
		} else if (what < 253) {
			s.now += 1000;
			round_tick(&r, s.now);
		} else if (what < 254) {
			round_abort(&r, "rank %u is gone", next(&in) % RANKS);
		}
		begin(&r, &s);
	}
	round_fini(&r);
	return 0;
}
