/* SPDX-License-Identifier: MIT */
/* reason.h - why something cannot be, and what to do about it
 *
 * Two parts of one sentence: where a way round is found the first is still
 * said, and the second is not ("what: why: using ... instead").
 */
#ifndef MANA_REASON_H
#define MANA_REASON_H

#include <stddef.h>

struct reason {
	char what[4608]; /* "what: why" */
	char todo[512];
};

/* Returns rc, which is -errno. */
int reason_set(struct reason *r, int rc, const char *todo, const char *fmt, ...)
	__attribute__((format(printf, 4, 5)));
/* The advice, where none was given. Returns rc. */
int reason_todo(struct reason *r, int rc, const char *todo);
/* The whole sentence, as much of it as there is room for. Returns buf. */
char *reason_text(const struct reason *r, char *buf, size_t len);

#endif
