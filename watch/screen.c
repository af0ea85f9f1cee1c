/* SPDX-License-Identifier: MIT */
/* screen.c - the terminal as a screen, by ncurses */
#include <curses.h>
#include <errno.h>
#include <unistd.h>
#include "screen.h"

static SCREEN *screen;

int screen_open(void)
{
	if (!isatty(0) || !isatty(1))
		return -ENOTTY;
	screen = newterm(NULL, stdout, stdin);
	if (!screen)
		return -ENOTTY;
	cbreak();
	noecho();
	nodelay(stdscr, TRUE);
	keypad(stdscr, TRUE);
	set_escdelay(25);
	curs_set(0);
	return 0;
}

void screen_close(void)
{
	endwin();
	delscreen(screen);
}

void screen_size(struct layout *l)
{
	getmaxyx(stdscr, l->lines, l->columns);
}

void screen_draw(const struct layout *l, const struct view *v)
{
	static const attr_t how[] = { [LAYOUT_PLAIN] = A_NORMAL,
				      [LAYOUT_TITLE] = A_BOLD,
				      [LAYOUT_BAD] = A_BOLD,
				      [LAYOUT_FOOT] = A_REVERSE };
	char line[LAYOUT_WIDTH];
	int y;

	erase();
	for (y = 0; y < l->lines; y++) {
		attrset((int)how[layout_kind(l, v, y)]);
		mvaddstr(y, 0, layout_line(l, v, y, line));
	}
	attrset(A_NORMAL);
	refresh();
}

enum screen_key screen_key(void)
{
	static const struct {
		int key;
		enum screen_key means;
	} keys[] = {
		{ 'q', SCREEN_QUIT },	       { 'Q', SCREEN_QUIT },
		{ 's', SCREEN_ORDER },	       { 'S', SCREEN_ORDER_BACK },
		{ KEY_UP, SCREEN_LINE_UP },    { KEY_DOWN, SCREEN_LINE_DOWN },
		{ KEY_PPAGE, SCREEN_PAGE_UP }, { KEY_NPAGE, SCREEN_PAGE_DOWN },
		{ ' ', SCREEN_PAGE_DOWN },     { KEY_HOME, SCREEN_FIRST },
		{ KEY_END, SCREEN_LAST },      { 'c', SCREEN_CHECKPOINT },
		{ KEY_RESIZE, SCREEN_REDRAW },
	};
	size_t i;
	int c;

	while ((c = getch()) != ERR)
		for (i = 0; i < sizeof(keys) / sizeof(*keys); i++)
			if (keys[i].key == c)
				return keys[i].means;
	return SCREEN_NONE;
}
