/* SPDX-License-Identifier: MIT */
/* option.h - command lines, alike in all programs
 *
 * getopt_long(3) is called with opterr 0 and a ':' at the start of the letters.
 */
#ifndef MANA_OPTION_H
#define MANA_OPTION_H

#include <getopt.h>
#include <stddef.h>

#define OPTION_TEXT	   192	     /* room for what is said below */
#define OPTION_SECONDS_MAX (1 << 30) /* of -i and of all limits */
#define OPTION_KEEP_MAX	   (1 << 20)
#define OPTION_LEVEL_MAX   19

/* What all programs have, at the end of their tables for getopt_long; they have
 * the letters h and V, too. */
#define OPTION_TRUST 4096
#define OPTION_COMMON                                                          \
	{ "trust-owner", required_argument, NULL, OPTION_TRUST },              \
		{ "help", no_argument, NULL, 'h' },                            \
		{ "version", no_argument, NULL, 'V' },                         \
	{                                                                      \
		NULL, 0, NULL, 0                                               \
	}

struct option_program {
	const char *name;     /* as its user called it */
	const char *letters;  /* for getopt_long */
	const char *help;     /* where to look: "--help", or with its name */
	const char *usage[2]; /* what --help prints, in one or two texts */
	/* Says one line, with the name before it, and ends the program. NULL:
	 * option_die. */
	void (*refuse)(const struct option_program *p, const char *why);
};

/* "NAME: WHY" on stderr, and the exit code EXIT_REFUSED. */
void option_die(const char *name, const char *why) __attribute__((noreturn));

/* Does what an option of OPTION_COMMON says, and refuses any other. c is what
 * getopt_long returned. */
void option_common(const struct option_program *p, int c, char **argv);
/* The value of option name, refused when it is not min..max. Decimal digits
 * only. */
long option_long(const struct option_program *p, const char *name,
		 const char *text, long min, long max);
/* Refuses with one sentence, and says where the help is. */
void option_refuse(const struct option_program *p, const char *fmt, ...)
	__attribute__((noreturn, format(printf, 2, 3)));
/* 0 and *out, or -ERANGE and "NAME: 'TEXT': why". */
int option_number(const char *name, const char *text, long min, long max,
		  long *out, char *buf, size_t len);

#endif
