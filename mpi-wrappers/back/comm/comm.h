/* SPDX-License-Identifier: MIT */
/* comm.h - communicators: what comm.c, topo.c and rebuild.c share */
#ifndef MANA_BACK_COMM_H
#define MANA_BACK_COMM_H

#include "../../../common/back.h"
#include "../core/native.h"
#include "../agent/clock.h"

/* Hashed into a communicator's identity: how it was made. */
enum comm_kind {
	COMM_DUP = 1,
	COMM_CREATE,
	COMM_CREATE_GROUP,
	COMM_SPLIT,
	COMM_MERGE,
	COMM_INTER,
	COMM_TOPO,
	COMM_OUTSIDE,
	COMM_LEADERS, /* the clock of two of them: no communicator */
};

/* The native MPI_COMM_WORLD's group, of this incarnation; before MPI_Init that
 * of the first session (session.c). */
MPI_Group world_group(void);
MPI_Group session_world(void);

/*
 * The descriptor of native communicator n, made on parent. Errors on it are
 * returned from now on. MPI_COMM_NULL gives *out = NULL, but for COMM_DUP
 * (idup's handle comes later). Counts the parent's children either way: every
 * rank that took part counts alike. Returns a seam code.
 */
int comm_wrap(MPI_Comm n, struct desc_comm *parent, enum comm_kind kind,
	      const char *fn, struct desc_comm **out);

/* The same where the members of p are not all that take part: it is counted,
 * and identified, by the clock on. p, which may be NULL, gives its handler. */
int comm_wrap_on(struct coll_clock *on, MPI_Comm n, struct desc_comm *p,
		 enum comm_kind kind, const char *fn, struct desc_comm **out);

/* The identity of what is made for the members of c as the child-th object of
 * its parent. */
void comm_identify(uint64_t id[2], const struct desc_comm *c,
		   const uint64_t parent[2], uint64_t child,
		   enum comm_kind kind);

/* The number of processes in both groups. */
static inline uint64_t comm_processes(const struct desc_comm *c)
{
	return (uint64_t)c->size + (uint64_t)c->remote_size;
}

/* A communicator argument: its descriptor; NULL: ASK(SEAM_ERR_COMM). */
struct desc_comm *comm_usable(seam_comm h);
/* The same, and its collective clock is entered (coll_enter): NULL, and *rc is
 * what to return. */
struct desc_comm *comm_enter(seam_comm h, int *rc);

/* Raise a native code on c. */
int comm_rc(struct desc_comm *c, int native_rc, const char *fn);

/* End of every constructor: raise rc on parent, and nothing was made, or give
 * the handle out. n: what the native one was given; 0, as before, when it did
 * not write to it. */
int comm_result(struct desc_comm *parent, int rc, struct desc_comm *made,
		MPI_Comm n, seam_comm *out, const char *fn);

/* comm_hints.c: an info that is given to a native call about communicators;
 * native_info_free(). info may be NULL. */
MPI_Info native_hints(const struct desc *info);
/* The same of what the program gives, right or wrong. */
MPI_Info given_hints(seam_info h);
/* c was made with it; NULL: with none. A seam code. */
int comm_given(struct desc_comm *c, const struct desc *info);
static inline int comm_given_info(struct desc_comm *c, seam_info info)
{
	return comm_given(c, desc_of(info, DESC_INFO));
}
/* Restart: the hints of c, whose native communicator *n is fresh: it may become
 * another one. A native code. */
int hints_rebuild(const struct desc_comm *c, MPI_Comm *n);

/* Topology's arrays; NULL is taken. */
void topo_free(struct desc_topo *t);
/* These give a communicator that has just been made its topology: from the
 * arguments, as the native library has it, or as another communicator has
 * it. A seam code. */
int topo_cart(struct desc_comm *c, int n, const int *dims, const int *periods);
int topo_graph(struct desc_comm *c, int n, const int *indx, const int *edges);
int topo_dist(struct desc_comm *c);
int topo_adjacent(struct desc_comm *c, seam_info info);
/* p has a Cartesian one, of which these dimensions remain. */
int topo_sub(struct desc_comm *c, const struct desc_comm *p, const int *remain);
int topo_dup(const struct desc_comm *from, struct desc_comm *to);
/* A native communicator with t's topology on base, which has its members. */
int topo_rebuild(const struct desc_comm *c, MPI_Comm base, MPI_Comm *out);

#endif
