/* SPDX-License-Identifier: MIT */
/* text.c - text from outside, before it comes to a terminal or a log */
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include "text.h"

/* How many bytes the character at p has by its first one; 0: none begins so. */
static int length(unsigned char first)
{
	if (first < 0x80)
		return 1;
	if (first >= 0xc2 && first <= 0xdf)
		return 2;
	if ((first & 0xf0) == 0xe0)
		return 3;
	return first >= 0xf0 && first <= 0xf4 ? 4 : 0;
}

/* Bytes of the well-formed printable character at p; 0: there is none. */
static int printable(const unsigned char *p)
{
	static const uint32_t least[] = { 0, 0, 0xa0, 0x800, 0x10000 };
	int n = length(*p), i;
	uint32_t c = n == 1 ? *p : *p & (0x7f >> n);

	for (i = 1; i < n; i++) {
		if ((p[i] & 0xc0) != 0x80)
			return 0;
		c = c << 6 | (p[i] & 0x3f);
	}
	if (n == 1)
		return c >= 0x20 && c != 0x7f;
	if (n == 0 || c < least[n] || c > 0x10ffff ||
	    (c >= 0xd800 && c <= 0xdfff))
		return 0;
	return n;
}

static char *clean(char *s, const char *kept)
{
	unsigned char *p = (unsigned char *)s;
	int n;

	while (*p) {
		n = strchr(kept, *p) ? 1 : printable(p);
		if (!n)
			*p = '?';
		p += n ? n : 1;
	}
	return s;
}

char *text_clean(char *s)
{
	return clean(s, "");
}

char *text_clean_lines(char *s)
{
	return clean(s, "\n\t");
}

char *text_copy(char *to, size_t len, const char *from)
{
	snprintf(to, len, "%s", from);
	return text_clean(to);
}
