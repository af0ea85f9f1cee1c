/* SPDX-License-Identifier: MIT */
/* piece.h - the instructions of one function, decoded
 *
 * Only with Zydis. It says of each what has to be known to move it elsewhere.
 */
#ifndef MANA_PIECE_H
#define MANA_PIECE_H

#include <Zydis/Zydis.h>
#include <stddef.h>
#include <stdint.h>

struct insn {
	uint32_t at; /* from the piece's start */
	uint8_t len;
	uint8_t disp;  /* offset of its RIP-relative displacement, or 0 */
	uint8_t fixed; /* cannot be moved */
	uint8_t last;  /* nothing runs on behind it */
	uint8_t padding;
	uint8_t target; /* of a jump in its function */
	uint8_t syscall;
	int32_t nr; /* what it sets EAX to; -1: it does not; -2: unknown */
	int64_t to; /* where it jumps, from the piece's start */
};

/* One function and the padding after it. */
struct piece {
	const uint8_t *code;
	size_t len;
	uint64_t address; /* of the code in memory */
	struct insn *v;	  /* malloc'ed */
	size_t n, cap;
};

/* Fills in p->v and p->n from code, len and address; what v had room for is
 * used again. 0 or -ENOMEM. */
int piece_decode(struct piece *p, const ZydisDecoder *d);

#endif
