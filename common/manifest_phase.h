/* SPDX-License-Identifier: MIT */
/* manifest_phase.h - what a manifest says of the phases of each rank */
#ifndef MANA_MANIFEST_PHASE_H
#define MANA_MANIFEST_PHASE_H

#include <jansson.h>
#include "manifest.h"

/* The manifest's member "phases"; NULL: out of memory. */
json_t *manifest_phase_json(const struct manifest *m);
/* Takes them from it, NULL when there is none; m->phases says if they are
 * sound. */
void manifest_phase_read(struct manifest *m, const json_t *o);

#endif
