/* SPDX-License-Identifier: MIT */
/* status.h - statuses: application <-> seam
 *
 * The error field is written only by calls that return MPI_ERR_IN_STATUS, so it
 * is not copied here. A status nobody wrote keeps its mark and is not copied.
 */
#ifndef MANA_FRONT_STATUS_H
#define MANA_FRONT_STATUS_H

#define STATUS_UNSET INT32_MIN

static inline void unset_status(struct seam_status *s)
{
	s->source = STATUS_UNSET;
}

static inline void in_status(struct seam_status *s, const MPI_Status *app)
{
	uint64_t n = status_bytes(app);

	s->source = seam_rank(app->MPI_SOURCE);
	s->tag = seam_tag(app->MPI_TAG);
	s->error = seam_errcode(app->MPI_ERROR);
	s->internal[0] = (int)(uint32_t)n;
	s->internal[1] = (int)(uint32_t)(n >> 32);
	s->internal[2] = status_cancelled(app);
}

static inline void out_status(MPI_Status *app, const struct seam_status *s)
{
	app->MPI_SOURCE = real_rank(s->source);
	app->MPI_TAG = real_tag(s->tag);
	status_set(app,
		   (uint32_t)s->internal[0] | (uint64_t)(uint32_t)s->internal[1]
						      << 32,
		   s->internal[2]);
}

/* After a call with a status argument that may be ignored. */
static inline void put_status(MPI_Status *app, const struct seam_status *s)
{
	if (app != MPI_STATUS_IGNORE && s->source != STATUS_UNSET)
		out_status(app, s);
}

#endif
