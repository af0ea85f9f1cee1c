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
	uint64_t n = native_bytes(app);

	s->source = seam_rank(app->MPI_SOURCE);
	s->tag = seam_tag(app->MPI_TAG);
	s->error = seam_errcode(app->MPI_ERROR);
	s->internal[0] = (int)(uint32_t)n;
	s->internal[1] = (int)(uint32_t)(n >> 32);
	s->internal[2] = native_cancelled(app);
}

static inline void out_status(MPI_Status *app, const struct seam_status *s)
{
	app->MPI_SOURCE = real_rank(s->source);
	app->MPI_TAG = real_tag(s->tag);
	native_set_bytes(app,
			 (uint32_t)s->internal[0] |
				 (uint64_t)(uint32_t)s->internal[1] << 32,
			 !!s->internal[2]);
}

/* Not a status: NULL, where that does not mean to ignore it. */
static inline int no_status(const MPI_Status *app)
{
	return __builtin_expect(MPI_STATUS_IGNORE != NULL && app == NULL, 0);
}

/* One that can be looked into. */
static inline int right_status(const MPI_Status *app)
{
	return __builtin_expect(app != NULL && app != MPI_STATUS_IGNORE, 1);
}

static inline void given_status(struct seam_status *s, const MPI_Status *app)
{
	if (right_status(app))
		in_status(s, app);
}

static inline int same_status(const struct seam_status *a,
			      const struct seam_status *b)
{
	return a->source == b->source && a->tag == b->tag &&
	       a->error == b->error && a->internal[0] == b->internal[0] &&
	       a->internal[1] == b->internal[1] &&
	       a->internal[2] == b->internal[2];
}

/* For calls that write some fields only, the error as well. */
static inline void all_status(struct seam_status *s, const MPI_Status *app)
{
	if (right_status(app))
		in_status(s, app);
}

static inline void back_status(MPI_Status *app, const struct seam_status *s)
{
	struct seam_status was;

	if (!right_status(app))
		return;
	in_status(&was, app);
	if (same_status(&was, s))
		return;
	out_status(app, s);
	app->MPI_ERROR = real_errcode(s->error);
}

/* After a call with a status argument that may be ignored. */
static inline void put_status(MPI_Status *app, const struct seam_status *s)
{
	if (app != MPI_STATUS_IGNORE && s->source != STATUS_UNSET)
		out_status(app, s);
}

static inline void put_status_and_error(MPI_Status *app,
					const struct seam_status *s)
{
	put_status(app, s);
#ifdef MPICH_VERSION
	if (app != MPI_STATUS_IGNORE && s->source != STATUS_UNSET)
		app->MPI_ERROR = MPI_SUCCESS;
#endif
}

#endif
