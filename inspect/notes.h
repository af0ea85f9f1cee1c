/* SPDX-License-Identifier: MIT */
/* notes.h - the notes of a core: what the kernel would say of the process */
#ifndef MANA_NOTES_H
#define MANA_NOTES_H

#include "process.h"

struct notes {
	char *at;
	size_t n, cap;
	int failed; /* -ENOMEM */
};

/* Threads with their registers, the first one first, the process, its auxiliary
 * vector and what it has mapped of files. 0 or -ENOMEM. */
int notes_make(struct notes *s, const struct process *p);
void notes_free(struct notes *s);

#endif
