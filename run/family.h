/* SPDX-License-Identifier: MIT */
/* family.h - launchers whose command lines are known: where the program begins
 *
 * family.c has a table with one row for each family: a new launcher, or a new
 * option of one, is a row or a word there, and nothing elsewhere.
 */
#ifndef MANA_FAMILY_H
#define MANA_FAMILY_H

#include <stddef.h>

struct family;

/* How many words of the line an option takes, with its own: 1, 2 ..., or one
 * of these. */
enum family_option {
	FAMILY_UNKNOWN = -1,
	FAMILY_ELSEWHERE = -2, /* it names a file with the programs */
	FAMILY_END = -3,       /* "--": what follows is the program */
};

/*
 * The family of the launcher that the user calls so: by its name, by what its
 * name leads to, else by what it says of its version. NULL: it is none that is
 * known. *is_launcher: it starts ranks, known or not.
 */
const struct family *family_find(const char *name, int *is_launcher);
/* The same by the last part of a name alone; NULL: that does not tell. */
const struct family *family_named(const char *base);
/* By the text of --version. */
const struct family *family_of_version(const char *text);
const char *family_name(const struct family *f);
/* 1: it ends without a word when it gets SIGTERM while its ranks end. */
int family_ends_by_term(const struct family *f);
/* A variable that its environment is to have, and its value; NULL: none. */
const char *family_variable(const struct family *f, const char **value);
/* Options that have it use so many nodes, whatever options come before them, as
 * a format of (int ranks, int nodes, const char *list), with a space in front
 * of each; NULL: what it finds in its environment is enough. */
const char *family_nodes(const struct family *f);
/* 1: the option that argv begins with lets it start more ranks than there are
 * CPUs, or slots. */
int family_overcommits(const struct family *f, char *const *argv);
/* The option that argv, which has n words, begins with: how many of them are
 * its own. */
int family_option(const struct family *f, char *const *argv, int n);

#endif
