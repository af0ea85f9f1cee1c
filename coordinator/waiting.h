/* SPDX-License-Identifier: MIT */
/* waiting.h - commands that wait for a generation, or for the end of the job */
#ifndef MANA_WAITING_H
#define MANA_WAITING_H

#include "server.h"

/* Answers those who wait for this generation or an earlier one; failed: why,
 * NULL when it is committed. A job that was to end with it then runs on. */
void waiting_answer(struct server *s, uint64_t generation, const char *failed);
/* Answers those who wait until all ranks are gone, as they are. */
void waiting_gone(struct server *s);

#endif
