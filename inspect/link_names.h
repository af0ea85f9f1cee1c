/* SPDX-License-Identifier: MIT */
/* link_names.h - what the program's libraries are called, for a debugger
 *
 * The dynamic linker's list calls our stand-in for the MPI library by the name
 * of the real one, which the program has asked for; a debugger would take the
 * real one's symbols. In a core the list gets the names of the files that are
 * mapped.
 */
#ifndef MANA_LINK_NAMES_H
#define MANA_LINK_NAMES_H

#include "process.h"

/* Memory that neither half has (common/gate.h). */
#define LINK_NAMES_AT	ARENA_BASE
#define LINK_NAMES_SIZE GATE_SIZE

struct link_names {
	char text[LINK_NAMES_SIZE]; /* to be at LINK_NAMES_AT */
	size_t len;
	struct {
		uint64_t at, value; /* a pointer, and what it is to be */
	} * change;
	size_t n;
};

/* NULL: out of memory. A list that makes no sense has no names to change. */
struct link_names *link_names_make(const struct process *p);
void link_names_free(struct link_names *l);

#endif
