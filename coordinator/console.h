/* SPDX-License-Identifier: MIT */
/* console.h - commands typed at the coordinator */
#ifndef MANA_CONSOLE_H
#define MANA_CONSOLE_H

#include "server.h"

/* One line typed by the user; prints to stdout. */
void console_line(struct server *s, char *line);
void console_event(struct server *s); /* stdin is readable */

#endif
