/* SPDX-License-Identifier: MIT */
/* rebuild.c - a fresh MPI library gets every live object of the image again
 *
 * Objects that have a collective clock are made by all their members together,
 * and by nobody else, in ascending order of identity: a total order that all
 * ranks share, so the first in it among those not yet made can always be
 * completed, however the objects overlap. Freed by one is freed by all
 * (departed.h); one that some member lacks all the same could never be
 * completed, and is left without a native handle.
 * The others are made in the order of creation, which is that of their list:
 * parts before wholes.
 */
#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include "../../../common/lower.h"
#include "../core/closed.h"
#include "../core/init.h"
#include "../comm/comm.h"
#include "../object/kind.h"
#include "../p2p/request.h"
#include "../core/tool.h"

struct id {
	uint64_t w[2];
};

struct work {
	struct desc **mine; /* to be made, ascending identity */
	int n;
	struct id *all; /* identities announced by all ranks, sorted */
	size_t n_all;
};

static int id_order(const void *a, const void *b)
{
	return memcmp(a, b, sizeof(struct id));
}

static const struct coll_clock *clock_of(const struct desc *d)
{
	return kind_field(d, kind_of(d)->clock);
}

static int desc_order(const void *a, const void *b)
{
	return id_order(clock_of(*(struct desc *const *)a)->id,
			clock_of(*(struct desc *const *)b)->id);
}

/* native: an MPI error code. Returns -EIO. */
static int rebuild_error(const char *kind, const struct desc *d, int native)
{
	char text[SEAM_MAX_ERROR_STRING] = "it is not usable here";

	err_string(native, text);
	text[strcspn(text, "\n")] = 0;
	lower_error("mana_restart: %s made by %s: cannot be made again: %s: "
		    "restart with the MPI library of the checkpoint",
		    kind, d->what[0] ? d->what : "the application", text);
	return -EIO;
}

/* Those of a kind that are to be made. */
static int work_list(struct work *w, int kind)
{
	struct desc *d;
	int n = 0;

	for (d = KEEP_MPI->live[kind]; d; d = d->next)
		n++;
	w->mine = malloc((n + 1) * sizeof(struct desc *));
	if (!w->mine)
		return -ENOMEM;
	for (d = KEEP_MPI->live[kind]; d; d = d->next) {
		if (desc_is_fixed(d))
			continue;
		d->real = 0;
		w->mine[w->n++] = d;
	}
	qsort(w->mine, w->n, sizeof(struct desc *), desc_order);
	return 0;
}

/* Everybody's identities, but for objects of one rank. */
static int work_announce(struct work *w)
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
		if (clock_of(w->mine[i])->members > 1)
			memcpy(&ids[n++], clock_of(w->mine[i])->id,
			       sizeof(*ids));
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

static int is_complete(const struct work *w, const struct coll_clock *k)
{
	const struct id *id = (const struct id *)k->id;

	return k->members == 1 ||
	       bound(w, id, 1) - bound(w, id, 0) == k->members;
}

static int desc_rebuild(struct desc *d)
{
	const struct kind *k = kind_of(d);
	int native = k->rebuild ? k->rebuild(d) : 0;

	return native ? rebuild_error(k->name, d, native) : 0;
}

static int together_rebuild(int kind)
{
	struct work w = { 0 };
	int i, rc;

	rc = work_list(&w, kind);
	if (!rc)
		rc = work_announce(&w);
	for (i = 0; i < w.n && !rc; i++)
		if (is_complete(&w, clock_of(w.mine[i])))
			rc = desc_rebuild(w.mine[i]);
	free(w.mine);
	free(w.all);
	return rc;
}

/* Kinds that are not made again here have what they need, or get it at their
 * next use. */
static int alone_rebuild(int kind)
{
	struct desc *d;
	int rc = 0;

	for (d = KEEP_MPI->live[kind]; d && !rc; d = d->next) {
		if (desc_is_fixed(d))
			continue;
		d->real = 0;
		rc = desc_rebuild(d);
	}
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

int back_resume(void)
{
	closed_update();
	return tool_restore();
}

/* Are the ranks those of the image? */
static int ranks_check(void)
{
	if (init_rank == KEEP_MPI->rank && init_size == KEEP_MPI->size)
		return 0;
	lower_error("mana_restart: rank %d of %d: the image is of rank %d of "
		    "%d: start as many ranks as were saved",
		    init_rank, init_size, KEEP_MPI->rank, KEEP_MPI->size);
	return -EINVAL;
}

int back_rebuild(void)
{
	int rc, k;

	if (native_open()) {
		lower_error("mana_restart: the MPI library failed in its first "
			    "communication: see its own message, if any");
		return -EIO;
	}
	rc = ranks_check();
	if (!rc)
		rc = objects_refill();
	if (!rc)
		rc = fixed_hints(SEAM_COMM_WORLD, MPI_COMM_WORLD);
	if (!rc)
		rc = fixed_hints(SEAM_COMM_SELF, MPI_COMM_SELF);
	for (k = 1; k < DESC_KINDS && !rc; k++)
		rc = kinds[k].clock ? together_rebuild(k) : alone_rebuild(k);
	return rc ? rc : request_rebuild();
}
