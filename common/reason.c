/* SPDX-License-Identifier: MIT */
/* reason.c - why something cannot be, and what to do about it */
#include <stdarg.h>
#include <stdio.h>
#include "reason.h"
#include "text.h"

int reason_set(struct reason *r, int rc, const char *todo, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(r->what, sizeof(r->what), fmt, ap);
	va_end(ap);
	snprintf(r->todo, sizeof(r->todo), "%s", todo);
	return rc;
}

int reason_todo(struct reason *r, int rc, const char *todo)
{
	if (rc < 0 && !r->todo[0])
		snprintf(r->todo, sizeof(r->todo), "%s", todo);
	return rc;
}

char *reason_text(const struct reason *r, char *buf, size_t len)
{
	int n = snprintf(buf, len, "%s", r->what);

	if (r->todo[0] && n >= 0 && (size_t)n < len)
		snprintf(buf + n, len - (size_t)n, ": %s", r->todo);
	/* what a parser says of a file has pieces of the file in it */
	return text_clean(buf);
}
