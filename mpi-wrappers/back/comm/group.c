/* SPDX-License-Identifier: MIT */
/* group.c - groups: lists of world ranks, computed here
 *
 * No native call is needed but to hand a group to one (real_group). Set
 * operations go through a table of positions: O(world), not O(n * m).
 */
#include <stdlib.h>
#include <string.h>
#include "comm.h"
#include "../object/kind.h"
#include "../core/rows.h"
#include "build/gen/back.h"

int group_make(const int *world, int n, const char *what, seam_group *out)
{
	struct desc_group *g;
	int i;

	if (!n) {
		*out = SEAM_GROUP_EMPTY;
		return 0;
	}
	g = desc_make(DESC_GROUP, sizeof(*g), what);
	if (!g)
		return SEAM_ERR_NO_MEM;
	g->world = keep_alloc(n * sizeof(int));
	if (!g->world) {
		desc_unref(g);
		return SEAM_ERR_NO_MEM;
	}
	memcpy(g->world, world, n * sizeof(int));
	g->size = n;
	g->rank = SEAM_UNDEFINED;
	for (i = 0; i < n; i++)
		if (world[i] == KEEP_MPI->rank)
			g->rank = i;
	*out = g->d.seam;
	return 0;
}

void group_destroy(void *p)
{
	struct desc_group *g = p;
	MPI_Group n = NATIVE(MPI_Group, g);

	if (g->d.real)
		MPI_Group_free(&n);
	keep_free(g->world);
}

MPI_Group real_group(seam_group h)
{
	struct desc_group *g = desc_of(h, DESC_GROUP);
	MPI_Group n;

	if (!g)
		return BAD_HANDLE(MPI_Group, MPI_GROUP_NULL, h);
	if (!g->size)
		return MPI_GROUP_EMPTY;
	if (!g->d.real) {
		if (MPI_Group_incl(world_group(), g->size, g->world, &n))
			return MPI_GROUP_NULL;
		g->d.real = AS_REAL(n);
	}
	return NATIVE(MPI_Group, g);
}

int group_from_native(MPI_Group native, seam_group *out)
{
	int n, i, rc, *a, *b;

	if (native == MPI_GROUP_NULL) {
		*out = SEAM_GROUP_NULL;
		return 0;
	}
	rc = MPI_Group_size(native, &n);
	if (rc)
		return err_from_native(rc);
	a = malloc(2 * (n + 1) * sizeof(int));
	if (!a)
		return SEAM_ERR_NO_MEM;
	b = a + n + 1;
	for (i = 0; i < n; i++)
		a[i] = i;
	rc = n ? MPI_Group_translate_ranks(native, n, a, world_group(), b) : 0;
	rc = rc ? err_from_native(rc) : group_make(b, n, "a group", out);
	free(a);
	return rc;
}

/* Position of each world rank in a list, -1 for none; free() it. */
static int *positions(const int *list, int n)
{
	int size = KEEP_MPI->size, i;
	int *pos = malloc((size + 1) * sizeof(int));

	if (!pos)
		return NULL;
	memset(pos, 0xff, (size + 1) * sizeof(int));
	for (i = 0; i < n; i++)
		if (list[i] >= 0 && list[i] < size)
			pos[list[i]] = i;
	return pos;
}

static int position(const int *pos, int world)
{
	return world >= 0 && world < KEEP_MPI->size ? pos[world] : -1;
}

int group_compare(const int *a, int na, const int *b, int nb)
{
	int *pos, i, same = 1;

	if (na != nb)
		return SEAM_UNEQUAL;
	if (!memcmp(a, b, na * sizeof(int)))
		return SEAM_IDENT;
	pos = positions(a, na);
	for (i = 0; pos && i < nb && same; i++)
		same = position(pos, b[i]) >= 0;
	free(pos);
	return pos && same ? SEAM_SIMILAR : SEAM_UNEQUAL;
}

int back_Group_compare(seam_group group1, seam_group group2, int *result)
{
	struct desc_group *a = desc_of(group1, DESC_GROUP);
	struct desc_group *b = desc_of(group2, DESC_GROUP);

	if (!a || !b)
		return ASK(SEAM_ERR_GROUP);
	*result = group_compare(a->world, a->size, b->world, b->size);
	return 0;
}

int back_Group_translate_ranks(seam_group group1, int n, const int ranks1[],
			       seam_group group2, int ranks2[])
{
	static const char fn[] = "MPI_Group_translate_ranks";
	struct desc_group *a = desc_of(group1, DESC_GROUP);
	struct desc_group *b = desc_of(group2, DESC_GROUP);
	int rc = 0, i, p, *pos;

	if (!a || !b)
		return ASK(SEAM_ERR_GROUP);
	if (n < 0 || (n && (!ranks1 || !ranks2)))
		return ASK(SEAM_ERR_ARG);
	pos = positions(b->world, b->size);
	if (!pos)
		return back_raise(NULL, SEAM_ERR_NO_MEM, fn);
	for (i = 0; i < n && !rc; i++) {
		if (ranks1[i] == SEAM_PROC_NULL) {
			ranks2[i] = SEAM_PROC_NULL;
			continue;
		}
		if (ranks1[i] < 0 || ranks1[i] >= a->size) {
			rc = SEAM_ERR_RANK; /* Open MPI does not look */
			break;
		}
		p = position(pos, a->world[ranks1[i]]);
		ranks2[i] = p < 0 ? SEAM_UNDEFINED : p;
	}
	free(pos);
	return rc ? back_raise(NULL, rc, fn) : 0;
}

/* Which members of a (that are / are not in b) and then of b. */
int group_combine(enum group_op op, seam_group h1, seam_group h2,
		  seam_group *out, const char *fn)
{
	struct desc_group *a = desc_of(h1, DESC_GROUP);
	struct desc_group *b = desc_of(h2, DESC_GROUP);
	int *pos = NULL, *list = NULL, rc, i, n = 0;

	if (!a || !b)
		return ASK(SEAM_ERR_GROUP);
	list = malloc((a->size + b->size + 1) * sizeof(int));
	pos = op == GROUP_UNION ? positions(a->world, a->size) :
				  positions(b->world, b->size);
	if (!list || !pos) {
		rc = SEAM_ERR_NO_MEM;
		goto out;
	}
	for (i = 0; i < a->size; i++)
		if (op == GROUP_UNION || (position(pos, a->world[i]) >= 0) ==
						 (op == GROUP_INTERSECTION))
			list[n++] = a->world[i];
	for (i = 0; op == GROUP_UNION && i < b->size; i++)
		if (position(pos, b->world[i]) < 0)
			list[n++] = b->world[i];
	rc = group_make(list, n, fn, out);
out:
	free(list);
	free(pos);
	return rc ? back_raise(NULL, rc, fn) : 0;
}

/* The members at ranks[0..n-1] of g, or all the others. Each rank must be
 * valid and come once. */
static int group_pick(struct desc_group *g, const int *ranks, int n, int excl,
		      const char *fn, seam_group *out)
{
	char *seen = calloc(1, g->size + 1);
	int *list = malloc((g->size + 1) * sizeof(int));
	int i, k = 0, rc = 0;

	if (!seen || !list)
		rc = SEAM_ERR_NO_MEM;
	else if (n < 0 || (n && !ranks))
		rc = ASK(SEAM_ERR_ARG);
	for (i = 0; i < n && !rc; i++) {
		if (ranks[i] < 0 || ranks[i] >= g->size || seen[ranks[i]]) {
			rc = ASK(SEAM_ERR_RANK);
			break;
		}
		seen[ranks[i]] = 1;
		if (!excl)
			list[k++] = g->world[ranks[i]];
	}
	for (i = 0; excl && i < g->size && !rc; i++)
		if (!seen[i])
			list[k++] = g->world[i];
	if (!rc)
		rc = group_make(list, k, fn, out);
	free(seen);
	free(list);
	return rc ? back_raise(NULL, rc, fn) : 0;
}

int group_some(int excl, seam_group group, int n, const int *ranks,
	       seam_group *out, const char *fn)
{
	struct desc_group *g = desc_of(group, DESC_GROUP);

	return g ? group_pick(g, ranks, n, excl, fn, out) : ASK(SEAM_ERR_GROUP);
}

/* Ranges (first, last, stride) written out; every rank comes once at most, so
 * more than the group's size is an error. */
int group_ranges(int excl, seam_group group, int n, const int *r,
		 seam_group *out, const char *fn)
{
	struct desc_group *g = desc_of(group, DESC_GROUP);
	int rc = 0, i, k = 0, *list;
	long x;

	if (!g)
		return ASK(SEAM_ERR_GROUP);
	if (n < 0 || (n && !r))
		return ASK(SEAM_ERR_ARG);
	list = malloc((g->size + 1) * sizeof(int));
	if (!list)
		return back_raise(NULL, SEAM_ERR_NO_MEM, fn);
	for (i = 0; i < n && !rc; i++, r += 3) {
		if (!r[2] || (r[2] > 0 ? r[0] > r[1] : r[0] < r[1]))
			rc = ASK(SEAM_ERR_ARG);
		for (x = r[0]; !rc && (r[2] > 0 ? x <= r[1] : x >= r[1]);
		     x += r[2]) {
			if (k == g->size)
				rc = ASK(SEAM_ERR_RANK);
			else
				list[k++] = x;
		}
	}
	rc = rc ? back_raise(NULL, rc, fn) :
		  group_pick(g, list, k, excl, fn, out);
	free(list);
	return rc;
}
