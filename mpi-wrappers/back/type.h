/* SPDX-License-Identifier: MIT */
/* type.h - datatypes: what type.c, type_make.c and rebuild.c share */
#ifndef MANA_BACK_TYPE_H
#define MANA_BACK_TYPE_H

#include "native.h"

/* Make the native type from the constructor arguments in t, whose parts have
 * theirs. Native code; also what a restart does. */
int type_build(struct desc_type *t);
/* Ask the native library for size and extents. Native code. */
int type_measure(struct desc_type *t);
/*
 * For constructors: type_new makes a descriptor with room for the arguments
 * (NULL: no memory, or a negative number), which the caller fills in; type_done
 * takes references to the parts, makes the native type, measures it and gives
 * out the handle. Returns 0 or ASK().
 */
struct desc_type *type_new(int combiner, int64_t ints, int64_t aints,
			   int64_t counts, int64_t types, const char *fn);
int type_done(struct desc_type *t, const seam_datatype *types,
	      seam_datatype *out);
/* Of n numbers each; n may be negative. */
int lists_missing(int64_t n, const void *a, const void *b);
void put_ints(int *to, const int *from, int64_t n); /* n may be negative */
void put_longs(int64_t *to, const int64_t *from, int64_t n);
/* Enter and take out of the table native handle -> descriptor. */
void type_index(struct desc_type *t);
void type_unindex(struct desc_type *t);
/* At a restart all native handles are new: start with an empty table. */
void type_index_clear(void);

#endif
