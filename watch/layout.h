/* SPDX-License-Identifier: MIT */
/* layout.h - a view as the lines of a screen of any size
 *
 * Pure: what is drawn follows from the arguments. Only lines that are visible
 * are made, however many ranks there are.
 */
#ifndef MANA_LAYOUT_H
#define MANA_LAYOUT_H

#include "view.h"

#define LAYOUT_WIDTH 256 /* of a line at most, with its NUL */
#define LAYOUT_HEAD  7	 /* lines above the ranks, the table's head included */

struct layout {
	int lines, columns; /* of the screen */
	uint32_t top;	    /* the first rank of the table that is shown */
	enum view_order order;
	const char *message; /* in place of the help; NULL: none */
};

enum layout_kind { LAYOUT_PLAIN, LAYOUT_TITLE, LAYOUT_BAD, LAYOUT_FOOT };

/* Line y from 0; shorter than columns. Returns buf. */
char *layout_line(const struct layout *l, const struct view *v, int y,
		  char buf[LAYOUT_WIDTH]);
enum layout_kind layout_kind(const struct layout *l, const struct view *v,
			     int y);
/* How many ranks there is room for; at least 1. */
uint32_t layout_rows(const struct layout *l);
/* Moves the table by so many ranks, no further than to its ends. */
void layout_move(struct layout *l, const struct view *v, int64_t by);

#endif
