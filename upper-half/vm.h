/* SPDX-License-Identifier: MIT */
/* vm.h - where the upper half's memory lies
 *
 * Everything the application maps without naming an address goes into the
 * arena; what it maps at an address of its own outside is recorded as "extra".
 * The rest of the address space is the lower half's. Freestanding: called from
 * system call hooks under the upper FS. Results are addresses or -errno, as
 * the system calls of the same names (mmap(2), munmap(2), mremap(2), brk(2)).
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

long vm_mmap(uint64_t addr, uint64_t len, long prot, long flags, long fd,
	     long off);
long vm_munmap(uint64_t addr, uint64_t len);
long vm_mremap(uint64_t old, uint64_t old_len, uint64_t len, long flags,
	       uint64_t to);
long vm_brk(uint64_t to);
long vm_madvise(uint64_t addr, uint64_t len, long advice);

/* 1 when addr is upper memory (the gate page is not). */
int vm_is_upper(uint64_t addr);
/* i-th mapping outside the arena; 0 beyond the last. */
int vm_extra(size_t i, struct range *r);

#endif
