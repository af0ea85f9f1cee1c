/* SPDX-License-Identifier: MIT */
/* view.h - what a coordinator has answered, for a table
 *
 * All texts are printable ASCII of a bounded length, so a byte is a column.
 */
#ifndef MANA_VIEW_H
#define MANA_VIEW_H

#include <jansson.h>
#include "../common/live.h"

enum view_state { /* the worst last */
		  VIEW_RUNNING,
		  VIEW_FINISHING,
		  VIEW_ENDED,
		  VIEW_EXPECTED,
		  VIEW_WAITED, /* the checkpoint waits for it */
		  VIEW_GONE,
};

struct view_rank {
	uint32_t rank, pid;
	enum view_state state;
	uint64_t memory, image; /* bytes, 0: not known */
	char host[24];
	char phase[96];
};

struct view {
	char job[40], program[40], mpi[40], ckptdir[256], failed[256];
	uint32_t size, connected; /* size 0: no job */
	double seconds;		  /* of the job */
	uint32_t interval;	  /* s; 0: none */
	double next;		  /* s until the next checkpoint; < 0: none */
	uint64_t last;		  /* generation; 0: none */
	uint64_t last_bytes;
	double last_age, last_seconds; /* age < 0: not known */
	int on;			       /* now tells of something on its way */
	struct live_progress now;
	struct view_rank *ranks;
	uint32_t n; /* of them: fewer than size when they are too many */
};

/* v is zeroed, or of an earlier answer, which it takes the place of. 0,
 * -EINVAL: not a coordinator's, -ENOMEM. */
int view_parse(struct view *v, const char *text);
void view_fini(struct view *v);
const char *view_state_name(enum view_state state);

enum view_order { ORDER_WORST, ORDER_RANK, ORDER_HOST, ORDER_MEMORY, ORDERS };

const char *view_order_name(enum view_order order);
/* n log n; equal ones by rank. */
void view_sort(struct view *v, enum view_order order);

#endif
