/* SPDX-License-Identifier: MIT */
/* hook_memory.h - hooks of the system calls that map memory, and advise on it
 *
 * Freestanding.
 */
#ifndef MANA_HOOK_MEMORY_H
#define MANA_HOOK_MEMORY_H

#include "hook.h"

hook_fn hook_mmap, hook_munmap, hook_mremap, hook_mlock, hook_mlockall,
	hook_madvise, hook_brk;

/* A front was opened as fd. No hook may see its system calls, which are those
 * of crossings: arch_prctl there is not the application's. */
void hook_front(int fd);
/* The C library was opened as fd: when it is mapped, its calls must be found.
 */
void hook_libc(int fd);
void hook_libc_closed(int fd);

#endif
