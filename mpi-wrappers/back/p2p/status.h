/* SPDX-License-Identifier: MIT */
/* status.h - statuses, ranks and tags: native <-> seam
 *
 * Fields are read directly: MPI offers no call that moves a byte count from
 * one library's status to another's. seam_status.internal: [0..1] number of
 * bytes, [2] cancelled. The error field is left as it is: natively only calls
 * that return MPI_ERR_IN_STATUS write it.
 */
#ifndef MANA_BACK_STATUS_H
#define MANA_BACK_STATUS_H

#include <string.h>
#include "../core/native.h"
#include "../../conv.h"

static inline uint64_t status_bytes(const struct seam_status *s)
{
	uint64_t n;

	memcpy(&n, s->internal, sizeof(n));
	return n;
}

static inline void status_set_bytes(struct seam_status *s, uint64_t n)
{
	memcpy(s->internal, &n, sizeof(n));
}

static inline void status_set(struct seam_status *s, int source, int tag,
			      uint64_t bytes)
{
	s->source = source;
	s->tag = tag;
	status_set_bytes(s, bytes);
	s->internal[2] = 0;
}

/* A request that is null or inactive gives this status. */
static inline void status_empty(struct seam_status *s)
{
	status_set(s, SEAM_ANY_SOURCE, SEAM_ANY_TAG, 0);
}

static inline void status_from_native(struct seam_status *s,
				      const MPI_Status *n)
{
	s->source = seam_rank(n->MPI_SOURCE);
	s->tag = seam_tag(n->MPI_TAG);
	status_set_bytes(s, native_bytes(n));
	s->internal[2] = native_cancelled(n);
}

/* s may be SEAM_STATUS_IGNORE. */
static inline void status_copy(struct seam_status *s,
			       const struct seam_status *from)
{
	if (!s)
		return;
	s->source = from->source;
	s->tag = from->tag;
	memcpy(s->internal, from->internal, sizeof(s->internal));
}

void status_to_native(MPI_Status *n, const struct seam_status *s);
/* The same after a call that has written to n what it wanted to, and its
 * error, too. */
void status_back(struct seam_status *s, const MPI_Status *n);

#endif
