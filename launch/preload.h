/* SPDX-License-Identifier: MIT */
/* preload.h - LD_PRELOAD is for the program, not for the lower half
 *
 * A profiler in the lower half would count the back's own MPI calls as the
 * program's. So the variable has another name, one that ends in its own, while
 * our programs are loaded.
 */
#ifndef MANA_PRELOAD_H
#define MANA_PRELOAD_H

#define PRELOAD	      "LD_PRELOAD"
#define PRELOAD_PART  "MANA_"
#define PRELOAD_OTHER PRELOAD_PART PRELOAD

/* 1: this entry of an environment is the variable name. */
static inline int preload_is(const char *entry, const char *name)
{
	while (*name && *name == *entry)
		name++, entry++;
	return !*name && *entry == '=';
}

#endif
