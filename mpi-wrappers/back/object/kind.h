/* SPDX-License-Identifier: MIT */
/* kind.h - what differs between the kinds of MPI objects: a row each
 *
 * A new kind is a value of enum desc_kind (desc.h), a row in kind.c, and the
 * file with the functions that the row names. A zero in a row means that the
 * kind has no such thing.
 */
#ifndef MANA_BACK_KIND_H
#define MANA_BACK_KIND_H

#include "../../desc.h"

struct kind {
	const char *name; /* as messages call one: "a window" */
	int error;	  /* class of a handle that names no such object */
	void *null;	  /* the null handle at the seam */
	uint64_t none;	  /* the native null handle */
	int bind;	  /* MPI_T's word for it: SEAM_T_BIND_* */
	int needs_mpi;	  /* fronts find none while there is no MPI: closed.c */

	/* Where these lie in a descriptor. */
	int attrs, errhandler, clock, given_name;
	/* The error handler of an object that was never given one, and whether
	 * MPICH takes MPI_COMM_WORLD's in the place of it. */
	seam_errhandler unset;
	int unset_is_world;

	/* Makes the descriptor of a predefined one. 0 or -errno. */
	int (*predefined)(uint64_t real, void *seam);
	/* A native call has made the object; the descriptor is new. */
	void (*made)(struct desc *d);
	/* The last reference is gone: frees what the descriptor owns. */
	void (*destroy)(void *d);
	/* 1 and a sentence when this one lets no checkpoint pass, beside those
	 * that have d.refuse set. */
	int (*refuse)(const struct desc *d, char *why, size_t len);
	/* Restart: makes the native object again; of a kind that has a clock
	 * all members do so together. A native code. */
	int (*rebuild)(struct desc *d);
};

extern const struct kind kinds[DESC_KINDS];

static inline enum desc_kind desc_kind(const struct desc *d)
{
	return (enum desc_kind)(d->magic & 0xffff);
}

static inline const struct kind *kind_of(const struct desc *d)
{
	return &kinds[desc_kind(d)];
}

/* The member of d that lies where its row says; NULL when its kind has none. */
static inline void *kind_field(const struct desc *d, int at)
{
	return at ? (char *)(uintptr_t)d + at : NULL;
}

/* The functions of rows, each in the file of its kind. */
void comm_destroy(void *d);
int comm_rebuild(struct desc *d);
void file_made(struct desc *d);
void group_destroy(void *d);
void handled_destroy(void *d); /* windows, files, sessions */
void info_destroy(void *d);
int op_fixed(uint64_t real, void *seam);
void op_destroy(void *d);
int op_rebuild(struct desc *d);
int request_refuse(const struct desc *d, char *why, size_t len);
void tool_destroy(void *d);
int type_fixed(uint64_t real, void *seam);
void type_destroy(void *d);
int type_rebuild(struct desc *d);
void win_made(struct desc *d);

#endif
