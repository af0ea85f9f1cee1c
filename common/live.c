/* SPDX-License-Identifier: MIT */
/* live.c - one line of a terminal that tells how far something has come */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>
#include "live.h"

#define ERASE "\r\033[K"

int live_is_terminal(int fd)
{
	const char *term = getenv("TERM");

	return isatty(fd) && term && *term && strcmp(term, "dumb") != 0;
}

int live_columns(int fd)
{
	struct winsize w;

	return ioctl(fd, TIOCGWINSZ, &w) || w.ws_col < 2 ? 80 : w.ws_col;
}

/* In one piece, so that nothing that others write comes in between. */
static void put(int fd, const char *text, size_t len)
{
	ssize_t n;

	do
		n = write(fd, text, len);
	while (n < 0 && errno == EINTR);
}

void live_show(int fd, const char *text)
{
	char line[LIVE_LINE + sizeof(ERASE)];
	int columns = live_columns(fd);
	int n;

	n = snprintf(line, sizeof(line), ERASE "%.*s",
		     columns < LIVE_LINE ? columns - 1 : LIVE_LINE - 1, text);
	put(fd, line, (size_t)n);
}

void live_erase(int fd)
{
	put(fd, ERASE, sizeof(ERASE) - 1);
}

char *live_bytes(double bytes, char *buf)
{
	if (bytes < 1e9)
		snprintf(buf, LIVE_NUMBER, "%.0f MB", bytes / 1e6);
	else if (bytes < 1e12)
		snprintf(buf, LIVE_NUMBER, "%.2f GB", bytes / 1e9);
	else
		snprintf(buf, LIVE_NUMBER, "%.2f TB", bytes / 1e12);
	return buf;
}

char *live_time(double seconds, char *buf)
{
	unsigned int s = seconds < 0   ? 0 :
			 seconds > 1e9 ? 1000000000 :
					 (unsigned int)(seconds + 0.5);

	if (s < 60)
		snprintf(buf, LIVE_NUMBER, "%u s", s);
	else if (s < 3600)
		snprintf(buf, LIVE_NUMBER, "%u:%02u", s / 60, s % 60);
	else
		snprintf(buf, LIVE_NUMBER, "%u:%02u:%02u", s / 3600,
			 s / 60 % 60, s % 60);
	return buf;
}

/* How much, how fast, how long still. */
static void amounts(const struct live_progress *p, char *buf, size_t len)
{
	double done = (double)p->done, total = (double)p->total;
	double rate = p->seconds > 0 ? done / p->seconds : 0;
	char a[LIVE_NUMBER], b[LIVE_NUMBER], c[LIVE_NUMBER];
	int n;

	n = snprintf(buf, len, ", %s of %s", live_bytes(done, a),
		     live_bytes(total, b));
	if (rate <= 0 || n < 0 || (size_t)n >= len)
		return;
	snprintf(buf + n, len - (size_t)n, ", %.2f GB/s, %s left", rate / 1e9,
		 live_time(total > done ? (total - done) / rate : 0, c));
}

char *live_format(const struct live_progress *p, int columns, char *buf)
{
	char which[24] = "", more[240] = "", t[LIVE_NUMBER];

	if (p->generation)
		snprintf(which, sizeof(which), " %llu",
			 (unsigned long long)p->generation);
	if (p->total)
		amounts(p, more, sizeof(more));
	else
		snprintf(more, sizeof(more), ", %s%s%s",
			 live_time(p->seconds, t),
			 p->waits[0] ? ", waits for " : "", p->waits);
	snprintf(buf, LIVE_LINE, "%s%s: %s: %u of %u ranks%s", p->what, which,
		 p->phase, p->ready, p->ranks, more);
	if (columns > 0 && columns < LIVE_LINE)
		buf[columns] = 0;
	return buf;
}
