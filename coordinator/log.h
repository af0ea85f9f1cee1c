/* SPDX-License-Identifier: MIT */
/* log.h - what the coordinator says */
#ifndef MANA_LOG_H
#define MANA_LOG_H

void log_init(int quiet);
/* A line with the time on stdout. */
void log_info(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
/* The same even with -q, on stderr. */
void log_error(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

#endif
