/* SPDX-License-Identifier: MIT */
/* message.c - sentences for people, from hooks and from lower code
 *
 * lower_die is freestanding: it is called under the upper FS.
 */
#include <stdarg.h>
#include "../common/exit_code.h"
#include "../common/lower.h"
#include "../common/lower_hooks.h"
#include "../common/say.h"
#include "core.h"
#include "own.h"
#include "message.h"

char *message_put(char *at, const char *end, const char *s)
{
	while (*s && at < end)
		*at++ = *s++;
	return at;
}

/* A forked child may have closed our descriptor, and the number may lead to a
 * file of its own: its stderr is then all there is. */
static void choose_stderr(void)
{
	if (say_fd > 2 && !own_has(say_fd))
		say_fd = 2;
}

void message_line(const char *line, size_t len)
{
	choose_stderr();
	say_line(line, len);
}

void lower_die(const char *why)
{
	char line[1024], *end = line + sizeof(line) - 1;
	char *at = message_put(line, end, core.tool ? core.tool : "mana");

	at = message_put(at, end, ": ");
	at = message_put(at, end, why);
	*at++ = '\n';
	message_line(line, (size_t)(at - line));
	raw_syscall1(SYS_exit_group, EXIT_REFUSED);
	__builtin_unreachable();
}

void lower_error(const char *fmt, ...)
{
	va_list ap;

	choose_stderr();
	va_start(ap, fmt);
	say_format(fmt, ap);
	va_end(ap);
}
