/* SPDX-License-Identifier: MIT */
/* program.h - which file is the program that the user named */
#ifndef MANA_PROGRAM_H
#define MANA_PROGRAM_H

#include <stddef.h>

/*
 * Find NAME as execvp(3) does and follow "#!" lines. path gets the absolute
 * path of an ELF file, *argv and *argc the arguments to give it (malloc'ed).
 * 0 or -errno with a sentence.
 */
int program_find(const char *name, char *path, size_t len, int *argc,
		 char ***argv, char *err, size_t errlen);

#endif
