/* SPDX-License-Identifier: MIT */
/* tell.c - the lines that mana_run says */
#include <stdarg.h>
#include <stdio.h>
#include "../common/say.h"
#include "tell.h"

void tell(const char *fmt, ...)
{
	char with_name[1024];
	va_list ap;

	snprintf(with_name, sizeof(with_name), "mana_run: %s", fmt);
	va_start(ap, fmt);
	say_format(with_name, ap);
	va_end(ap);
}
