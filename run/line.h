/* SPDX-License-Identifier: MIT */
/* line.h - the user's line, and what it becomes: mana_launch's, mana_restart's
 *
 *     mpirun -n 8 ./app args
 *     mpirun -n 8 mana_launch OPTIONS ./app args
 *     mpirun -n 8 mana_restart OPTIONS
 *
 * Several programs with ':' between them are as many parts.
 */
#ifndef MANA_LINE_H
#define MANA_LINE_H

#include "family.h"

struct line_part {
	int program; /* where it begins in the words */
	int end;     /* where the next part's ':' is, or the end */
};

struct line {
	char *const *words; /* the user's, n of them */
	int n;
	const struct family *family; /* NULL: there is no launcher */
	struct line_part *parts;
	int n_parts;
};

/*
 * program: which word is the program, the first being 1; 0: to be found out. 0,
 * or -errno and one sentence. For line_fini.
 */
int line_parse(struct line *l, char *const *words, int n, int program,
	       char *err, size_t errlen);
/* The same for a launcher of a known family; NULL: there is none. */
int line_parse_as(struct line *l, const struct family *f, char *const *words,
		  int n, char *err, size_t errlen);
void line_fini(struct line *l);

/*
 * The new words, ending with NULL, for free(3); the words themselves are l's
 * and the others'. put comes in front of each program or, replacing it, in its
 * place; options, of the launcher, behind its own. NULL: no memory.
 */
char **line_with(const struct line *l, char *const *options, char *const *put,
		 int replacing);
/* 1: it lets the launcher start more ranks than there are CPUs. */
int line_overcommits(const struct line *l);
/* As a shell would take it: for free(3), NULL: no memory. */
char *line_quoted(char *const *words);

#endif
