/* SPDX-License-Identifier: MIT */
/* phases.h - what the ranks of a generation took for each phase, summed up */
#ifndef MANA_PHASES_H
#define MANA_PHASES_H

#include <jansson.h>
#include "../common/manifest.h"

/* Of one phase over all ranks, in ms. */
struct phase_stat {
	uint32_t min, median, q90, q99, max;
	uint32_t slowest; /* a rank that took max */
};

/* All are for a manifest with phases. 0 or -ENOMEM. */
int phases_stat(const struct manifest *m, enum manifest_phase phase,
		struct phase_stat *s);
/* What so many of 1000 ranks did not take longer than. took ascends. */
uint32_t phases_quantile(const uint32_t *took, uint32_t n, uint32_t of_1000);
/* All ranks' times of a phase, ascending; for free. NULL: out of memory. */
uint32_t *phases_sorted(const struct manifest *m, enum manifest_phase phase);
/* How long a rank was busy in the round: without its waits for the others. */
uint64_t phases_busy(const struct manifest *m, uint32_t rank);
/* All ranks, those that were busy for longest first; for free. NULL: out of
 * memory. */
uint32_t *phases_slowest(const struct manifest *m);
/* The report's member "phases". */
json_t *phases_json(const struct manifest *m);

#endif
