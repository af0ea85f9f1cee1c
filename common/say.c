/* SPDX-License-Identifier: MIT */
/* say.c - what mana says, on the stderr that the launcher gave */
#include <stdio.h>
#include "text.h"
#include "say.h"

int say_fd = 2;

size_t say_make(char *line, size_t size, const char *fmt, va_list ap)
{
	int n = vsnprintf(line, size - 1, fmt, ap);

	if (n < 0)
		return 0;
	if (n > (int)size - 2)
		n = (int)size - 2;
	text_clean(line);
	line[n++] = '\n';
	return (size_t)n;
}

void say_format(const char *fmt, va_list ap)
{
	char line[2048];

	say_line(line, say_make(line, sizeof(line), fmt, ap));
}
