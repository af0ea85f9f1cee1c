/* SPDX-License-Identifier: MIT */
/* line.c - the user's line, and what it becomes */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "../common/last_part.h"
#include "line.h"

static int refuse(char *err, size_t errlen, const char *word, const char *why)
{
	snprintf(err, errlen, "%.200s: %s", word, why);
	return -EINVAL;
}

static int add_part(struct line *l, int program, int end, char *err,
		    size_t errlen)
{
	const char *base = last_part(l->words[program]);

	if (!strncmp(base, "mana_", 5))
		return refuse(err, errlen, base,
			      "mana_run puts mana_launch and mana_restart in "
			      "by itself: leave it out");
	l->parts[l->n_parts].program = program;
	l->parts[l->n_parts++].end = end;
	return 0;
}

static int refuse_option(const struct line *l, const char *word, int what,
			 char *err, size_t errlen)
{
	char why[256];

	if (what == FAMILY_ELSEWHERE)
		return refuse(err, errlen, word,
			      "it names a file with the programs, which "
			      "mana_run does not read: name them in the line, "
			      "with ':' between them");
	snprintf(why, sizeof(why),
		 "not an option of %s that mana_run knows: say which word of "
		 "the line is the program with --program N (%s is 1)",
		 family_name(l->family), last_part(l->words[0]));
	return refuse(err, errlen, word, why);
}

/* Where the program is that begins at or after word i; -errno. */
static int find_program(const struct line *l, int i, char *err, size_t errlen)
{
	int n;

	while (i < l->n && l->words[i][0] == '-') {
		n = family_option(l->family, l->words + i, l->n - i);
		if (n == FAMILY_END)
			return i + 1;
		if (n < 0)
			return refuse_option(l, l->words[i], n, err, errlen);
		i += n;
	}
	return i;
}

static int end_of_part(const struct line *l, int i)
{
	while (i < l->n && strcmp(l->words[i], ":"))
		i++;
	return i;
}

static int parse_parts(struct line *l, char *err, size_t errlen)
{
	int i, program, rc;

	for (i = 1;; i++) {
		program = find_program(l, i, err, errlen);
		if (program < 0)
			return program;
		if (program >= l->n || !strcmp(l->words[program], ":"))
			return refuse(err, errlen, last_part(l->words[0]),
				      "there is no program in its line: name "
				      "it behind the options");
		i = end_of_part(l, program);
		rc = add_part(l, program, i, err, errlen);
		if (rc || i >= l->n)
			return rc;
	}
}

static int begin(struct line *l, char *const *words, int n, char *err,
		 size_t errlen)
{
	memset(l, 0, sizeof(*l));
	l->words = words;
	l->n = n;
	l->parts = calloc((size_t)n + 1, sizeof(*l->parts));
	return l->parts ? 0 : refuse(err, errlen, words[0], "out of memory");
}

int line_parse_as(struct line *l, const struct family *f, char *const *words,
		  int n, char *err, size_t errlen)
{
	int rc = begin(l, words, n, err, errlen);

	l->family = f;
	if (rc)
		return rc;
	return f ? parse_parts(l, err, errlen) : add_part(l, 0, n, err, errlen);
}

int line_parse(struct line *l, char *const *words, int n, int program,
	       char *err, size_t errlen)
{
	int is_launcher, rc;
	const struct family *f = family_find(words[0], &is_launcher);

	if (!program && is_launcher && !f)
		return refuse(err, errlen, words[0],
			      "a launcher whose options mana_run does not "
			      "know: say which word of the line is the program "
			      "with --program N (the launcher is 1)");
	if (!program)
		return line_parse_as(l, f, words, n, err, errlen);
	if (program > n)
		return refuse(err, errlen, "--program",
			      "the line has not so many words");
	rc = begin(l, words, n, err, errlen);
	l->family = f;
	return rc ? rc : add_part(l, program - 1, n, err, errlen);
}

void line_fini(struct line *l)
{
	free(l->parts);
	memset(l, 0, sizeof(*l));
}

static int count(char *const *words)
{
	int n = 0;

	while (words[n])
		n++;
	return n;
}

/* Where the launcher's options end: at the program, or at a "--" before it. */
static int options_end(const struct line *l, int program)
{
	return program && !strcmp(l->words[program - 1], "--") ? program - 1 :
								 program;
}

static size_t add(char **v, size_t n, char *const *words)
{
	while (*words)
		v[n++] = *words++;
	return n;
}

char **line_with(const struct line *l, char *const *options, char *const *put,
		 int replacing)
{
	size_t size =
		(size_t)l->n +
		(size_t)l->n_parts * (size_t)(count(put) + count(options));
	size_t n = 0;
	char **v = calloc(size + 1, sizeof(*v));
	int i, end, at = 0;

	for (i = 0; v && i < l->n_parts; i++) {
		end = options_end(l, l->parts[i].program);
		while (at < end)
			v[n++] = l->words[at++];
		n = add(v, n, options);
		while (at < l->parts[i].program)
			v[n++] = l->words[at++];
		n = add(v, n, put);
		if (replacing)
			at = l->parts[i].end;
	}
	while (v && at < l->n)
		v[n++] = l->words[at++];
	return v;
}

int line_overcommits(const struct line *l)
{
	int i, n;

	for (i = 1; l->family && i < l->parts[0].program; i += n) {
		n = family_option(l->family, l->words + i, l->n - i);
		if (n < 0)
			return 0;
		if (family_overcommits(l->family, l->words + i))
			return 1;
	}
	return 0;
}

static int is_plain(const char *word)
{
	return *word && !word[strspn(word, "abcdefghijklmnopqrstuvwxyz"
					   "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
					   "0123456789_-+=./:,@%^")];
}

static void quote(FILE *f, const char *word)
{
	if (is_plain(word)) {
		fputs(word, f);
		return;
	}
	fputc('\'', f);
	for (; *word; word++)
		if (*word == '\'')
			fputs("'\\''", f);
		else
			fputc(*word, f);
	fputc('\'', f);
}

char *line_quoted(char *const *words)
{
	char *out = NULL;
	size_t len;
	int i;
	FILE *f = open_memstream(&out, &len);

	if (!f)
		return NULL;
	for (i = 0; words[i]; i++) {
		if (i)
			fputc(' ', f);
		quote(f, words[i]);
	}
	return fclose(f) ? NULL : out;
}
