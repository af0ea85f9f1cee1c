/* SPDX-License-Identifier: MIT */
/* cfi_expression.c - expressions of call frame information
 *
 * Those of procedure linkage tables, of functions that align their stack, and
 * of the return from a signal handler.
 */
#include <errno.h>
#include "cfi.h"

#define DEEP 16

enum operation { /* DWARF 5, table 7.9 */
		 DEREF = 0x06,
		 CONST_1U = 0x08,
		 CONST_1S = 0x09,
		 CONST_2U = 0x0a,
		 CONST_2S = 0x0b,
		 CONST_4U = 0x0c,
		 CONST_4S = 0x0d,
		 CONST_U = 0x10,
		 CONST_S = 0x11,
		 AND = 0x1a,
		 MINUS = 0x1c,
		 PLUS = 0x22,
		 PLUS_U = 0x23,
		 SHL = 0x24,
		 GE = 0x2a,
		 LIT_0 = 0x30,
		 LIT_31 = 0x4f,
		 BREG_0 = 0x70,
		 BREG_16 = 0x80,
};

struct stack {
	uint64_t v[DEEP];
	int n, bad;
};

static void push(struct stack *s, uint64_t x)
{
	if (s->n == DEEP)
		s->bad = 1;
	else
		s->v[s->n++] = x;
}

static uint64_t pop(struct stack *s)
{
	if (s->n)
		return s->v[--s->n];
	s->bad = 1;
	return 0;
}

/* 1: it was a constant. */
static int constant(struct stack *s, struct cfi_bytes *b, int op)
{
	if (op >= LIT_0 && op <= LIT_31)
		push(s, (uint64_t)(op - LIT_0));
	else if (op == CONST_1U || op == CONST_2U || op == CONST_4U)
		push(s, cfi_fixed(b, 1U << (op - CONST_1U) / 2));
	else if (op == CONST_1S)
		push(s, (uint64_t)(int8_t)cfi_fixed(b, 1));
	else if (op == CONST_2S)
		push(s, (uint64_t)(int16_t)cfi_fixed(b, 2));
	else if (op == CONST_4S)
		push(s, (uint64_t)(int32_t)cfi_fixed(b, 4));
	else if (op == CONST_U)
		push(s, cfi_unsigned(b));
	else if (op == CONST_S)
		push(s, (uint64_t)cfi_signed(b));
	else
		return 0;
	return 1;
}

static void binary(struct stack *s, int op)
{
	uint64_t y = pop(s), x = pop(s);

	if (op == AND)
		push(s, x & y);
	else if (op == PLUS)
		push(s, x + y);
	else if (op == MINUS)
		push(s, x - y);
	else if (op == SHL)
		push(s, y < 64 ? x << y : 0);
	else if (op == GE)
		push(s, (int64_t)x >= (int64_t)y);
	else
		s->bad = 1;
}

int cfi_expression(const struct cfi_rule *r, const uint64_t *reg,
		   const uint64_t *start, cfi_read *read, const void *arg,
		   uint64_t *value)
{
	struct cfi_bytes b = { r->expr, r->expr + r->len, 0 };
	struct stack s = { .n = 0 };
	int rc = 0, op;

	if (start)
		push(&s, *start);
	while (!rc && !b.bad && !s.bad && b.at < b.end) {
		op = (int)cfi_fixed(&b, 1);
		if (op >= BREG_0 && op <= BREG_16) {
			push(&s, reg[op - BREG_0] + (uint64_t)cfi_signed(&b));
		} else if (op == PLUS_U) {
			push(&s, pop(&s) + cfi_unsigned(&b));
		} else if (op == DEREF) {
			*value = pop(&s);
			rc = read(arg, *value, value, sizeof(*value));
			push(&s, *value);
		} else if (!constant(&s, &b, op)) {
			binary(&s, op);
		}
	}
	*value = pop(&s);
	return rc ? rc : b.bad || s.bad ? -EINVAL : 0;
}
