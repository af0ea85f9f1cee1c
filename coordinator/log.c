/* SPDX-License-Identifier: MIT */
/* log.c - what the coordinator says */
#include <stdarg.h>
#include <stdio.h>
#include <time.h>
#include "../common/text.h"
#include "server.h"

static int be_quiet;

void log_init(int quiet)
{
	be_quiet = quiet;
	setvbuf(stdout, NULL, _IOLBF, 0);
}

static void say(FILE *f, const char *fmt, va_list ap)
{
	char text[WIRE_TEXT + 256], when[32];
	time_t t = time(NULL);
	struct tm tm;

	strftime(when, sizeof(when), "%Y-%m-%d %H:%M:%S", localtime_r(&t, &tm));
	vsnprintf(text, sizeof(text), fmt, ap);
	fprintf(f, "%s mana_coordinator: %s\n", when, text_clean(text));
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
