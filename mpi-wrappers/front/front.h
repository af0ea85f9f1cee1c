/* SPDX-License-Identifier: MIT */
/* front.h - what every file of a front uses
 *
 * A front is the MPI library of the upper half: it turns the application's ABI
 * into the seam and crosses, or answers from descriptors. Compiled once per
 * application ABI, with that ABI's mpi.h and front/ABI/abi.h. Freestanding: it
 * is loaded in place of a library the application chose, needs no other, and
 * runs nothing of libc but malloc and free for arrays of more than 64.
 */
#ifndef MANA_FRONT_H
#define MANA_FRONT_H

/* What mpi.h declares is exported; all else is hidden (-fvisibility). */
#pragma GCC visibility push(default)
#include <mpi.h>
#if __has_include(<mpi-ext.h>) /* Open MPI */
#include <mpi-ext.h>
#endif
#pragma GCC visibility pop
#include <stddef.h>
#include <stdint.h>

/* In hundreds of thunks, but each crossing counts. */
struct thread;
static inline __attribute__((always_inline)) uint64_t
gate_enter(struct thread *t);
static inline __attribute__((always_inline)) void gate_leave(struct thread *t,
							     uint64_t back);
#include "../../common/gate.h"
#include "../conv.h"
#include "../desc.h"
#include "../front_shims.h"
#include "../peers.h"
#include "front_ask.h"
#include "mpi_table.h"
#include "abi.h"
#include "status.h"

#define EXPORT	    __attribute__((visibility("default")))
#define likely(x)   __builtin_expect(!!(x), 1)
#define unlikely(x) __builtin_expect(!!(x), 0)

/* --- cross.c --- */

/* Initial-exec TLS (gen.mk): one instruction; a static block's 8 bytes. */
extern __thread struct thread *front_thread;

/* First call of a thread: its record. Ends the process if there is no MPI. */
struct thread *front_attach(void);
/* A checkpoint is pending. Wait for it, in the upper half. */
void front_wait(void);
/* For an error that only the front can find. Returns an application code. */
int front_raise(enum desc_kind kind, const void *seam, int error,
		const char *what);
/* The same for MPICH, which refuses a status that is NULL. */
int front_no_status(enum desc_kind kind, const void *seam, const char *what);
/* The rare branch of FRONT_OPEN(), out of its way. */
void front_closed(const char *what) __attribute__((cold));
/* A function this front cannot do: says so, returns an error code. */
int front_unsupported(const char *what);
/* MPIX_Query_..._support: buffers are of the host's memory. */
#define NO_SUPPORT(name)                                                       \
	EXPORT int name(void);                                                 \
	int name(void)                                                         \
	{                                                                      \
		return 0;                                                      \
	}
/* A function that this front does not have: the same, after the application's
 * error handler. */
int front_missing(const char *what);

static inline struct thread *front_self(void)
{
	struct thread *t = front_thread;

	return likely(t != NULL) ? t : front_attach();
}

/*
 * CROSS(Send(...)): the row Send of the gate's table, until it is not told to
 * come again. The arguments are evaluated inside: they convert, no more, and
 * must not read thread-local variables. A thread that polls is nearly always in
 * the lower half when the signal to stop comes, so it also stops before it
 * crosses again. In a callback (depth) it goes on, since it cannot be saved
 * there.
 */
#define CROSS(call)                                                            \
	({                                                                     \
		int rc_;                                                       \
		for (;;) {                                                     \
			struct thread *t_ = front_self();                      \
			uint64_t back_;                                        \
			if (unlikely(GATE->pending >= PENDING_STOP) &&         \
			    t_->depth == 0)                                    \
				front_wait();                                  \
			back_ = gate_enter(t_);                                \
			rc_ = GATE->mpi->call;                                 \
			gate_leave(t_, back_);                                 \
			if (likely(rc_ != GATE_AGAIN))                         \
				break;                                         \
			front_wait();                                          \
		}                                                              \
		rc_;                                                           \
	})

/* For what a front answers by itself: without MPI this ends the process, unless
 * there is a session. */
#define FRONT_OPEN()                                                           \
	do {                                                                   \
		if (unlikely(!KEEP_MPI->open))                                 \
			front_closed(&__func__[1]); /* without the P */        \
	} while (0)

/* Seam code -> application code. */
static inline int front_code(int rc)
{
	return likely(rc == 0) ? MPI_SUCCESS : real_errcode(rc);
}

/* --- array.c --- */

#define FRONT_SMALL 64

struct front_array {
	void **items; /* seam handles */
	void *small[FRONT_SMALL];
};

struct front_statuses {
	struct seam_status *items; /* NULL: ignored */
	struct seam_status small[FRONT_SMALL];
};

/* Room for n: small when it fits. Ends the process when memory is out. */
void front_array_init(struct front_array *a, int n);
void front_array_free(struct front_array *a);
void front_statuses_init(struct front_statuses *s, const MPI_Status *app,
			 int n);
void front_statuses_free(struct front_statuses *s);
/* Convert the statuses that were written; errors only when the call could tell
 * them. */
void out_statuses(const struct front_statuses *s, MPI_Status *app, int n,
		  int rc);
/* Copy a string into the application's buffer of size bytes, cut if need be:
 * then *len, which may be NULL, becomes shorter. */
void front_string(char *to, const char *from, size_t size, int *len);
void front_copy(void *to, const void *from, size_t n);

#define front_items(a) ((void *)(a)->items)

#define in_array(a, kind, app, n)                                              \
	do {                                                                   \
		if (!(app)) {                                                  \
			(a).items = NULL;                                      \
			break;                                                 \
		}                                                              \
		front_array_init(&(a), n);                                     \
		for (int i_ = 0; i_ < (n); i_++)                               \
			(a).items[i_] = in_##kind((app)[i_]);                  \
	} while (0)

/* Named ints are turned into the seam's, in an array of the front's own. */
#define in_ints(a, kind, app, n)                                               \
	do {                                                                   \
		(a).items = NULL;                                              \
		if (!(app))                                                    \
			break;                                                 \
		front_array_init(&(a), n);                                     \
		for (int i_ = 0; i_ < (n); i_++)                               \
			((int *)(a).items)[i_] = seam_##kind((app)[i_]);       \
	} while (0)

#define out_ints(a, kind, app, n)                                              \
	do {                                                                   \
		for (int i_ = 0; i_ < (n); i_++)                               \
			(app)[i_] = real_##kind(((int *)(a).items)[i_]);       \
	} while (0)

/* Stores the requests that became null. Others never change. */
#define out_nulls(a, kind, app, n)                                             \
	do {                                                                   \
		for (int i_ = 0; (a).items && i_ < (n); i_++)                  \
			if (is_null((a).items[i_]))                            \
				(app)[i_] = out_##kind((a).items[i_]);         \
	} while (0)

/* recvtypes, which may be the very list of sendtypes: MPICH looks. */
#define in_second(a, first, kind, app, other, n)                               \
	do {                                                                   \
		if ((app) == (other) && (first).items)                         \
			(a).items = (first).items;                             \
		else                                                           \
			in_array(a, kind, app, n);                             \
	} while (0)

static inline void free_second(struct front_array *a,
			       const struct front_array *first)
{
	if (a->items != first->items)
		front_array_free(a);
}

#define in_statuses(s, app, n) front_statuses_init(&(s), app, n)

static inline int is_null(const void *seam)
{
	return (uintptr_t)seam - 1 < FIXED_HANDLES - 1; /* 0 is not one */
}

static inline void *in_pvar(MPI_T_pvar_handle h)
{
	return h == MPI_T_PVAR_ALL_HANDLES ? SEAM_T_PVAR_ALL_HANDLES :
					     (void *)h;
}

/* --- shims.c --- */

extern const struct front_shims front_shims;

#endif
