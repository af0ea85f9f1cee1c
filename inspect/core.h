/* SPDX-License-Identifier: MIT */
/* core.h - an image as an ELF core, for a debugger */
#ifndef MANA_CORE_H
#define MANA_CORE_H

#include "process.h"

/*
 * Writes the core to a file that fd is open for, and empty; shown is its name
 * in sentences. Zeros are holes in it. 0 or -errno and one sentence.
 */
int core_write(int fd, const char *shown, const struct process *p, char *err,
	       size_t errlen);

#endif
