/* SPDX-License-Identifier: MIT */
/* option.c - command lines, alike in all programs */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "exit_code.h"
#include "option.h"
#include "text.h"
#include "trust.h"
#include "wire.h"

#ifndef MANA_VERSION_TEXT
#define MANA_VERSION_TEXT "0.1"
#endif

void option_die(const char *name, const char *why)
{
	char text[2 * WIRE_TEXT];

	fprintf(stderr, "%s: %s\n", name, text_copy(text, sizeof(text), why));
	exit(EXIT_REFUSED);
}

void option_refuse(const struct option_program *p, const char *fmt, ...)
{
	char what[1024], why[sizeof(what) + 64];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(what, sizeof(what), fmt, ap);
	va_end(ap);
	snprintf(why, sizeof(why), "%s: see %s", what, p->help);
	if (p->refuse)
		p->refuse(p, why);
	option_die(p->name, why);
}

int option_number(const char *name, const char *text, long min, long max,
		  long *out, char *buf, size_t len)
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

long option_long(const struct option_program *p, const char *name,
		 const char *text, long min, long max)
{
	char why[OPTION_TEXT];
	long n;

	if (option_number(name, text, min, max, &n, why, sizeof(why)))
		option_refuse(p, "%s", why);
	return n;
}

static void __attribute__((noreturn)) help(const struct option_program *p)
{
	fputs(p->usage[0], stdout);
	if (p->usage[1])
		fputs(p->usage[1], stdout);
	exit(EXIT_DONE);
}

static void __attribute__((noreturn)) version(const struct option_program *p)
{
	printf("%s %s\n", p->name, MANA_VERSION_TEXT);
	exit(EXIT_DONE);
}

static void __attribute__((noreturn))
refuse_unknown(const struct option_program *p, int c, char **argv)
{
	if (c == ':')
		option_refuse(p, "%.100s: its value is missing",
			      argv[optind - 1]);
	else if (optopt > ' ' && optopt < 127 && !strchr(p->letters, optopt))
		option_refuse(p, "-%c: unknown option", optopt);
	else
		option_refuse(p, "%.100s: unknown option", argv[optind - 1]);
}

void option_common(const struct option_program *p, int c, char **argv)
{
	switch (c) {
	case 'h':
		help(p);
	case 'V':
		version(p);
	case OPTION_TRUST:
		if (trust_add(optarg))
			option_refuse(p, "--trust-owner: no such user: %.100s",
				      optarg);
		break;
	default:
		refuse_unknown(p, c, argv);
	}
}
