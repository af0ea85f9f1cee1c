/* SPDX-License-Identifier: MIT */
/* load_rank.h - a rank that says what a real one does, and runs nothing */
#ifndef MANA_LOAD_RANK_H
#define MANA_LOAD_RANK_H

#include "../../client/client.h"

struct load {
	uint32_t ranks, comms; /* of the job; of each rank */
	uint32_t gathered;     /* ranks behind a gatherer; 0: there are none */
	struct wire_hello hello; /* what they have in common */
	const char *secret;
	int port, epoll;
	struct load_line *v; /* connections */
	uint32_t lines;
	/* How many ranks have come so far: */
	uint32_t welcomed, released, resumed;
	uint32_t waiting; /* ranks that were turned away, and wait */
	uint32_t again;	  /* how often that has happened */
	uint64_t generation;
	int dir;		  /* of that generation, open; or -1 */
	struct wire_clock *clock; /* [comms]: of the rank that is at work */
};

/* The connection of a rank, or of a gatherer. */
struct load_line {
	struct wire_conn c;
	struct wire_conn *of; /* [n]: handshakes of a gatherer's ranks */
	uint32_t first, n;    /* its ranks */
	int called, welcome, writing;
	int64_t retry; /* ms: connect then; 0: it is connected */
};

/* All of these end the process with a sentence when something is wrong. */
void load_die(const char *fmt, ...)
	__attribute__((format(printf, 1, 2), noreturn));
void load_connect(struct load *l, struct load_line *k);
/* What epoll says of this connection. */
void load_event(struct load *l, struct load_line *k, uint32_t events);
/* What one of its ranks says; a gatherer's goes out with load_flush. */
void load_say(struct load *l, struct load_line *k, uint32_t rank,
	      enum wire_type type, const void *msg);
void load_flush(struct load *l, struct load_line *k);
/* What a rank says to that. */
void load_answer(struct load *l, struct load_line *k, uint32_t rank,
		 const struct wire_msg *m);
/* As many descriptors as connections, and some. */
void load_raise_limit(uint32_t lines);
/* Those that were turned away come again when it is time. */
void load_retry(struct load *l, int64_t now);

#endif
