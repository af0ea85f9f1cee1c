/* SPDX-License-Identifier: MIT */
/* kept.h - constructors: their arguments are kept, and they are called again
 *
 * An object is its row of mpi.tbl (the function that made it: desc.what) and
 * its kept arguments, in seam terms. To make its native object, at first and at
 * every restart, is to call the row's function with them. The functions that
 * write arguments down (back_X) and read them back (make_X) are generated from
 * the prototype (gen_kept.py): both go through it in order.
 */
#ifndef MANA_BACK_KEPT_H
#define MANA_BACK_KEPT_H

#include "../core/native.h"

/* How an argument is kept; from KEPT_OBJECT on it is handles of a kind. */
enum kept_as { KEPT_INT, KEPT_AINT, KEPT_COUNT, KEPT_OBJECT };

struct kept_arg {
	int as; /* enum kept_as, or KEPT_OBJECT + enum desc_kind */
	const void *from;
	int64_t n; /* the application's, may be negative */
};

/* A call that is made from kept arguments: how far they are read. */
struct making {
	const struct kept *kept;
	int64_t ints, aints, counts, objects;
	void *room[8]; /* arrays made for the call */
	int n_room;
	int64_t spare; /* in the place of a list that there is not */
	int rc;	       /* a native code: the call cannot be made */
};

struct row {
	const char *name;
	int combiner; /* of a datatype constructor */
	int large;    /* its name ends in _c */
	int (*make)(struct making *m, void *native);
};

/* back_MPI.c, in the order of names. */
extern const struct row back_rows[];
extern const int back_n_rows;

/* NULL: no such constructor. */
const struct row *row_of(const char *name);

/* Copies n arguments, and takes references to the objects. 0 or ASK(). */
int kept_fill(struct kept *k, const struct kept_arg *args, int n);
void kept_free(struct kept *k);
/* The native object of a row's kept arguments. A native code. */
int kept_make(const struct row *row, const struct kept *k, void *native);

/* The next of the kept arguments, as the native function takes them; n of
 * them, which may be negative, then none. */
const int *made_ints(struct making *m, int64_t n);
const MPI_Aint *made_aints(struct making *m, int64_t n);
const MPI_Count *made_counts(struct making *m, int64_t n);
/* Ints with named values. */
const int *made_named(struct making *m, int64_t n, int (*real)(int));
const MPI_Datatype *made_types(struct making *m, int64_t n);
/* Counts as ints, for a library without the large function: MPI_ERR_COUNT when
 * one does not fit. */
const int *fit_ints(struct making *m, int64_t n);

#endif
