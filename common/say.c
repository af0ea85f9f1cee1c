/* SPDX-License-Identifier: MIT */
/* say.c - what mana says, on the stderr that the launcher gave */
#include <stdio.h>
#include "text.h"
#include "say.h"

int say_fd = 2;

void say_format(const char *fmt, va_list ap)
{
	char line[2048];
	int n = vsnprintf(line, sizeof(line) - 1, fmt, ap);

	if (n < 0)
		return;
	if (n > (int)sizeof(line) - 2)
		n = (int)sizeof(line) - 2;
	text_clean(line);
	line[n++] = '\n';
	say_line(line, (size_t)n);
}
