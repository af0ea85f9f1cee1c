/* SPDX-License-Identifier: MIT */
/* tell.h - what the user should know though nobody has asked
 *
 * Sentences on the job's stderr, by its first rank.
 */
#ifndef MANA_TELL_H
#define MANA_TELL_H

#include "server.h"

void job_tell(struct server *s, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));
/* The same, unless the rank has been told before, perhaps with other numbers in
 * the sentence. */
void job_tell_once(struct server *s, const char *text);

#endif
