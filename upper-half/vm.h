/* SPDX-License-Identifier: MIT */
/* vm.h - where the upper half's memory lies
 *
 * Everything the application maps without naming an address goes into the
 * arena; what it maps at an address of its own outside is recorded as "extra".
 * The rest of the address space is the lower half's. Freestanding: called from
 * system call hooks under the upper FS.
 */
#ifndef MANA_VM_H
#define MANA_VM_H

#include <stddef.h>
#include <stdint.h>
#include "range.h"

/* Makes the tables in keep memory. 0 or -errno. */
int vm_create(void);

/* Takes address space of the arena, in which nothing is mapped; 0 when the
 * arena is full. */
uint64_t vm_take(uint64_t len, uint64_t align);
/* The same within 2 GiB of addr on either side (reach of a jmp rel32). */
uint64_t vm_take_near(uint64_t addr, uint64_t len);
void vm_give(uint64_t start, uint64_t len);
/* A mapping was made at an address the caller chose. */
void vm_account(uint64_t start, uint64_t len);
/* What was mapped there, outside the arena, is no longer the application's. */
void vm_forget(uint64_t start, uint64_t end);

/*
 * Memory outside the arena that is to be given up leaves the list before the
 * kernel takes it away: right afterwards the addresses may be another thread's,
 * whose entry must stay. If the call fails, it comes back onto the list.
 */
struct vm_left {
	struct range at[8];
	size_t n;
};

void vm_leave(uint64_t start, uint64_t len, struct vm_left *l);
void vm_back(const struct vm_left *l);

/* brk(2), within an area of the arena. */
long vm_brk(uint64_t to);

/* 1 when addr is upper memory (the gate page is not). */
int vm_is_upper(uint64_t addr);
/* i-th mapping outside the arena; 0 beyond the last. */
int vm_extra(size_t i, struct range *r);

#endif
