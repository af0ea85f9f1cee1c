/* SPDX-License-Identifier: MIT */
/* desc.h - descriptors: what an MPI handle of the application means
 *
 * In keep memory: they survive the lower half. Each holds what is needed to
 * answer local questions and to rebuild the native object after a restart.
 * Written by the back only, at depth > 0; read by the fronts, which answer
 * local questions from them without crossing. Freestanding, seam types only.
 *
 * Invariant: a descriptor is on its kind's live list from creation until its
 * last reference goes; the application's handle is one reference, each object
 * built from it (a type in a type, a communicator's group, a pending request's
 * type) another.
 */
#ifndef MANA_DESC_H
#define MANA_DESC_H

#include <stddef.h>
#include <stdint.h>
#include "../common/back_phase.h"
#include "../common/keep.h"
#include "seam.h" /* build/gen: from facts and ext constants */

enum desc_kind {
	DESC_NONE,
	DESC_COMM,
	DESC_GROUP,
	DESC_TYPE,
	DESC_OP,
	DESC_REQUEST,
	DESC_MESSAGE,
	DESC_ERRHANDLER,
	DESC_INFO,
	DESC_KEYVAL,
	DESC_WIN,
	DESC_FILE,
	DESC_SESSION,
	DESC_T_CVAR, /* handles of MPI_T */
	DESC_T_PVAR,
	DESC_T_SESSION,
	DESC_T_EVENT,
	DESC_T_ENUM,
	DESC_KINDS
};

/* Seam handles below this are the constants of predefined objects and null
 * handles (consts.tbl); all others are addresses of descriptors. */
#define FIXED_HANDLES 0x400

#define NO_HANDLE   0xfffUL	/* a seam handle that names nothing */
#define DESC_MAGIC  0x6d640000u /* | kind; 0x6d6f.... once freed */
#define DESC_CLOSED 0x6d650000u /* | kind: without MPI (back/core/closed.c) */

struct desc {
	void *seam;	/* own seam handle: itself, or a predefined constant */
	uint32_t magic; /* DESC_MAGIC | kind */
	int32_t refs;
	uint64_t real;		  /* native handle; rewritten at restart */
	struct desc *next, *prev; /* live list of its kind, oldest first */
	uint32_t freed;		  /* the application gave its handle back */
	uint32_t refuse;    /* nonzero: makes a checkpoint be refused (passed-
			       through kind: persistent request, window, ...) */
	char what[36];	    /* name of the function that made it */
	uint32_t abi_flags; /* of an op: Open MPI's Fortran library sets one */
};
_Static_assert(offsetof(struct desc, abi_flags) == 0x54, "libmpi_mpifh");

struct desc_attr { /* attributes of a communicator, type or window */
	struct desc_attr *next;
	struct desc_keyval *keyval;
	void *value;
	int lang;   /* 0: C pointer, 1: Fortran integer, 2: Fortran address */
	int doomed; /* its object's end has come: attr_delete_all */
	/* The thread that set it last, or is calling the callback for it; no
	 * checkpoint comes meanwhile (back/object/attr.c). */
	const char *by;
	int deleting;
};

struct desc_group {
	struct desc d;
	int size, rank; /* rank: SEAM_UNDEFINED when not a member */
	int *world;	/* world ranks of the members */
};

struct desc_topo {
	int kind; /* SEAM_CART, SEAM_GRAPH, SEAM_DIST_GRAPH */
	int n;	  /* dimensions; nodes; neighbours in */
	int m;	  /* edges; neighbours out */
	union {
		int *lists[4];
		struct {
			int *dims, *periods, *coords;
		};
		struct {
			int *index, *edges;
		};
		struct {
			int *sources, *source_weights;
			int *targets, *target_weights;
		};
	};
	int weighted;
};

struct drained; /* a drained message: mpi-wrappers/back/agent/drain.h */

/*
 * A collective clock (back/agent/clock.h): it counts the collectives of one set
 * of processes, which all of them begin in the same order. Part of what is
 * collective, or alone where no object is there.
 */
struct coll_clock {
	uint64_t seq;	    /* collectives begun here */
	uint64_t target;    /* of the checkpoint under way */
	uint64_t id[2];	    /* identity: the same on all members */
	uint64_t parent[2]; /* of the one it was made under; 0: of none */
	uint64_t children;  /* objects made under it so far: never reset */
	uint64_t members;   /* how many processes; 0: not known */
	struct coll_clock *next, *prev; /* the ring of all; NULL: in none */
};

/*
 * Open MPI 6's Fortran 2008 library looks into communicators: for the rank, for
 * bit 0 of inter, and 16 bytes into a group for a size. These are where it
 * looks.
 */
struct desc_comm {
	struct desc d;
	int size, remote_size; /* remote_size > 0: intercommunicator */
	int *world;	       /* world ranks of the local group */
	int *remote;	       /* world ranks of the remote group */
	struct coll_clock clock;
	struct drained *drained, **drained_tail; /* in matching order */
	struct desc_topo *topo;
	uint32_t outside; /* has members outside MPI_COMM_WORLD */
	int rank;
	uint32_t inter;
	struct desc_attr *attrs;
	struct desc *errhandler; /* NULL: none was given */
	struct desc *info;	 /* given when it was made */
	struct desc *hints;	 /* set since: the last value of each key */
	const void *groups[2];	 /* local, remote: comm_show */
	uint64_t coming; /* MPI_Comm_idup: real, once its request is over */
	char name[SEAM_MAX_OBJECT_NAME];
};
#define GROUP_SIZE_AT 0x10
_Static_assert(offsetof(struct desc_comm, rank) == 0xdc &&
		       offsetof(struct desc_comm, inter) == 0xe0 &&
		       offsetof(struct desc_comm, groups) == 0x108,
	       "libmpi_usempif08");

/* It reads the number of a request, and leaves arrays that are to be freed. */
#define REQUEST_NUMBER_AT 0x68
#define REQUEST_ARRAYS_AT 0xc8
#define REQUEST_ARRAYS	  7

/* The arguments of the function that made an object (desc.what), in the order
 * of its parameters and in seam terms: back/object/kept.h. */
struct kept {
	int64_t n_ints, n_aints, n_counts, n_objects;
	int *ints;
	int64_t *aints;
	int64_t *counts;
	struct desc **objects; /* a reference to each */
};

struct desc_type {
	struct desc d;
	int64_t size, lb, extent, true_lb, true_extent;
	int combiner; /* SEAM_COMBINER_*; NAMED for predefined ones */
	int committed;
	struct kept kept;	 /* as MPI_Type_get_contents gives them */
	int large;		 /* made by a _c constructor */
	struct desc_type *chain; /* native handle -> descriptor: type.c */
	struct desc_attr *attrs;
	char name[SEAM_MAX_OBJECT_NAME];
};

struct desc_op {
	struct desc d;
	void *fn;   /* the application's */
	void *shim; /* the front's: calls fn with application handles */
	int commute;
	int large;  /* MPI_Op_create_c */
	void *call; /* back/type/op.c: of this lower half */
};

/* What windows, files and sessions have in common; the first member of what
 * their makers allocate. */
struct desc_handled {
	struct desc d;
	struct desc *errhandler; /* NULL: the default of the kind */
	struct desc_attr *attrs;
};

struct desc_errhandler {
	struct desc d;
	void *fn, *shim;
	int on;			    /* desc_kind it is for */
	void *spare, *abi_dispatch; /* Open MPI's C++ library writes it */
};
_Static_assert(offsetof(struct desc_errhandler, abi_dispatch) == 0x78,
	       "libmpi_cxx");

struct desc_keyval {
	struct desc d;
	int number; /* what the application holds, >= 0x1000 */
	int on;	    /* DESC_COMM, DESC_TYPE or DESC_WIN */
	void *copy, *del, *extra;
	void *copy_shim, *del_shim;
};

struct desc_info {
	struct desc d;
	int n;
	char **keys, **values;
};

/* A handle of MPI_T; those of one enumeration are the same descriptor. */
struct desc_tool {
	struct desc d;
	struct desc *session; /* a performance variable's */
	char *name;	      /* of a control variable, or an enumeration */
	int64_t bytes;	      /* of the variable's value, 0: not known */
	int items;	      /* of an enumeration */
};

/* A handle in Open MPI's Fortran, but for predefined ones: bit 30 and the
 * number of the descriptor's keep block. */
#define FORTRAN_USER 0x40000000

static inline int desc_number(const void *d)
{
	return (int)(FORTRAN_USER | ((uint64_t)d - KEEP_BASE) / KEEP_ALIGN);
}

/* At KEEP_MPI_ROOT. */
struct mpi_root {
	uint64_t magic;
	int32_t phase; /* enum back_phase */
	int32_t rank, size, thread_level;
	uint32_t open;	  /* calls may be made: MPI or a session is there */
	int32_t sessions; /* that live */
	struct coll_clock init; /* MPI_Init's, and the first of the ring */
	double wtime_shift;	/* so that Wtime goes on over a restart */
	uint64_t *sent;		/* messages sent to each world rank */
	uint64_t *received;	/* messages received from each world rank */
	struct desc *live[DESC_KINDS], *last[DESC_KINDS];
	void *fixed[FIXED_HANDLES]; /* seam handle -> descriptor */
	void *part[16];		    /* roots of single parts, by their owner */
};

/* Not MPI_ROOT: that name belongs to mpi.h. */
#define KEEP_MPI ((struct mpi_root *)KEEP_MPI_ROOT)
_Static_assert(sizeof(struct mpi_root) <= KEEP_MPI_SIZE, "keep layout");

static inline int handle_is_fixed(const void *seam)
{
	return (uint64_t)seam < FIXED_HANDLES;
}

/* A predefined object, which is neither counted nor freed. */
static inline int desc_is_fixed(const struct desc *d)
{
	return handle_is_fixed(d->seam);
}

/* Seam handle -> descriptor of that kind, NULL when it is none (NULL handles
 * have no descriptor). Bad values from the application are never followed. */
static inline void *desc_of(const void *seam, enum desc_kind kind)
{
	struct desc *d;
	uint64_t h = (uint64_t)seam;

	if (handle_is_fixed(seam))
		d = KEEP_MPI->fixed[h];
	else if (h >= KEEP_HEAP_BASE && h < KEEP_ROOT->heap.brk &&
		 h % KEEP_ALIGN == 0)
		d = (struct desc *)h;
	else
		return NULL;
	return d && d->magic == (DESC_MAGIC | kind) ? d : NULL;
}

#endif
