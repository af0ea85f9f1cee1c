/* SPDX-License-Identifier: MIT */
/* watch.c - a job's status on the whole screen
 *
 * One request is on its way at a time; keys are heard while the coordinator is
 * silent.
 */
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include "../common/monotonic.h"
#include "../common/text.h"
#include "screen.h"
#include "watch.h"

#define SEND_MS	   1000
#define SILENT_MS  3000	 /* then the user is told */
#define MESSAGE_MS 10000 /* how long an answer to a key stays */

struct watcher {
	struct wire_conn *c;
	struct view view;
	struct layout layout;
	int64_t every, due;   /* ms */
	enum wire_verb asked; /* 0: nothing is */
	int64_t asked_at;
	int answered;	/* once */
	int checkpoint; /* to be asked for */
	int quit;
	char message[128];
	int64_t message_end; /* 0: there is none */
};

static void say(struct watcher *w, int64_t now, const char *text)
{
	text_copy(w->message, sizeof(w->message), text);
	w->message_end = now + MESSAGE_MS;
}

static int ask(struct watcher *w, int64_t now)
{
	struct wire_request q = { .verb = VERB_STATUS, .arg = STATUS_JSON };

	if (w->asked || (now < w->due && !w->checkpoint))
		return 0;
	if (w->checkpoint)
		q = (struct wire_request){ .verb = VERB_CHECKPOINT };
	else
		w->due = now + w->every;
	w->checkpoint = 0;
	w->asked = q.verb;
	w->asked_at = now;
	return wire_send(w->c, WIRE_REQUEST, &q, SEND_MS);
}

/* 0, or -errno: the connection is of no use any more. */
static int receive(struct watcher *w, int64_t now)
{
	struct wire_msg m;
	int rc = wire_recv(w->c, &m, 0);

	if (rc)
		return rc == -ETIMEDOUT ? 0 : rc;
	if (m.type != WIRE_REPLY)
		return -EPROTO;
	if (w->asked == VERB_CHECKPOINT) {
		say(w, now, m.u.reply.text);
		w->due = now; /* let it be seen at once */
	} else if (!m.u.reply.code) {
		rc = view_parse(&w->view, m.u.reply.text);
	}
	w->asked = 0;
	w->answered = 1;
	view_sort(&w->view, w->layout.order);
	return rc;
}

static void order(struct watcher *w, int by)
{
	w->layout.order =
		(enum view_order)(((int)w->layout.order + by) % ORDERS);
	w->layout.top = 0;
	view_sort(&w->view, w->layout.order);
}

static void on_key(struct watcher *w, enum screen_key key, int64_t now)
{
	int64_t page = layout_rows(&w->layout);

	switch (key) {
	case SCREEN_QUIT:
		w->quit = 1;
		break;
	case SCREEN_ORDER:
		order(w, 1);
		break;
	case SCREEN_ORDER_BACK:
		order(w, ORDERS - 1);
		break;
	case SCREEN_LINE_UP:
	case SCREEN_LINE_DOWN:
		layout_move(&w->layout, &w->view,
			    key == SCREEN_LINE_UP ? -1 : 1);
		break;
	case SCREEN_PAGE_UP:
	case SCREEN_PAGE_DOWN:
		layout_move(&w->layout, &w->view,
			    key == SCREEN_PAGE_UP ? -page : page);
		break;
	case SCREEN_FIRST:
	case SCREEN_LAST:
		layout_move(&w->layout, &w->view,
			    key == SCREEN_FIRST ? -(int64_t)w->view.n :
						  (int64_t)w->view.n);
		break;
	case SCREEN_CHECKPOINT:
		w->checkpoint = 1;
		say(w, now, "a checkpoint is asked for");
		break;
	default:
		break;
	}
}

static void draw(struct watcher *w, int64_t now)
{
	char silent[64];

	screen_size(&w->layout);
	layout_move(&w->layout, &w->view, 0);
	if (now >= w->message_end)
		w->message_end = 0;
	w->layout.message = w->message_end ? w->message : NULL;
	if (w->asked && now - w->asked_at > SILENT_MS) {
		snprintf(silent, sizeof(silent),
			 "the coordinator has not answered for %lld s",
			 (long long)(now - w->asked_at) / 1000);
		w->layout.message = silent;
	}
	if (w->answered || w->layout.message)
		screen_draw(&w->layout, &w->view);
}

/* Until a key, an answer, or the next request is due; a resized terminal is a
 * signal. A terminal that is gone is the end. */
static void wait_for_any(struct watcher *w)
{
	struct pollfd p[] = { { .fd = 0, .events = POLLIN },
			      { .fd = w->c->fd, .events = POLLIN } };
	int64_t left = w->asked ? 1000 : w->due - monotonic_ms();

	poll(p, 2, left < 0 ? 0 : left > 1000 ? 1000 : (int)left);
	w->quit |= (p[0].revents & (POLLHUP | POLLERR | POLLNVAL)) != 0;
}

static int run(struct watcher *w)
{
	enum screen_key key;
	int rc = 0;

	while (!rc && !w->quit) {
		rc = ask(w, monotonic_ms());
		draw(w, monotonic_ms());
		wait_for_any(w);
		while ((key = screen_key()) != SCREEN_NONE)
			on_key(w, key, monotonic_ms());
		if (!rc)
			rc = receive(w, monotonic_ms());
	}
	return rc;
}

int watch(struct wire_conn *c, int seconds)
{
	struct watcher w = { .c = c, .every = seconds * 1000LL };
	int rc = screen_open();

	if (rc)
		return rc;
	rc = run(&w);
	screen_close();
	view_fini(&w.view);
	return rc;
}
