/* SPDX-License-Identifier: MIT */
/* vm_calls.h - the application's mmap, munmap, mremap and madvise
 *
 * Results are addresses or -errno, as those of the system calls. Freestanding:
 * called from system call hooks under the upper FS.
 */
#ifndef MANA_VM_CALLS_H
#define MANA_VM_CALLS_H

#include <stdint.h>

long vm_mmap(uint64_t addr, uint64_t len, long prot, long flags, long fd,
	     long off);
long vm_munmap(uint64_t addr, uint64_t len);
long vm_mremap(uint64_t old, uint64_t old_len, uint64_t len, long flags,
	       uint64_t to);
long vm_madvise(uint64_t addr, uint64_t len, long advice);

#endif
