/* SPDX-License-Identifier: MIT */
/* log.c - what the coordinator says */
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <time.h>
#include <unistd.h>
#include "../common/live.h"
#include "../common/say.h"
#include "../common/wire.h"
#include "log.h"

static int be_quiet;
static FILE *to; /* NULL: stdout and stderr */
static int live; /* a line that tells of progress is on the terminal */

void log_init(int quiet)
{
	be_quiet = quiet;
	setvbuf(stdout, NULL, _IOLBF, 0);
}

void log_to(FILE *f)
{
	to = f;
}

int log_open(const char *path)
{
	int fd =
		open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NOCTTY,
		     0600);
	FILE *f = fd < 0 ? NULL : fdopen(fd, "a");

	if (!f) {
		int rc = -errno;

		if (fd >= 0)
			close(fd);
		return rc;
	}
	log_to(f);
	return 0;
}

static void say(FILE *f, const char *fmt, va_list ap)
{
	char line[64 + WIRE_TEXT + 256];
	time_t t = time(NULL);
	struct tm tm;
	size_t n = strftime(line, 64, "%Y-%m-%d %H:%M:%S mana_coordinator: ",
			    localtime_r(&t, &tm));

	log_live(NULL);
	n += say_make(line + n, WIRE_TEXT + 256, fmt, ap);
	fwrite(line, n, 1, f);
	fflush(f);
}

void log_live(const char *text)
{
	if (text)
		live_show(2, text);
	else if (live)
		live_erase(2);
	live = text != NULL;
}

void log_info(const char *fmt, ...)
{
	va_list ap;

	if (be_quiet)
		return;
	va_start(ap, fmt);
	say(to ? to : stdout, fmt, ap);
	va_end(ap);
}

void log_error(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	say(to ? to : stderr, fmt, ap);
	va_end(ap);
}
