/* SPDX-License-Identifier: MIT */
/* message.h - sentences for people, from hooks and from lower code
 *
 * lower_error and lower_die are declared for the back and for the hooks
 * (lower.h, lower_hooks.h). Freestanding.
 */
#ifndef MANA_MESSAGE_H
#define MANA_MESSAGE_H

#include <stddef.h>

/* Appends s to a line, as much as there is room for. Returns the new end. */
char *message_put(char *at, const char *end, const char *s);
/* Writes a line, which has its end of line, to the launcher's stderr. */
void message_line(const char *line, size_t len);

#endif
