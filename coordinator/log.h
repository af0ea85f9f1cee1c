/* SPDX-License-Identifier: MIT */
/* log.h - what the coordinator says */
#ifndef MANA_LOG_H
#define MANA_LOG_H

#include <stdio.h>

void log_init(int quiet);
/* All lines go there; it is not closed. */
void log_to(FILE *f);
/* A file that is appended to. 0 or -errno. */
int log_open(const char *path);
/* A line with the time, on stdout unless told. */
void log_info(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
/* The same even with -q, on stderr unless told. */
void log_error(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

/* On stderr, a terminal: a line that is written over by the next one, and
 * erased when something else is said; NULL: now. */
void log_live(const char *text);

#endif
