/* SPDX-License-Identifier: MIT */
/* elf.h - map a program and its interpreter as the kernel's execve does
 *
 * Runs in the lower half, with its libc, before the upper half exists. libelf
 * reads the files.
 */
#ifndef MANA_ELF_H
#define MANA_ELF_H

#include <stddef.h>
#include <stdint.h>

struct elf_program {
	uint64_t base; /* load bias: 0 for ET_EXEC */
	uint64_t entry;
	uint64_t phdr, phnum; /* in memory */
	char interp[4096];    /* "" in an interpreter */
	int exec_stack;	      /* PT_GNU_STACK asks for one */
};

/*
 * Map PATH. 0 or -errno; err then holds what and why. A static executable is
 * refused (-ENOEXEC) unless is_interp.
 */
int elf_load(const char *path, int is_interp, struct elf_program *p, char *err,
	     size_t errlen);

#endif
