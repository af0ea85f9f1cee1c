/* SPDX-License-Identifier: MIT */
/* svg.c - text from outside, in an XML file */
#include <string.h>
#include "../common/text.h"
#include "svg.h"

void svg_text(FILE *f, const char *s)
{
	char clean[4400];

	for (s = text_copy(clean, sizeof(clean), s); *s; s++)
		if (strchr("<>&\"", *s))
			fprintf(f, "&#%d;", *s);
		else
			fputc(*s, f);
}
