/* SPDX-License-Identifier: MIT */
/* say.h - what mana says, on the stderr that the launcher gave
 *
 * Descriptor 2 is the application's: after a dup2 it leads to a file of its
 * own, and after a restart to that file again. The launcher's is kept beside
 * it (streams.c). Freestanding but for say_make and say_format: hooks and
 * signal handlers have reasons to die.
 */
#ifndef MANA_SAY_H
#define MANA_SAY_H

#include <stdarg.h>
#include <stddef.h>
#include "gate.h"

/* The descriptor to write to: 2 until the launcher's stderr is kept elsewhere;
 * -1: the launcher gave none, so nothing is said. */
extern int say_fd;

/* Writes the line as it is; it has its end of line. */
static inline void say_line(const char *line, size_t len)
{
	long n;

	while (say_fd >= 0 && len) {
		n = raw_syscall3(SYS_write, say_fd, (long)line, (long)len);
		if (n <= 0)
			break; /* there is nobody to be told */
		line += n;
		len -= (size_t)n;
	}
}

/* With libc: formats one line, cleans it of what a terminal would obey, and
 * puts an end of line behind it, without a NUL. Returns its length, at most
 * size; what is longer is cut; 0: it cannot be formatted. */
size_t say_make(char *line, size_t size, const char *fmt, va_list ap);
/* The same, and writes it. */
void say_format(const char *fmt, va_list ap);

#endif
