/* SPDX-License-Identifier: MIT */
/* screen.h - the terminal as a screen, by ncurses */
#ifndef MANA_SCREEN_H
#define MANA_SCREEN_H

#include "layout.h"

enum screen_key {
	SCREEN_NONE,
	SCREEN_QUIT,
	SCREEN_ORDER, /* the next one */
	SCREEN_ORDER_BACK,
	SCREEN_LINE_UP,
	SCREEN_LINE_DOWN,
	SCREEN_PAGE_UP,
	SCREEN_PAGE_DOWN,
	SCREEN_FIRST,
	SCREEN_LAST,
	SCREEN_CHECKPOINT,
	SCREEN_REDRAW, /* the terminal's size is another */
};

/* 0, -ENOTTY: there is no terminal that can be drawn on. */
int screen_open(void);
void screen_close(void);
/* Sets the layout's size. */
void screen_size(struct layout *l);
void screen_draw(const struct layout *l, const struct view *v);
/* Does not wait. */
enum screen_key screen_key(void);

#endif
