/* SPDX-License-Identifier: MIT */
/* own.h - what of this process is the lower half's own
 *
 * Descriptors and mappings do not say whose they are, and an application can
 * come by them in more ways than anybody could list: hundreds of system calls,
 * ioctls and messages, made from code of any shape. The lower half is another
 * matter: its code is ours, and all of it enters the kernel through one libc
 * and its loader (tests/unit/test_own.sh looks). So it is the lower half that
 * is kept account of: every call in these two that makes, copies or gives up a
 * descriptor or a mapping is led through own_call.c, from before the first
 * constructor of a library has run. What is there and is not the lower half's
 * is the application's, however it came to be there: it is saved, or it refuses
 * the checkpoint.
 *
 * Nothing of the application is taken for the lower half's: a mark is made by a
 * call of the lower half alone, says which file it is (device and inode), and
 * is believed only of that file. So one that has become stale, since a close
 * was not seen, does no harm.
 *
 * Nothing of the lower half is taken for the application's: a mark follows its
 * system call, and those who look wait until no thread is between the two
 * (own_look). A call that may wait for hours (accept, recvmsg) is not waited
 * for; but what cannot be saved is looked at again for two seconds before it
 * refuses a checkpoint (agent.c).
 *
 * Marks are lower memory: a restart begins with none. A child of the process
 * shares none of this, whatever it closes.
 */
#ifndef MANA_OWN_H
#define MANA_OWN_H

#include <stddef.h>
#include <stdint.h>
#include "../common/sync.h"
#include "../upper-half/range.h"

/* A descriptor that was open before any code of this process ran. */
struct own_given {
	int fd;
	uint64_t dev, ino;
};

/* NULL, or why the lower half cannot be kept account of. */
const char *own_ready(void);
/* i-th of the descriptors that the process was started with; 0: no more. */
int own_given(size_t i, struct own_given *g);

/* The descriptor is the lower half's from now on, or the application's. */
void own_take(int fd);
void own_give(int fd);
/* 1: the descriptor is the lower half's; lower_owns (lower_hooks.h) is the
 * same. */
int own_has(int fd);
/*
 * Descriptors are looked at between calls of these two: own_look waits, for a
 * moment, until no thread is between a call that makes or gives up one and its
 * mark; own_looked says whether that remained so. If not, look again.
 */
uint32_t own_look(void);
int own_looked(uint32_t since);

/*
 * Mappings outside the arena that are neither the lower half's nor known to the
 * hooks: how many (at most max), or -errno. Lower code that would map or unmap
 * waits meanwhile.
 */
int own_strangers(struct range *at, int max);

/* fn is called whenever the loader has mapped code of a file. */
void own_watch_code(long (*fn)(uint64_t addr, uint64_t len, int prot, int fd,
			       uint64_t off));

/* Between own.c and own_call.c. */
#define OWN_SEGMENTS 1024
#define OWN_LOADERS  8
#define OWN_STUB     48 /* bytes */

struct own_regs {      /* as own.S pushes them */
	long nr;       /* rax: number, then result */
	long a[6];     /* rdi rsi rdx r10 r8 r9 */
	uint64_t back; /* where the stub goes on */
};

extern struct own {
	int pid;
	long (*code)(uint64_t, uint64_t, int, int, uint64_t);
	uint64_t loader[OWN_LOADERS]; /* the stubs of its mmap */
	int loaders;
	uint32_t begun, ended; /* calls that change descriptors, so far */
	int most;	       /* no descriptor of the lower half is higher */
	struct range_list maps;
	uint64_t stack; /* in the one that this process began on */
	uint64_t segment[OWN_SEGMENTS]; /* of System V shared memory */
} own;

void own_call(struct own_regs *r); /* by own.S */
int own_calls_wants(long nr);	   /* sites of these calls lead to own_call */
void own_entry(void);		   /* own.S */
/* Mark the descriptors that are there before any code of the process has run,
 * and the mappings that are there when only own_patch.c has. 0 or -errno. */
int own_begin(void);
int own_begin_maps(void);
int own_mine(void); /* 0: this is a child of the process */
/* The lock of the list of mappings; it comes before all locks of
 * common/sync.h. */
void own_lock(struct hold *h);
void own_unlock(const struct hold *h);

#endif
