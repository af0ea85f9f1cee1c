/* SPDX-License-Identifier: MIT */
/* option.h - what to say of an option that getopt_long(3) did not take
 *
 * With opterr 0 and a ':' at the start of the letters.
 */
#ifndef MANA_OPTION_H
#define MANA_OPTION_H

#include <getopt.h>
#include <stdio.h>
#include <string.h>

/* "WHAT: why". c: what getopt_long returned, '?' or ':'. */
static inline void option_bad(char *buf, size_t len, int c,
			      const char *letters, char **argv)
{
	if (c == ':')
		snprintf(buf, len, "%.100s: its value is missing",
			 argv[optind - 1]);
	else if (optopt > ' ' && optopt < 127 && !strchr(letters, optopt))
		snprintf(buf, len, "-%c: unknown option", optopt);
	else
		snprintf(buf, len, "%.100s: unknown option", argv[optind - 1]);
}

#endif
