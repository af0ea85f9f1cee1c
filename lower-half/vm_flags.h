/* SPDX-License-Identifier: MIT */
/* vm_flags.h - what the program has advised about its memory
 *
 * madvise(2), mlock(2), PR_SET_VMA_ANON_NAME: /proc/self/smaps shows them, and
 * is read only if a hook has seen such a call, since the kernel walks all pages
 * for it.
 */
#ifndef MANA_VM_FLAGS_H
#define MANA_VM_FLAGS_H

#include <stddef.h>
#include <stdint.h>

#define VM_FLAGS_SECTION "vm-flags" /* an array of these */

struct saved_vm_flags {
	uint64_t start, len;
	uint32_t flags; /* bits: vm_flags.c */
	char name[84];	/* "" or what maps shows as [anon:...] */
};

/* *n entries in malloc'ed memory, or NULL and -errno in *n. */
struct saved_vm_flags *vm_flags_save(long *n);
/* A lock that cannot be had is named on stderr. */
void vm_flags_restore(const struct saved_vm_flags *f, size_t n);

#endif
