/* SPDX-License-Identifier: MIT */
/* timeline.h - a generation's phases as a picture */
#ifndef MANA_TIMELINE_H
#define MANA_TIMELINE_H

#include <stdio.h>
#include "../common/manifest.h"

#define TIMELINE_RANKS 200 /* of more the slowest are shown, and quantiles */

/* Writes an SVG: a row for each rank, a bar for each phase, by the time from
 * the request. The manifest has phases. 0 or -errno. */
int timeline_write(FILE *f, const struct manifest *m);

#endif
