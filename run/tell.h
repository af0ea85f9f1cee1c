/* SPDX-License-Identifier: MIT */
/* tell.h - the lines that mana_run says */
#ifndef MANA_RUN_TELL_H
#define MANA_RUN_TELL_H

/* "mana_run: ..." on stderr, without anything that a terminal would obey. */
void tell(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

#endif
