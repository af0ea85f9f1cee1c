/* SPDX-License-Identifier: MIT */
/* own_call.c - system calls of the lower half that make or give up something
 *
 * Freestanding: runs on any thread of the lower half, also before libc has
 * begun, under whatever FS, and without vector registers. The marks of
 * descriptors need no lock: the kernel gives out a number once. Mappings have
 * one, held over the call itself, so that the list is what is there.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/mman.h>
#include <linux/sched.h>
#include <sys/shm.h>
#include <sys/socket.h>
#include "../common/gate.h"
#include "../common/page.h"
#include "own.h"

#ifndef SYS_openat2
#define SYS_openat2 437
#endif
#ifndef SYS_pidfd_getfd
#define SYS_pidfd_getfd 438
#endif

static long raw(const struct own_regs *r)
{
	return raw_syscall6(r->nr, r->a[0], r->a[1], r->a[2], r->a[3], r->a[4],
			    r->a[5]);
}

/* What a call does to descriptors. */
enum effect {
	NOTHING,
	MAKES,	   /* the result is one */
	MAY_WAIT,  /* the same, but it may wait for ever */
	MAKES_TWO, /* the argument points to two */
	COPIES,	   /* the second argument is one then */
	RECEIVES,  /* there may be some in a message, or in several */
	CLOSES,
	CLOSES_MANY,
	COMMANDS, /* fcntl */
};

static enum effect effect_of(long nr)
{
	switch (nr) {
	case SYS_open:
	case SYS_openat:
	case SYS_openat2:
	case SYS_creat:
	case SYS_dup:
	case SYS_socket:
	case SYS_epoll_create:
	case SYS_epoll_create1:
	case SYS_eventfd:
	case SYS_eventfd2:
	case SYS_timerfd_create:
	case SYS_signalfd:
	case SYS_signalfd4:
	case SYS_inotify_init:
	case SYS_inotify_init1:
	case SYS_fanotify_init:
	case SYS_memfd_create:
	case SYS_userfaultfd:
	case SYS_perf_event_open:
	case SYS_io_uring_setup:
	case SYS_mq_open:
	case SYS_pidfd_open:
	case SYS_pidfd_getfd:
	case SYS_open_by_handle_at:
	case SYS_open_tree:
	case SYS_fsopen:
	case SYS_fsmount:
	case SYS_fspick:
		return MAKES;
	case SYS_accept:
	case SYS_accept4:
		return MAY_WAIT;
	case SYS_pipe:
	case SYS_pipe2:
	case SYS_socketpair:
		return MAKES_TWO;
	case SYS_dup2:
	case SYS_dup3:
		return COPIES;
	case SYS_recvmsg:
	case SYS_recvmmsg:
		return RECEIVES;
	case SYS_close:
		return CLOSES;
	case SYS_close_range:
		return CLOSES_MANY;
	case SYS_fcntl:
		return COMMANDS;
	default:
		return NOTHING;
	}
}

static int maps(long nr)
{
	return nr == SYS_mmap || nr == SYS_munmap || nr == SYS_mremap ||
	       nr == SYS_shmat || nr == SYS_shmdt;
}

int own_calls_wants(long nr)
{
	return maps(nr) || effect_of(nr) != NOTHING;
}

/* Descriptors */

static void take_from(const struct msghdr *m)
{
	const struct cmsghdr *c = CMSG_FIRSTHDR(m);
	const int *fd;
	size_t n;

	for (; c; c = CMSG_NXTHDR((struct msghdr *)m, (struct cmsghdr *)c)) {
		if (c->cmsg_level != SOL_SOCKET || c->cmsg_type != SCM_RIGHTS)
			continue;
		fd = (const int *)CMSG_DATA(c);
		for (n = (c->cmsg_len - CMSG_LEN(0)) / sizeof(int); n; n--)
			own_take(*fd++);
	}
}

static long receive(const struct own_regs *r)
{
	long n = raw(r), i;

	if (n < 0 || !own_mine())
		return n;
	if (r->nr == SYS_recvmsg)
		take_from((const struct msghdr *)r->a[1]);
	for (i = 0; r->nr == SYS_recvmmsg && i < n; i++)
		take_from(&((const struct mmsghdr *)r->a[1])[i].msg_hdr);
	return n;
}

static long close_many(const struct own_regs *r)
{
	unsigned int fd = (unsigned int)r->a[0];

	if (!r->a[2])
		for (; fd <= (unsigned int)r->a[1] &&
		       fd <= (unsigned int)own.most;
		     fd++)
			own_give((int)fd);
	return raw(r);
}

static long change(const struct own_regs *r, enum effect effect)
{
	const int *two =
		(const int *)(r->nr == SYS_socketpair ? r->a[3] : r->a[0]);
	long rc;

	switch (effect) {
	case CLOSES:
		own_give((int)r->a[0]);
		return raw(r);
	case CLOSES_MANY:
		return close_many(r);
	case MAKES_TWO:
		rc = raw(r);
		if (!rc) {
			own_take(two[0]);
			own_take(two[1]);
		}
		return rc;
	default: /* the result is the descriptor, also of dup2 */
		rc = raw(r);
		if (rc >= 0)
			own_take((int)rc);
		return rc;
	}
}

static long descriptors(const struct own_regs *r, enum effect effect)
{
	long rc;

	if (effect == RECEIVES)
		return receive(r);
	if (effect == COMMANDS && r->a[1] != F_DUPFD &&
	    r->a[1] != F_DUPFD_CLOEXEC)
		return raw(r);
	if (!own_mine())
		return raw(r);
	if (effect == MAY_WAIT)
		return change(r, MAKES);
	__atomic_fetch_add(&own.begun, 1, __ATOMIC_SEQ_CST);
	rc = change(r, effect);
	__atomic_fetch_add(&own.ended, 1, __ATOMIC_SEQ_CST);
	return rc;
}

/* Mappings */

/* Memory in the arena is the application's: its hooks give it back or change
 * it. */
static int in_arena(uint64_t a)
{
	return a >= ARENA_BASE && a < ARENA_END;
}

static int failed(long r)
{
	return (unsigned long)r >= -4095UL;
}

static void segment_set(uint64_t from, uint64_t to)
{
	int i;

	for (i = 0; i < OWN_SEGMENTS; i++)
		if (own.segment[i] == from) {
			own.segment[i] = to;
			return;
		}
}

static long remap(const struct own_regs *r)
{
	uint64_t old = (uint64_t)r->a[0], len = page_up((uint64_t)r->a[1]);
	uint64_t want = page_up((uint64_t)r->a[2]);
	long rc = raw(r);

	if (failed(rc))
		return rc;
	if (!(r->a[3] & MREMAP_DONTUNMAP))
		range_remove(&own.maps, old, old + len);
	range_add(&own.maps, (uint64_t)rc, (uint64_t)rc + want);
	return rc;
}

static long mappings_locked(const struct own_regs *r)
{
	uint64_t a = (uint64_t)r->a[0];
	long rc;

	switch (r->nr) {
	case SYS_munmap:
		rc = raw(r);
		if (!rc)
			range_remove(&own.maps, a,
				     a + page_up((uint64_t)r->a[1]));
		return rc;
	case SYS_mremap:
		return remap(r);
	case SYS_shmat:
		rc = raw(r);
		if (!failed(rc))
			segment_set(0, (uint64_t)rc);
		return rc;
	case SYS_shmdt:
		rc = raw(r);
		if (!rc)
			segment_set(a, 0);
		return rc;
	default:
		rc = raw(r);
		if (!failed(rc) && !in_arena((uint64_t)rc))
			range_add(&own.maps, (uint64_t)rc,
				  (uint64_t)rc + page_up((uint64_t)r->a[1]));
		return rc;
	}
}

static int from_loader(const struct own_regs *r)
{
	int i;

	for (i = 0; i < own.loaders; i++)
		if (r->back - own.loader[i] < OWN_STUB)
			return 1;
	return 0;
}

/* The function that is called here is ordinary code, which may use vector
 * registers. */
static long code_mapped(const struct own_regs *r, long at)
{
	struct {
		char state[512];
	} __attribute__((aligned(16))) vector;

	__asm__ volatile("fxsave64 %0" : "=m"(vector));
	at = own.code((uint64_t)at, (uint64_t)r->a[1], (int)r->a[2],
		      (int)r->a[4], (uint64_t)r->a[5]);
	__asm__ volatile("fxrstor64 %0" : : "m"(vector));
	return at;
}

/* A library that only wishes for an address of the application's (PMIx shares
 * memory at the launcher's) gets another: there it would be saved. */
static void wish_elsewhere(struct own_regs *r)
{
	if (r->nr == SYS_mmap && in_arena((uint64_t)r->a[0]) &&
	    !(r->a[3] & (MAP_FIXED | MAP_FIXED_NOREPLACE)))
		r->a[0] = 0;
}

static long mappings(struct own_regs *r)
{
	struct hold h;
	long rc;

	wish_elsewhere(r);
	if (!own_mine() || (r->nr != SYS_mmap && in_arena((uint64_t)r->a[0])))
		return raw(r);
	own_lock(&h);
	rc = mappings_locked(r);
	own_unlock(&h);
	if (r->nr == SYS_mmap && !failed(rc) && own.code &&
	    (r->a[2] & PROT_EXEC) && (int)r->a[4] >= 0 && from_loader(r))
		rc = code_mapped(r, rc);
	return rc;
}

void own_call(struct own_regs *r)
{
	enum effect effect;

	if (maps(r->nr)) {
		r->nr = mappings(r);
		return;
	}
	effect = effect_of(r->nr);
	r->nr = effect == NOTHING ? raw(r) : descriptors(r, effect);
}
