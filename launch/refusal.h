/* SPDX-License-Identifier: MIT */
/* refusal.h - ending with one line, however many ranks have the same reason */
#ifndef MANA_REFUSAL_H
#define MANA_REFUSAL_H

/* Says the line, unless another rank of this job is just doing so on this
 * host. */
void refusal_say(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
/* The same, then exit code EXIT_REFUSED. */
void refusal_exit(const char *fmt, ...)
	__attribute__((format(printf, 1, 2), noreturn));

#endif
