/* SPDX-License-Identifier: MIT */
/* rebuild.c - a fresh MPI library gets every live object of the image again
 *
 * Communicators are made with MPI_Comm_create_group, which only the members
 * call, in ascending order of identity: a total order that all ranks share,
 * so the first in it among those not yet made can always be completed, however
 * communicators overlap. Freed by one is freed by all (grave.h); one that some
 * member lacks all the same could never be completed, and is left without a
 * native handle.
 * Datatypes are on their live list in order of creation: parts before wholes.
 */
#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include "../../common/lower.h"
#include "closed.h"
#include "comm.h"
#include "op.h"
#include "request.h"
#include "told.h"
#include "tool.h"
#include "type.h"

struct id {
	uint64_t w[2];
};

struct work {
	struct desc_comm **mine; /* to be made, ascending identity */
	int n;
	struct id *all; /* identities announced by all ranks, sorted */
	size_t n_all;
};

static int id_order(const void *a, const void *b)
{
	return memcmp(a, b, sizeof(struct id));
}

static int comm_order(const void *a, const void *b)
{
	return id_order((*(struct desc_comm *const *)a)->id,
			(*(struct desc_comm *const *)b)->id);
}

/* native: an MPI error code, 0 for none known. Returns -EIO. */
static int rebuild_error(const char *kind, const struct desc *d, int native)
{
	char text[SEAM_MAX_ERROR_STRING] = "it is not usable here";

	if (native)
		err_string(native, text);
	text[strcspn(text, "\n")] = 0;
	half_error("mana_restart: %s made by %s: cannot be made again: %s: "
		   "restart with the MPI library of the checkpoint",
		   kind, d->what[0] ? d->what : "the application", text);
	return -EIO;
}

static int is_single(const struct desc_comm *c)
{
	return c->size == 1 && !c->remote_size;
}

/* Which of the live descriptors are communicators to make. */
static int comms_list(struct work *w)
{
	struct desc_comm *c;
	struct desc *d;
	int n = 0;

	for (d = KEEP_MPI->live[DESC_COMM]; d; d = d->next)
		n++;
	w->mine = malloc((n + 1) * sizeof(*w->mine));
	if (!w->mine)
		return -ENOMEM;
	for (d = KEEP_MPI->live[DESC_COMM]; d; d = d->next) {
		c = (struct desc_comm *)d;
		if ((uintptr_t)d->seam < 0x1000)
			continue;
		d->real = 0;
		if (c->clock_only)
			continue; /* a freed one may be held by requests */
		if (c->outside)
			return rebuild_error("a communicator", d, 0);
		w->mine[w->n++] = c;
	}
	qsort(w->mine, w->n, sizeof(*w->mine), comm_order);
	return 0;
}

/* Everybody's identities, but for communicators of one rank. */
static int comms_announce(struct work *w)
{
	int size = KEEP_MPI->size, n = 0, i, rc = 0;
	int *counts = malloc(2 * (size_t)size * sizeof(int));
	struct id *ids = malloc((w->n + 1) * sizeof(*ids));
	size_t total = 0;

	if (!counts || !ids) {
		rc = -ENOMEM;
		goto out;
	}
	for (i = 0; i < w->n; i++)
		if (!is_single(w->mine[i]))
			memcpy(&ids[n++], w->mine[i]->id, sizeof(*ids));
	n *= 2;
	if (MPI_Allgather(&n, 1, MPI_INT, counts, 1, MPI_INT, MPI_COMM_WORLD)) {
		rc = -EIO;
		goto out;
	}
	for (i = 0; i < size; i++) {
		counts[size + i] = total;
		total += counts[i];
	}
	w->n_all = total / 2;
	w->all =
		total < INT_MAX ? malloc((total + 2) * sizeof(uint64_t)) : NULL;
	if (!w->all)
		rc = -ENOMEM;
	else if (MPI_Allgatherv(ids, n, MPI_UINT64_T, w->all, counts,
				counts + size, MPI_UINT64_T, MPI_COMM_WORLD))
		rc = -EIO;
	else
		qsort(w->all, w->n_all, sizeof(*w->all), id_order);
out:
	free(counts);
	free(ids);
	return rc;
}

/* Index of the first identity not below (after: above) id. */
static size_t bound(const struct work *w, const struct id *id, int after)
{
	size_t lo = 0, hi = w->n_all, mid;

	while (lo < hi) {
		mid = (lo + hi) / 2;
		if (id_order(&w->all[mid], id) < after)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo;
}

static int is_complete(const struct work *w, const struct desc_comm *c)
{
	const struct id *id = (const struct id *)c->id;

	return bound(w, id, 1) - bound(w, id, 0) ==
	       (size_t)c->size + c->remote_size;
}

static int is_world(const struct desc_comm *c)
{
	int i;

	for (i = 0; i < c->size && c->world[i] == i; i++)
		;
	return i == KEEP_MPI->size;
}

/* An intracommunicator of the local members. Returns a native code. */
static int make_local(const struct desc_comm *c, int tag, MPI_Comm *out)
{
	MPI_Group g;
	int rc;

	if (c->size == 1)
		return MPI_Comm_dup(MPI_COMM_SELF, out);
	if (is_world(c))
		return MPI_Comm_dup(MPI_COMM_WORLD, out);
	rc = MPI_Group_incl(world_group(), c->size, c->world, &g);
	if (rc)
		return rc;
	rc = MPI_Comm_create_group(MPI_COMM_WORLD, g, tag, out);
	MPI_Group_free(&g);
	return rc;
}

static int comm_make(struct desc_comm *c)
{
	int tag = c->id[0] & 0x3fff, rc, rank;
	MPI_Comm base, n;

	rc = make_local(c, tag, &base);
	if (rc)
		return rc;
	n = base;
	MPI_Comm_set_errhandler(base, told_comm());
	if (c->remote_size)
		rc = MPI_Intercomm_create(base, 0, MPI_COMM_WORLD, c->remote[0],
					  tag, &n);
	else if (c->topo)
		rc = topo_rebuild(c, base, &n);
	if (n != base)
		MPI_Comm_free(&base);
	if (!rc)
		rc = hints_rebuild(c, &n);
	if (!rc)
		rc = MPI_Comm_set_errhandler(n, told_comm());
	if (!rc)
		rc = MPI_Comm_rank(n, &rank);
	if (!rc && rank != c->rank)
		rc = MPI_ERR_INTERN;
	c->d.real = rc ? 0 : AS_REAL(n);
	return rc;
}

/* Nothing is given to these when they are made: they stay what they are. */
static int fixed_hints(seam_comm h, MPI_Comm n)
{
	struct desc_comm *c = (struct desc_comm *)desc_of_fixed(h);
	int native = hints_rebuild(c, &n);

	return native ? rebuild_error("the hints of a communicator", &c->d,
				      native) :
			0;
}

static int comms_rebuild(void)
{
	struct work w = { 0 };
	struct desc_comm *c;
	int i, rc, native;

	rc = comms_list(&w);
	if (!rc)
		rc = comms_announce(&w);
	if (!rc)
		rc = fixed_hints(SEAM_COMM_WORLD, MPI_COMM_WORLD);
	if (!rc)
		rc = fixed_hints(SEAM_COMM_SELF, MPI_COMM_SELF);
	for (i = 0; i < w.n && !rc; i++) {
		c = w.mine[i];
		if (!is_single(c) && !is_complete(&w, c))
			continue;
		native = comm_make(c);
		if (native)
			rc = rebuild_error("a communicator", &c->d, native);
	}
	free(w.mine);
	free(w.all);
	return rc;
}

static int types_rebuild(void)
{
	struct desc_type *t;
	struct desc *d;
	int native;

	for (d = KEEP_MPI->live[DESC_TYPE]; d; d = d->next) {
		t = (struct desc_type *)d;
		if (t->combiner == SEAM_COMBINER_NAMED)
			continue;
		d->real = 0;
		native = type_build(t);
		if (native)
			return rebuild_error("a datatype", d, native);
	}
	return 0;
}

static int ops_rebuild(void)
{
	struct desc *d;
	int native;

	for (d = KEEP_MPI->live[DESC_OP]; d; d = d->next) {
		if ((uintptr_t)d->seam < 0x1000)
			continue;
		native = op_build((struct desc_op *)d);
		if (native)
			return rebuild_error("an operation", d, native);
	}
	return 0;
}

int back_resume(void)
{
	closed_update();
	return tool_restore();
}

int back_rebuild(void)
{
	struct desc *d;
	int rank, size, rc;

	MPI_Comm_rank(MPI_COMM_WORLD, &rank);
	MPI_Comm_size(MPI_COMM_WORLD, &size);
	if (rank != KEEP_MPI->rank || size != KEEP_MPI->size) {
		half_error("mana_restart: rank %d of %d: the image is of rank "
			   "%d of %d: start as many ranks as were saved",
			   rank, size, KEEP_MPI->rank, KEEP_MPI->size);
		return -EINVAL;
	}
	rc = objects_refill();
	for (d = KEEP_MPI->live[DESC_GROUP]; d; d = d->next)
		d->real = 0; /* made again when one is needed */
	if (!rc)
		rc = comms_rebuild();
	if (!rc)
		rc = types_rebuild();
	if (!rc)
		rc = ops_rebuild();
	return rc ? rc : request_rebuild();
}
