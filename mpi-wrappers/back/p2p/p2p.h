/* SPDX-License-Identifier: MIT */
/* p2p.h - the arguments of a point-to-point call, made native */
#ifndef MANA_BACK_P2P_H
#define MANA_BACK_P2P_H

#include <limits.h>
#include "request.h"

/*
 * A count beyond int becomes one element of a large type. made: to be freed
 * with p2p_unfit (native calls keep their own reference).
 */
struct fit {
	int count;
	MPI_Datatype type;
	int made;
};

/* A native call takes it as it is. */
static inline int count_fits(int64_t count)
{
	return count >= 0 && count <= INT_MAX;
}

int p2p_fit_large(struct fit *f, int64_t count, MPI_Datatype type);

static inline int p2p_fit(struct fit *f, int64_t count, MPI_Datatype type)
{
	f->made = 0;
	f->type = type;
	f->count = (int)count;
	if (__builtin_expect(count_fits(count), 1))
		return MPI_SUCCESS;
	return p2p_fit_large(f, count, type);
}

static inline void p2p_unfit(struct fit *f)
{
	if (unlikely(f->made))
		MPI_Type_free(&f->type);
}

/* Native call of a send mode. */
static inline int send_now(int mode, const void *buf, const struct fit *f,
			   int dest, int tag, MPI_Comm c)
{
	switch (mode) {
	case SEND_SYNC:
		return MPI_Ssend(buf, f->count, f->type, dest, tag, c);
	case SEND_BUFFERED:
		return MPI_Bsend(buf, f->count, f->type, dest, tag, c);
	case SEND_READY:
		return MPI_Rsend(buf, f->count, f->type, dest, tag, c);
	default:
		return MPI_Send(buf, f->count, f->type, dest, tag, c);
	}
}

static inline int send_start(int mode, const void *buf, const struct fit *f,
			     int dest, int tag, MPI_Comm c, MPI_Request *n)
{
	switch (mode) {
	case SEND_SYNC:
		return MPI_Issend(buf, f->count, f->type, dest, tag, c, n);
	case SEND_BUFFERED:
		return MPI_Ibsend(buf, f->count, f->type, dest, tag, c, n);
	case SEND_READY:
		return MPI_Irsend(buf, f->count, f->type, dest, tag, c, n);
	default:
		return MPI_Isend(buf, f->count, f->type, dest, tag, c, n);
	}
}

/*
 * A receive of this type, which is none: what the native library says. MPICH
 * takes MPI_DATATYPE_NULL for nothing at all, which from then on is 0 bytes.
 * 0 or a seam code, not raised.
 */
int p2p_untyped(void *buf, int64_t count, seam_datatype dt, int tag,
		struct desc_comm *c);
static inline struct desc_type *p2p_bytes(void)
{
	return desc_of(SEAM_BYTE, DESC_TYPE);
}

/* A started send or receive. *out: its request. A seam code, not raised. */
int p2p_isend(int mode, const void *buf, int64_t count, seam_datatype dt,
	      int dest, int tag, struct desc_comm *c,
	      struct desc_request **out);
int p2p_irecv(void *buf, int64_t count, seam_datatype dt, int source, int tag,
	      struct desc_comm *c, struct desc_request **out);

struct recv_args {
	void *buf;
	int64_t count;
	struct desc_type *type;
	int source, tag;
	struct desc_comm *comm;
};

/* Nothing drained, nothing to come back to: a native Irecv will do. */
static inline int recv_simple(const struct recv_args *a)
{
	return !lower_self()->wait_req && !a->comm->drained && a->type &&
	       count_fits(a->count);
}

static inline int recv_post(const struct recv_args *a, MPI_Request *n)
{
	return MPI_Irecv(a->buf, (int)a->count, NATIVE(MPI_Datatype, a->type),
			 real_rank(a->source), real_tag(a->tag),
			 NATIVE(MPI_Comm, a->comm), n);
}

/* Wait for the receive n posted with these arguments. Raises errors. */
int recv_await(const struct recv_args *a, MPI_Request n, struct seam_status *st,
	       const char *fn);

/*
 * Wait for r, which this thread has just started or, coming again after
 * GATE_AGAIN, started before (thread->wait_req). Frees r. Raises errors.
 */
int p2p_await(struct desc_request *r, struct seam_status *st, const char *fn);

#endif
