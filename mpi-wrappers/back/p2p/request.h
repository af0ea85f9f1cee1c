/* SPDX-License-Identifier: MIT */
/* request.h - request descriptors and the drained-message queue's users
 *
 * A request is on the live list from its start (oldest first: the order in
 * which receives are posted again) until the application has seen it complete.
 * done: the native request is over, the result is in status and error.
 *
 * Invariants: a receive holds its communicator and datatype (it may have to be
 * posted again), a send holds nothing (a checkpoint finds it complete). Only
 * MPI_THREAD_MULTIPLE needs locks; all else is one thread at a time.
 */
#ifndef MANA_BACK_REQUEST_H
#define MANA_BACK_REQUEST_H

#include "../../../common/lower.h"
#include "../agent/drain.h"
#include "status.h"

#define unlikely(x) __builtin_expect(!!(x), 0)

enum request_kind {
	REQUEST_SEND,
	REQUEST_RECV,	 /* may stay unmatched over a checkpoint */
	REQUEST_MATCHED, /* receive of a probed message: already counted */
	REQUEST_COLL,
	REQUEST_IDUP, /* a collective too; temp: the new communicator */
	REQUEST_GENERAL,
	REQUEST_FOREIGN, /* passed through: makes checkpoints be refused */
};

enum send_mode { SEND_STANDARD, SEND_SYNC, SEND_BUFFERED, SEND_READY };

struct desc_request {
	struct desc d;
	uint8_t kind, mode, persistent;
	uint8_t active; /* persistent ones: started and not yet completed */
	uint8_t done;
	int peer, tag; /* seam values */
	int number;    /* in Open MPI's Fortran */
	int world;     /* of the peer, -1: not counted */
	struct desc_comm *comm;
	struct desc_type *type;
	void *buf;
	int64_t count;
	struct desc_request *pair; /* the send part of a send-receive */
	void *temp;		   /* keep memory, freed with the request */
	struct seam_status status;
	int error;			     /* seam code, when done */
	void *arrays[REQUEST_ARRAYS];	     /* the front's */
	void *query, *free, *cancel, *extra; /* generalized requests */
	void *poll;			     /* MPICH's: it completes them */
	int fortran; /* and these are Fortran's functions */
	int ended;   /* and have been called for the last time */
};
_Static_assert(offsetof(struct desc_request, number) == REQUEST_NUMBER_AT &&
		       offsetof(struct desc_request, arrays) ==
			       REQUEST_ARRAYS_AT,
	       "libmpi_usempif08");

/* At KEEP_MPI->part[PART_P2P]. */
#define PART_P2P 8
struct p2p_root {
	struct desc_request *free; /* unused descriptors, by d.next */
	struct thread *main;	   /* called MPI_Init */
	void *attached;		   /* MPI_Buffer_attach */
	int64_t attached_size;
	double stopped_at; /* CLOCK_MONOTONIC at the last drain */
	uint32_t orphans;  /* receives the application has let go */
	int n_classes;
	struct general_class *classes; /* MPIX_Grequest_class_create */
};

struct general_class {
	void *query, *free, *cancel, *poll;
};

#define P2P ((struct p2p_root *)KEEP_MPI->part[PART_P2P])

static inline int p2p_multiple(void)
{
	return unlikely(KEEP_MPI->thread_level == SEAM_THREAD_MULTIPLE);
}

static inline struct desc_request *request_of(seam_request h)
{
	return desc_of(h, DESC_REQUEST);
}

static inline MPI_Request request_native(const struct desc_request *r)
{
	return NATIVE(MPI_Request, r);
}

static inline void request_set_native(struct desc_request *r, MPI_Request n)
{
	r->d.real = AS_REAL(n);
}

/* Nothing to wait for: complete, or persistent and not started. */
static inline int request_over(const struct desc_request *r)
{
	if (unlikely(r->pair != NULL) && !r->pair->done)
		return 0;
	return r->done || (r->persistent && !r->active);
}

/* Not one native handle: cannot stand in a native array. */
static inline int request_soft(const struct desc_request *r)
{
	return r->kind == REQUEST_GENERAL || r->pair;
}

/* World rank of a communicator's peer; -1: not one that is counted. */
static inline int peer_world(const struct desc_comm *c, int peer)
{
	if (unlikely(c->remote_size))
		return (unsigned)peer < (unsigned)c->remote_size && c->remote ?
			       c->remote[peer] :
			       -1;
	return (unsigned)peer < (unsigned)c->size ? c->world[peer] : -1;
}

static inline void count_world(uint64_t *counts, int world, int64_t n)
{
	if (unlikely((unsigned)world >= (unsigned)KEEP_MPI->size))
		return;
	if (p2p_multiple())
		__atomic_fetch_add(&counts[world], n, __ATOMIC_RELAXED);
	else
		counts[world] += n;
}

static inline void count_sent(const struct desc_comm *c, int dest)
{
	count_world(KEEP_MPI->sent, peer_world(c, dest), 1);
}

/* n messages from source, which is not any, have come. */
static inline void count_received(const struct desc_comm *c, int source, int n)
{
	count_world(KEEP_MPI->received, peer_world(c, source), n);
}

/* References without an atomic while one thread at a time is in MPI. */
static inline void request_hold(struct desc *d)
{
	if (desc_is_fixed(d))
		return;
	if (p2p_multiple())
		desc_ref(d);
	else
		d->refs++;
}

static inline void request_drop(struct desc *d)
{
	if (desc_is_fixed(d))
		return;
	if (!p2p_multiple() && d->refs > 1)
		d->refs--;
	else
		desc_unref(d);
}

/* The root of this part, on first use. 0 or -ENOMEM. */
int request_root(void);
void request_lock(void);
void request_unlock(void);

/* A live request, not done, native handle null; NULL: out of memory. */
struct desc_request *request_new(enum request_kind kind);
/* The arguments of a receive or persistent send; holds comm and type. */
void request_args(struct desc_request *r, void *buf, int64_t count,
		  struct desc_type *type, int peer, int tag,
		  struct desc_comm *c);
void request_free(struct desc_request *r);
/* To the end of the live list: it is posted now. */
void request_last(struct desc_request *r);

/* The native request is over with this status and native code; n: what the
 * native call has left of it. */
void request_complete(struct desc_request *r, MPI_Request n,
		      const MPI_Status *st, int rc);
/* The seam code of a native one: its handler is that of the request. */
int request_error(int rc) __attribute__((cold));
/* A drained message m (its last use) is the answer to receive r. */
void request_deliver(struct desc_request *r, struct drained *m);
/* One native test; 1 when there is nothing left to wait for. */
int request_test(struct desc_request *r);
/* generalized.c */
int general_poll(struct desc_request *r);
/* Fills r->status and r->error by the application's query function. */
void general_query(struct desc_request *r);
/* Both functions that a complete one needs, once. */
void general_end(struct desc_request *r);
int general_cancel(struct desc_request *r);
int general_free(struct desc_request *r); /* a seam code */
/* Hand the result to the application: fills status, frees or makes inactive,
 * *h becomes null if freed. Returns the request's seam code. */
int request_collect(struct desc_request *r, seam_request *h,
		    struct seam_status *status);
/* The communicator whose error handler a failed request calls. */
static inline struct desc *request_object(const struct desc_request *r)
{
	return r && r->comm ? &r->comm->d : NULL;
}

/* The same when it is waited for: MPICH calls MPI_COMM_WORLD's. */
static inline struct desc *request_waited(const struct desc_request *r)
{
#ifdef OPEN_MPI
	return request_object(r);
#else
	(void)r;
	return NULL;
#endif
}

/* It is over and about to be handed to the application: its error is known. */
static inline int request_failed(struct desc_request *r)
{
	if (unlikely(r->kind == REQUEST_GENERAL))
		general_end(r);
	return r->error;
}

/*
 * For generated code: a handle for a request made by a native call. coll: a
 * started nonblocking collective, complete after every drain; the others make
 * checkpoints be refused while they live. 0 or a seam code.
 */
int request_new_coll(MPI_Request native, const char *what, seam_request *h);
int request_new_native(MPI_Request native, const char *what, seam_request *h);
int request_new_persistent(MPI_Request native, const char *what,
			   seam_request *h);
/* A reduction's type: the operation's function is told of it to the end. */
void request_hold_type(seam_request h, seam_datatype dt);
/* The native handle a passed-through call needs (MPI_Pready ...). */
MPI_Request real_request(seam_request h);

/* Restart: after communicators and types. 0 or -errno with a message. */
int request_rebuild(void);

/* buffer.c: attach the buffer of Bsend again. A native code. */
int buffer_rebuild(void);

#endif
