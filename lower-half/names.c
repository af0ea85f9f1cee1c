/* SPDX-License-Identifier: MIT */
/* names.c - strings of a section, one after the other
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include "names.h"

int64_t names_add(struct names *s, const char *text)
{
	size_t len = strlen(text) + 1, at = s->n;

	if (s->n + len > s->cap) {
		size_t cap = 2 * s->cap + len + 4096;
		char *p = realloc(s->at, cap);

		if (!p)
			return -ENOMEM;
		s->at = p;
		s->cap = cap;
	}
	memcpy(s->at + at, text, len);
	s->n += len;
	return (int64_t)at;
}

int names_valid(const char *at, uint64_t len, uint64_t off)
{
	return len && off < len && !at[len - 1];
}
