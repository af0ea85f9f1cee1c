/* SPDX-License-Identifier: MIT */
/* stack.h - the application's first stack: argc, argv, environ, auxv */
#ifndef MANA_STACK_H
#define MANA_STACK_H

#include "../upper-half/app.h"
#include "elf.h"

/*
 * Map a stack of RLIMIT_STACK bytes (8 MiB .. 1 GiB) in the arena and lay it
 * out as the kernel does (System V ABI AMD64, 3.4.1). 0 or -errno.
 */
int stack_build(struct stack_image *s, int argc, char **argv, char **envp,
		const char *execfn, const struct elf_program *app,
		const struct elf_program *interp, uint64_t vdso);

/* Never returns: registers cleared, rsp = sp, FS = 0, jump to entry. */
void stack_jump(uint64_t sp, uint64_t entry) __attribute__((noreturn));

#endif
