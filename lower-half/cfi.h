/* SPDX-License-Identifier: MIT */
/* cfi.h - call frame information: where a function's caller goes on
 *
 * DWARF 5, section 6.4, as .eh_frame has it (LSB 5, section 10.6). A program of
 * rows, run up to the place in the function; expressions are of the few
 * operations that compilers and linkers use.
 */
#ifndef MANA_CFI_H
#define MANA_CFI_H

#include <stddef.h>
#include <stdint.h>
#include "sample.h"

enum cfi_how { CFI_SAME, CFI_UNDEFINED, CFI_AT, CFI_IS, CFI_REGISTER };

struct cfi_rule {
	enum cfi_how how;
	uint64_t reg; /* CFI_REGISTER; of cfa */
	int64_t off;  /* from the canonical frame address; of cfa: from reg */
	const uint8_t *expr; /* in the place of both, if not NULL */
	uint64_t len;
};

struct cfi_row {
	struct cfi_rule cfa, reg[SAMPLE_REGS];
};

struct cfi_code {
	const uint8_t *at, *end;
};

struct cfi_cie {
	uint64_t code_align;
	int64_t data_align;
	struct cfi_code code;
	struct cfi_row first; /* of its code */
};

/* Bytes that are read one after the other; bad: they came to their end. */
struct cfi_bytes {
	const uint8_t *at, *end;
	int bad;
};

uint64_t cfi_fixed(struct cfi_bytes *b, size_t n);
uint64_t cfi_unsigned(struct cfi_bytes *b);
int64_t cfi_signed(struct cfi_bytes *b);

/* *row as it holds offset bytes into the function. 0, or -EINVAL: not
 * understood. */
int cfi_row(const struct cfi_cie *c, struct cfi_code code, uint64_t offset,
	    struct cfi_row *row);

/* Reads the memory of the sample: 0 or -errno. */
typedef int cfi_read(const void *arg, uint64_t from, void *to, size_t len);

/* The value of an expression; start: on its stack at first, if start_is. 0 or
 * -errno. */
int cfi_expression(const struct cfi_rule *r, const uint64_t *reg,
		   const uint64_t *start, cfi_read *read, const void *arg,
		   uint64_t *value);

#endif
