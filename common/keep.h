/* SPDX-License-Identifier: MIT */
/* keep.h - memory that outlives the lower half
 *
 * A heap inside the arena, at a fixed address, used by lower-half code for all
 * that must survive a restart: thread records, MPI descriptors, drained
 * messages, the tables of mappings and descriptors. It is saved like any other
 * upper memory. Addresses stay the same for ever, so plain pointers are fine.
 *
 * Blocks are 64-byte aligned: an MPICH handle is a block's number (front).
 * Thread-safe; needs no TLS, no errno and no libc. Never called by a thread
 * that can be checkpointed meanwhile (depth > 0, or the agent).
 *
 * There are two heaps. The MPI back takes blocks of the first, which blocks no
 * signals since that would cost more than the block. A handler of the
 * application that comes while a thread holds its lock may make system calls:
 * their hooks take blocks of the second, never of the first.
 */
#ifndef MANA_KEEP_H
#define MANA_KEEP_H

#include <stddef.h>
#include <stdint.h>
#include "gate.h"

#define KEEP_VERSION 2
#define KEEP_ALIGN   64UL
#define KEEP_CLASSES 100 /* the last holds 4 GiB blocks and more */
#define KEEP_LOCKS   16

struct keep_heap {
	uint32_t lock;		  /* of the first heap; see common/sync.h */
	uint64_t brk;		  /* first address never given out */
	uint64_t mapped;	  /* first address not mapped */
	uint64_t start, end;	  /* of its address space */
	uint64_t used;		  /* bytes in live blocks */
	void *free[KEEP_CLASSES]; /* one list a size class */
};

/* At KEEP_BASE. Each part owns what hangs on its pointer. */
struct keep_root {
	uint64_t magic;
	uint32_t version;
	uint32_t locks[KEEP_LOCKS]; /* by enum lock, common/sync.h */
	struct keep_heap heap;	    /* of the MPI back */
	struct keep_heap hooks;	    /* of the hooks */
	struct thread *threads;	    /* all upper threads */
	void *vm;		    /* upper-half/vm.c */
	void *trampolines;	    /* upper-half/trampoline.c */
	void *fds;		    /* lower-half/streams.c */
	void *sig;		    /* upper-half/sig.c */
	void *ids;		    /* upper-half/ids.c */
	void *app;		    /* upper-half/app.h: argv, paths, brk */
};

#define KEEP_ROOT ((struct keep_root *)KEEP_BASE)
/* The MPI layer's root has its own fixed place (mpi-wrappers/desc.h). */
#define KEEP_MPI_ROOT  (KEEP_BASE + 0x1000UL)
#define KEEP_MPI_SIZE  0x1f000UL
#define KEEP_HEAP_BASE (KEEP_BASE + 0x20000UL)
#define KEEP_HOOKS_END (KEEP_END + 0x400000000UL) /* 16 GiB reserved */

/* Map the root of a new process image. 0 or -errno. */
int keep_create(void);
/* Zeroed, 64-byte aligned; NULL when memory is exhausted. */
void *keep_alloc(size_t size);
void *keep_alloc_hook(size_t size); /* for hooks: of the second heap */
/* Contents kept, the new tail zeroed; p may be NULL: of the first heap. */
void *keep_realloc(void *p, size_t size);
void keep_free(void *p); /* p may be NULL */
char *keep_strdup(const char *s);
/* True when p points to the start of a live block (bad handles from the
 * application are answered, never dereferenced). */
int keep_valid(const void *p);

#endif
