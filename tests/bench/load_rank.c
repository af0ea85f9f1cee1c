/* SPDX-License-Identifier: MIT */
/* load_rank.c - a rank that says what a real one does, and runs nothing
 *
 * Each message is answered at once, by what an agent (lower-half/agent.c) would
 * say in the end; an image is one byte. What the coordinator sends is checked.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include "../../common/image_name.h"
#include "load_rank.h"

static uint64_t mix(uint64_t x)
{
	x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9UL;
	x = (x ^ (x >> 27)) * 0x94d049bb133111ebUL;
	return x ^ (x >> 31);
}

/*
 * The number-th communicator of a rank: that of all ranks, then, in turn,
 * groups of 2, 8, 32, 128 and 1024 ranks: neighbours, or such as are as far
 * from each other as can be.
 */
static void make_clock(const struct load *l, uint32_t rank, uint32_t number,
		       struct wire_clock *c)
{
	static const uint32_t sizes[] = { 2, 8, 32, 128, 1024 };
	uint32_t size = number ? sizes[number % 5] : l->ranks;
	uint32_t groups, of;

	if (size > l->ranks)
		size = l->ranks;
	groups = l->ranks / size; /* the last one has the rest, too */
	if (number % 2) {
		of = rank % groups;
		c->members = l->ranks / groups + (of < l->ranks % groups);
	} else {
		of = rank / size < groups ? rank / size : groups - 1;
		c->members = of == groups - 1 ? l->ranks - of * size : size;
	}
	c->id[0] = mix(((uint64_t)number << 32 | of) + 1);
	c->id[1] = mix(c->id[0]);
	c->seq = 1000 * l->generation - (mix(c->id[0] ^ rank) % 8 == 0);
	c->reserved = 0;
}

static void make_clocks(const struct load *l, uint32_t rank)
{
	uint32_t i;

	for (i = 0; i < l->comms; i++)
		make_clock(l, rank, i, &l->clock[i]);
}

/* A round has begun; the first rank that hears of it opens its directory. */
static void on_begin(struct load *l, struct load_line *k, uint32_t rank,
		     const struct wire_ckpt_begin *b)
{
	struct wire_clocks c = { .generation = b->generation,
				 .n = l->comms,
				 .v = l->clock };

	if (b->generation != l->generation) {
		if (l->dir >= 0)
			close(l->dir);
		l->generation = b->generation;
		l->dir = open(b->dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
		if (l->dir < 0)
			load_die("%s: %s", b->dir, strerror(errno));
	}
	make_clocks(l, rank);
	load_say(l, k, rank, WIRE_CLOCK, &c);
}

/* On its way to the targets, then there. */
static void on_targets(struct load *l, struct load_line *k, uint32_t rank,
		       const struct wire_clocks *t)
{
	struct wire_state s = { .epoch = t->epoch };
	uint32_t i;

	if (t->n != l->comms)
		load_die("rank %u: %u targets of %u", rank, t->n, l->comms);
	make_clocks(l, rank);
	for (i = 0; i < t->n; i++) {
		if (t->v[i].id[0] != l->clock[i].id[0] ||
		    t->v[i].seq < l->clock[i].seq)
			load_die("rank %u: target %u is wrong", rank, i);
		s.behind += t->v[i].seq > l->clock[i].seq;
	}
	s.inside = s.behind != 0;
	if (s.behind)
		load_say(l, k, rank, WIRE_STATE, &s);
	s.inside = s.behind = 0;
	load_say(l, k, rank, WIRE_STATE, &s);
}

static void on_write(struct load *l, struct load_line *k, uint32_t rank)
{
	struct wire_written w = { .bytes = 1,
				  .raw_bytes = 4096,
				  .digest = rank };
	struct wire_progress p = { 4096, 4096 };
	int fd;

	image_name(w.file, rank, l->ranks);
	fd = openat(l->dir, w.file, O_WRONLY | O_CREAT | O_EXCL, 0600);
	if (fd < 0 || write(fd, "", 1) != 1)
		load_die("%s: %s", w.file, strerror(errno));
	close(fd);
	load_say(l, k, rank, WIRE_PROGRESS, &p);
	load_say(l, k, rank, WIRE_WRITTEN, &w);
}

static void on_stage(struct load *l, struct load_line *k, uint32_t rank,
		     enum wire_type type)
{
	struct wire_stage s = { .generation = l->generation };

	load_say(l, k, rank, type, &s);
}

void load_answer(struct load *l, struct load_line *k, uint32_t rank,
		 const struct wire_msg *m)
{
	switch (m->type) {
	case WIRE_WELCOME:
		if (!l->gathered)
			k->c.trusted = k->welcome = 1;
		l->welcomed++;
		break;
	case WIRE_BARRIER_DONE:
		l->released++;
		break;
	case WIRE_CKPT_BEGIN:
		on_begin(l, k, rank, &m->u.begin);
		break;
	case WIRE_TARGETS:
		on_targets(l, k, rank, &m->u.clocks);
		break;
	case WIRE_STOP:
		on_stage(l, k, rank, WIRE_STOPPED);
		break;
	case WIRE_DRAIN:
		on_stage(l, k, rank, WIRE_DRAINED);
		break;
	case WIRE_WRITE:
		on_write(l, k, rank);
		break;
	case WIRE_RESUME:
		l->resumed++;
		break;
	case WIRE_SETTINGS:
	case WIRE_BEAT:
		break;
	case WIRE_REFUSED:
		load_die("rank %u: refused: %s", rank, m->u.refused.text);
	case WIRE_ABORT:
		load_die("rank %u: abort: %s", rank, m->u.failed.text);
	default:
		load_die("rank %u: unexpected %s", rank, wire_name(m->type));
	}
}
