/* SPDX-License-Identifier: MIT */
/* log.c - what the coordinator says */
#include <stdarg.h>
#include <stdio.h>
#include <time.h>
#include "../common/say.h"
#include "../common/wire.h"
#include "log.h"

static int be_quiet;

void log_init(int quiet)
{
	be_quiet = quiet;
	setvbuf(stdout, NULL, _IOLBF, 0);
}

static void say(FILE *f, const char *fmt, va_list ap)
{
	char line[64 + WIRE_TEXT + 256];
	time_t t = time(NULL);
	struct tm tm;
	size_t n = strftime(line, 64, "%Y-%m-%d %H:%M:%S mana_coordinator: ",
			    localtime_r(&t, &tm));

	n += say_make(line + n, WIRE_TEXT + 256, fmt, ap);
	fwrite(line, n, 1, f);
	fflush(f);
}

void log_info(const char *fmt, ...)
{
	va_list ap;

	if (be_quiet)
		return;
	va_start(ap, fmt);
	say(stdout, fmt, ap);
	va_end(ap);
}

void log_error(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	say(stderr, fmt, ap);
	va_end(ap);
}
