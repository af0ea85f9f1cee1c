/* SPDX-License-Identifier: MIT */
/* svg.h - text from outside, in an XML file */
#ifndef MANA_SVG_H
#define MANA_SVG_H

#include <stdio.h>

/* Writes the text so that it is nothing but text, whatever it holds. */
void svg_text(FILE *f, const char *s);

#endif
