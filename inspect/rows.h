/* SPDX-License-Identifier: MIT */
/* rows.h - which ranks a timeline shows */
#ifndef MANA_ROWS_H
#define MANA_ROWS_H

#include <stddef.h>
#include "../common/manifest.h"

struct row {
	int rank; /* -1: a quantile */
	int labelled;
	char label[32];
	uint32_t took[PHASES];
};

struct rows {
	struct row *at;
	size_t n;
};

/* All ranks in their order, if there are no more than most; else quantiles of
 * all, and the 50 ranks that were busy for longest. 0 or -ENOMEM. */
int rows_make(struct rows *r, const struct manifest *m, uint32_t most);
void rows_free(struct rows *r);

#endif
