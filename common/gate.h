/* SPDX-License-Identifier: MIT */
/* gate.h - the one page on which the two halves agree
 *
 * The gate lies at the arena's base. Each fresh lower half writes it anew; it
 * is never saved. Upper code (trampolines, vDSO image, MPI fronts) reaches the
 * lower half only through it, at a fixed address, so that code saved in an
 * image finds the next lower half. Fields are append-only.
 *
 * Freestanding: used by both halves and before libc exists.
 */
#ifndef MANA_GATE_H
#define MANA_GATE_H

#include <stddef.h>
#include <stdint.h>
#include "tls.h"

/* Above what AddressSanitizer wants: its shadow ends at 0x1000_7fff_8000. */
#define ARENA_BASE 0x100100000000UL
#define ARENA_END  0x200000000000UL

#define GATE_SIZE  0x10000UL /* rewritten at each start, never saved */
#define VDSO_IMAGE (ARENA_BASE + 0x100000UL)	  /* upper, saved */
#define KEEP_BASE  (ARENA_BASE + 0x100000000UL)	  /* keep heap, saved */
#define KEEP_END   (KEEP_BASE + 0x1000000000UL)	  /* 64 GiB reserved */
#define ROOM_BASE  (ARENA_BASE + 0x10000000000UL) /* what the app maps */

#define GATE_MAGIC   0x455441474e414d00UL
#define GATE_VERSION 6

/* gate->pending: how far a checkpoint request has got. */
enum gate_pending {
	PENDING_NONE = 0,
	PENDING_CLOCK = 1, /* collectives look at their targets */
	PENDING_STOP = 2,  /* waits return GATE_AGAIN; threads stop */
};

/* Returned by a lower-half call that must be made again after a checkpoint. */
#define GATE_AGAIN (-1000)

/* CPU time of a thread or process (upper-half/cputime.h). */
struct cputime {
	int64_t user, sys; /* microseconds */
	int64_t run;	   /* nanoseconds */
};

/*
 * A signal handler that runs on top of lower code: where the kernel's frame for
 * it is (&ucontext), and how deep its thread was then.
 */
#define HANDLER_NOTES 32
struct handler_note {
	uint64_t frame;
	int32_t depth, hooks;
};

struct task_attr; /* attributes.h */
struct creds;

/*
 * One upper thread, in keep memory: survives a restart. lower_fs is that of a
 * donor (lower-half/donor.h), made at the first crossing, 0 before.
 */
struct thread {
	uint64_t upper_fs;
	uint64_t lower_fs;
	union {
		struct {
			int32_t depth; /* > 0: inside the lower half, not now */
			int32_t hooks; /* how much of that is hooks */
		};
		uint64_t deep; /* both: upper-half/handlers.h */
	};
	int32_t in_coll;    /* > 0: inside a native collective */
	int32_t tid;	    /* kernel's, of this incarnation */
	int32_t vtid;	    /* as the application knows it */
	int32_t vforked;    /* a vfork child is using this thread's TLS */
	int32_t sharers;    /* others that have its TLS and run beside it */
	uint64_t fork_mask; /* signals blocked before it began to fork */
	int32_t fork_locks; /* 1: it holds all locks meanwhile */
	int32_t state;	    /* enum thread_state, upper-half/thread.h */
	int32_t asked;	    /* a stop signal is on its way to it */
	uint64_t frame;	    /* &ucontext of the stop signal's frame */
	uint64_t clear_tid, robust_list, robust_len;
	uint64_t rseq, rseq_len, rseq_sig;
	uint64_t gs_base;
	uint64_t note_nr, note_start_ns, note_arg[2]; /* timed system call */
	uint64_t note_time[2];	/* struct timespec of its remaining time */
	struct thread *newborn; /* the thread this one is cloning */
	uint64_t parent_tid, child_tid; /* where clone writes the tid */
	void *donor;			/* lends its TLS: lower memory */
	void *wait_req;	 /* request a blocking MPI call waits for */
	uint64_t mpi[4]; /* scratch of the MPI back, per thread */
	struct thread *next, *prev;
	char name[16];
	uint64_t affinity[16]; /* sched_getaffinity(2) when it stopped */
	uint64_t pending; /* signals sent to it that it blocks, bit sig-1 */
	void *signals;	  /* all that came with them: upper-half/pending.c */
	int32_t collect;  /* the agent asks it to fill that in */
	int32_t handlers; /* handlers on top of lower code; the first:
			   */
	int32_t moved;	  /* other FS values than upper_fs have led to it */
	struct handler_note handler[HANDLER_NOTES];
	struct task_attr *attr; /* when it stopped */
	struct creds
		*creds; /* its credentials, if not the process's; or NULL */
	struct cputime cpu_saved; /* the kernel's when it stopped */
	struct cputime cpu_past;  /* beyond what the kernel knows of */
};

enum gate_vdso {
	VDSO_CLOCK_GETTIME,
	VDSO_GETTIMEOFDAY,
	VDSO_TIME,
	VDSO_GETCPU,
	VDSO_CLOCK_GETRES,
	VDSO_SLOTS
};

/* How the lower half reaches its thread-local storage (lower-half/gs.h). */
enum gate_tls {
	GATE_TLS_FS, /* as the upper half: switched at each crossing */
	GATE_TLS_GS, /* through GS, which an application may have changed */
	GATE_TLS_GS_FIXED, /* without FSGSBASE: nobody changes it, so far */
	GATE_TLS_GS_ASKED, /* the same, and somebody has: a system call tells */
};

struct mpi_table; /* generated: build/gen/mpi_table.h */

struct gate {
	uint64_t magic;
	uint32_t version;
	uint32_t fsgsbase; /* 1: FS may be set from user space */
	uint32_t pending;  /* enum gate_pending; also a futex word */
	uint32_t epoch;	   /* incarnations of the lower half, from 1 */
	void *hook;	   /* trampolines call *hook (upper-half/hook.S) ... */
	void *after;	   /* ... and *after when it asks for that */
	void *vdso[VDSO_SLOTS];
	/* Called with the upper FS; makes the calling thread's record. */
	struct thread *(*attach)(void);
	const struct mpi_table *mpi; /* NULL: no MPI in this lower half */
	uint32_t tls;		     /* enum gate_tls */
	/* Called when GS is not the thread's lower_fs: makes it so. Returns
	 * what GS was, if the application has set it, else 0. */
	uint64_t (*take_gs)(struct thread *t);
};

#define GATE ((volatile struct gate *)ARENA_BASE)

/*
 * Cross down. depth first: from here on the thread cannot be checkpointed.
 * Returns what gate_leave has to put back: 0 (nothing), GATE_FS (the upper FS)
 * or an application's own GS.
 */
#define GATE_FS 1UL

static inline uint64_t gate_enter(struct thread *t)
{
	uint32_t tls = GATE->tls;

	t->depth++;
	__asm__ volatile("" : : : "memory");
	if (__builtin_expect(tls == GATE_TLS_GS, 1))
		return __builtin_expect(gs_get(1) == t->lower_fs, 1) ?
			       0 :
			       GATE->take_gs(t);
	if (tls == GATE_TLS_GS_FIXED)
		return 0;
	if (tls == GATE_TLS_GS_ASKED)
		return GATE->take_gs(t);
	tls_set(GATE->fsgsbase, t->lower_fs);
	return GATE_FS;
}

static inline void gate_leave(struct thread *t, uint64_t back)
{
	if (__builtin_expect(back != 0, 0)) {
		if (back == GATE_FS)
			tls_set(GATE->fsgsbase, t->upper_fs);
		else
			gs_set((int)GATE->fsgsbase, back);
	}
	__asm__ volatile("" : : : "memory");
	t->depth--;
}

#endif
