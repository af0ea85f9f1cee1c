/* SPDX-License-Identifier: MIT */
/* missing.h - names of the installed library that a front has not by itself
 *
 * So that programs and the library's companions load although they, or other
 * functions in them, use more than we know. Weak: what is written elsewhere
 * comes first. No mpi.h here, whose prototypes these do not have.
 */
#ifndef MANA_FRONT_MISSING_H
#define MANA_FRONT_MISSING_H

int front_missing(const char *what);

#define WEAK __attribute__((weak, visibility("default")))

#define FUNCTION(name)                                                         \
	WEAK int name(void);                                                   \
	int name(void)                                                         \
	{                                                                      \
		return front_missing(#name);                                   \
	}

#define DATA(name, size)                                                       \
	extern WEAK char name[size];                                           \
	char name[size] __attribute__((aligned(32)));

#endif
