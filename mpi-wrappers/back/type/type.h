/* SPDX-License-Identifier: MIT */
/* type.h - datatypes: what type.c, type_make.c and rebuild.c share */
#ifndef MANA_BACK_TYPE_H
#define MANA_BACK_TYPE_H

#include "../object/kept.h"

/* Make the native type from the constructor arguments in t, whose parts have
 * theirs. Native code; also what a restart does. */
int type_build(struct desc_type *t);
/* Ask the native library for size and extents. Native code. */
int type_measure(struct desc_type *t);
/* For generated constructors: a new datatype of a row and n arguments. 0 or
 * ASK(): what fails is asked about, with the arguments as they came. */
int type_new(const struct row *row, const struct kept_arg *args, int n,
	     seam_datatype *out);
/* Enter and take out of the table native handle -> descriptor. */
void type_index(struct desc_type *t);
void type_unindex(struct desc_type *t);
/* At a restart all native handles are new: start with an empty table. */
void type_index_clear(void);

#endif
