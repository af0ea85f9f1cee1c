/* SPDX-License-Identifier: MIT */
/* cfi.c - call frame information: where a function's caller goes on */
#include <errno.h>
#include <string.h>
#include "cfi.h"

#define SAVED 8 /* rows that a function remembers at a time */

enum instruction { /* DWARF 5, table 7.29, and a GNU one */
		   NOP = 0x00,
		   ADVANCE_1 = 0x02,
		   ADVANCE_2 = 0x03,
		   ADVANCE_4 = 0x04,
		   OFFSET_EXTENDED = 0x05,
		   RESTORE_EXTENDED = 0x06,
		   UNDEFINED = 0x07,
		   SAME_VALUE = 0x08,
		   REGISTER = 0x09,
		   REMEMBER = 0x0a,
		   RESTORE_STATE = 0x0b,
		   DEF_CFA = 0x0c,
		   DEF_CFA_REGISTER = 0x0d,
		   DEF_CFA_OFFSET = 0x0e,
		   DEF_CFA_EXPRESSION = 0x0f,
		   EXPRESSION = 0x10,
		   OFFSET_EXTENDED_SF = 0x11,
		   DEF_CFA_SF = 0x12,
		   DEF_CFA_OFFSET_SF = 0x13,
		   VAL_OFFSET = 0x14,
		   VAL_OFFSET_SF = 0x15,
		   VAL_EXPRESSION = 0x16,
		   GNU_ARGS_SIZE = 0x2e,
		   ADVANCE = 0x40,
		   OFFSET = 0x80,
		   RESTORE = 0xc0,
};

uint64_t cfi_fixed(struct cfi_bytes *b, size_t n)
{
	uint64_t x = 0;

	if ((size_t)(b->end - b->at) < n) {
		b->bad = 1;
		b->at = b->end;
		return 0;
	}
	memcpy(&x, b->at, n);
	b->at += n;
	return x;
}

/* LEB128; *sign: how far its last byte's sign is to be extended, in bits. */
static uint64_t leb(struct cfi_bytes *b, unsigned int *bits, int *negative)
{
	uint64_t x = 0, byte;

	*bits = 0;
	do {
		byte = cfi_fixed(b, 1);
		if (*bits < 64)
			x |= (byte & 0x7f) << *bits;
		*bits += 7;
	} while (byte & 0x80);
	*negative = (byte & 0x40) != 0;
	return x;
}

uint64_t cfi_unsigned(struct cfi_bytes *b)
{
	unsigned int bits;
	int negative;

	return leb(b, &bits, &negative);
}

int64_t cfi_signed(struct cfi_bytes *b)
{
	unsigned int bits;
	int negative;
	uint64_t x = leb(b, &bits, &negative);

	return (int64_t)(negative && bits < 64 ? x | ~0UL << bits : x);
}

struct run {
	const struct cfi_cie *c;
	struct cfi_bytes b;
	struct cfi_row *row, saved[SAVED];
	int n_saved;
	uint64_t at; /* bytes into the function */
};

/* A block: the rest of the rule is not used. */
static void block(struct run *r, struct cfi_rule *to, enum cfi_how how)
{
	to->how = how;
	to->len = cfi_unsigned(&r->b);
	to->expr = r->b.at;
	if (to->len > (uint64_t)(r->b.end - r->b.at))
		r->b.bad = 1;
	else
		r->b.at += to->len;
}

static void set(struct run *r, uint64_t reg, const struct cfi_rule *rule)
{
	if (reg < SAMPLE_REGS) /* vector registers do not matter */
		r->row->reg[reg] = *rule;
}

static void offset(struct run *r, uint64_t reg, enum cfi_how how, int64_t n)
{
	const struct cfi_rule rule = { .how = how,
				       .off = n * r->c->data_align };

	set(r, reg, &rule);
}

static void define(struct run *r, uint64_t reg, int64_t off)
{
	r->row->cfa = (struct cfi_rule){ .reg = reg, .off = off };
}

static void remember(struct run *r, int back)
{
	if (back ? r->n_saved == 0 : r->n_saved == SAVED)
		r->b.bad = 1;
	else if (back)
		*r->row = r->saved[--r->n_saved];
	else
		r->saved[r->n_saved++] = *r->row;
}

/* Rules of registers. 1: it was one. */
static int for_register(struct run *r, int op)
{
	uint64_t reg = cfi_unsigned(&r->b);
	struct cfi_rule rule = { .how = CFI_SAME };

	if (op == OFFSET_EXTENDED)
		offset(r, reg, CFI_AT, (int64_t)cfi_unsigned(&r->b));
	else if (op == OFFSET_EXTENDED_SF)
		offset(r, reg, CFI_AT, cfi_signed(&r->b));
	else if (op == VAL_OFFSET)
		offset(r, reg, CFI_IS, (int64_t)cfi_unsigned(&r->b));
	else if (op == VAL_OFFSET_SF)
		offset(r, reg, CFI_IS, cfi_signed(&r->b));
	else if (op == RESTORE_EXTENDED && reg < SAMPLE_REGS)
		set(r, reg, &r->c->first.reg[reg]);
	else if (op == UNDEFINED)
		rule.how = CFI_UNDEFINED;
	else if (op == EXPRESSION)
		block(r, &rule, CFI_AT);
	else if (op == VAL_EXPRESSION)
		block(r, &rule, CFI_IS);
	else if (op == REGISTER) {
		rule.how = CFI_REGISTER;
		rule.reg = cfi_unsigned(&r->b);
	} else if (op != SAME_VALUE && op != RESTORE_EXTENDED)
		return 0;
	if (op == UNDEFINED || op == EXPRESSION || op == VAL_EXPRESSION ||
	    op == REGISTER || op == SAME_VALUE)
		set(r, reg, &rule);
	return 1;
}

/* The canonical frame address, and rows. 1: it was one of these. */
static int for_frame(struct run *r, int op)
{
	struct cfi_rule *cfa = &r->row->cfa;
	uint64_t reg;

	switch (op) {
	case DEF_CFA:
		reg = cfi_unsigned(&r->b);
		define(r, reg, (int64_t)cfi_unsigned(&r->b));
		return 1;
	case DEF_CFA_SF:
		reg = cfi_unsigned(&r->b);
		define(r, reg, cfi_signed(&r->b) * r->c->data_align);
		return 1;
	case DEF_CFA_REGISTER:
		define(r, cfi_unsigned(&r->b), cfa->off);
		return 1;
	case DEF_CFA_OFFSET:
		define(r, cfa->reg, (int64_t)cfi_unsigned(&r->b));
		return 1;
	case DEF_CFA_OFFSET_SF:
		define(r, cfa->reg, cfi_signed(&r->b) * r->c->data_align);
		return 1;
	case DEF_CFA_EXPRESSION:
		block(r, cfa, CFI_IS);
		return 1;
	case REMEMBER:
	case RESTORE_STATE:
		remember(r, op == RESTORE_STATE);
		return 1;
	case GNU_ARGS_SIZE:
		cfi_unsigned(&r->b);
		return 1;
	}
	return op == NOP;
}

static void one(struct run *r)
{
	int op = (int)cfi_fixed(&r->b, 1), low = op & 0x3f;

	if ((op & 0xc0) == OFFSET)
		offset(r, (uint64_t)low, CFI_AT, (int64_t)cfi_unsigned(&r->b));
	else if ((op & 0xc0) == RESTORE && low < SAMPLE_REGS)
		r->row->reg[low] = r->c->first.reg[low];
	else if ((op & 0xc0) == ADVANCE)
		r->at += (uint64_t)low * r->c->code_align;
	else if (op == ADVANCE_1 || op == ADVANCE_2 || op == ADVANCE_4)
		r->at += cfi_fixed(&r->b, 1U << (op - ADVANCE_1)) *
			 r->c->code_align;
	else if ((op & 0xc0) == 0 && !for_frame(r, op) && !for_register(r, op))
		r->b.bad = 1;
}

int cfi_row(const struct cfi_cie *c, struct cfi_code code, uint64_t where,
	    struct cfi_row *row)
{
	struct run r = { .c = c, .b = { code.at, code.end, 0 }, .row = row };
	struct cfi_row before = *row;

	while (!r.b.bad && r.b.at < r.b.end && r.at <= where) {
		before = *row;
		one(&r);
	}
	if (r.at > where) /* the last was the way to the next row */
		*row = before;
	return r.b.bad ? -EINVAL : 0;
}
