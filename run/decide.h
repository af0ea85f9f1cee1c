/* SPDX-License-Identifier: MIT */
/* decide.h - whether a line begins, or goes on, and from which generation */
#ifndef MANA_DECIDE_H
#define MANA_DECIDE_H

#include "record.h"

enum decision { DECIDE_START, DECIDE_GO_ON, DECIDE_REFUSE };

/* What lies in the checkpoint directory. */
struct decide_found {
	uint64_t generation; /* newest complete one of the last job; 0: none */
	char id[WIRE_ID];    /* that job's */
	const char *program;
	const char *missing; /* why there is none */
};

/*
 * anew: --new. dir is what the directory is called. DECIDE_REFUSE: and why.
 */
enum decision decide(const struct record *r, const struct decide_found *f,
		     char *const *words, int n, int anew, const char *dir,
		     struct reason *why);

#endif
