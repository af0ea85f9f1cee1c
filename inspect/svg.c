/* SPDX-License-Identifier: MIT */
/* svg.c - text from outside, in an XML file */
#include <stdlib.h>
#include "../common/text.h"
#include "svg.h"

void svg_text(FILE *f, const char *s)
{
	char clean[4400];

	for (s = text_copy(clean, sizeof(clean), s); *s; s++) {
		switch (*s) {
		case '<':
			fputs("&lt;", f);
			break;
		case '>':
			fputs("&gt;", f);
			break;
		case '&':
			fputs("&amp;", f);
			break;
		case '"':
			fputs("&quot;", f);
			break;
		default:
			fputc(*s, f);
		}
	}
}
