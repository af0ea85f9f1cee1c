/* SPDX-License-Identifier: MIT */
/* option.h - command lines: numbers, and what getopt_long(3) did not take
 *
 * With opterr 0 and a ':' at the start of the letters.
 */
#ifndef MANA_OPTION_H
#define MANA_OPTION_H

#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define OPTION_TEXT	   192	     /* room for what is said below */
#define OPTION_SECONDS_MAX (1 << 30) /* of -i and of all limits */
#define OPTION_KEEP_MAX	   (1 << 20)
#define OPTION_LEVEL_MAX   19

/* Says "WHAT: why" of an option that getopt_long did not take; c is what it
 * returned, '?' or ':'. */
static inline void option_bad(char *buf, size_t len, int c, const char *letters,
			      char **argv)
{
	if (c == ':')
		snprintf(buf, len, "%.100s: its value is missing",
			 argv[optind - 1]);
	else if (optopt > ' ' && optopt < 127 && !strchr(letters, optopt))
		snprintf(buf, len, "-%c: unknown option", optopt);
	else
		snprintf(buf, len, "%.100s: unknown option", argv[optind - 1]);
}

/* 0 and *out, or -ERANGE and "NAME: 'TEXT': why". Decimal digits only. */
static inline int option_number(const char *name, const char *text, long min,
				long max, long *out, char *buf, size_t len)
{
	char *end;

	errno = 0;
	*out = strtol(text, &end, 10);
	if (text[0] >= '0' && text[0] <= '9' && !*end && !errno &&
	    *out >= min && *out <= max)
		return 0;
	snprintf(buf, len, "%s: '%.60s': not in %ld..%ld", name, text, min,
		 max);
	return -ERANGE;
}

#endif
