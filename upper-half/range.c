/* SPDX-License-Identifier: MIT */
/* range.c - a set of addresses, as a sorted array of ranges
 */
#include "range.h"
#include "../common/keep.h"

/* Make room for one more entry at i: 1, or 0. */
static int list_open(struct range_list *l, size_t i)
{
	size_t j;

	if (l->n == l->cap) {
		void *p = l->fixed ? NULL :
				     keep_realloc(l->at,
						  2 * l->cap * sizeof(*l->at));

		if (!p) {
			l->lost = 1;
			return 0;
		}
		l->at = p;
		l->cap *= 2;
	}
	for (j = l->n++; j > i; j--)
		l->at[j] = l->at[j - 1];
	return 1;
}

static void list_close(struct range_list *l, size_t i)
{
	for (l->n--; i < l->n; i++)
		l->at[i] = l->at[i + 1];
}

size_t range_find(const struct range_list *l, uint64_t addr)
{
	size_t lo = 0, hi = l->n;

	while (lo < hi) {
		size_t mid = (lo + hi) / 2;

		if (l->at[mid].end <= addr)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo;
}

void range_add(struct range_list *l, uint64_t start, uint64_t end)
{
	size_t i = range_find(l, start ? start - 1 : 0);

	while (i < l->n && l->at[i].start <= end) {
		if (l->at[i].start < start)
			start = l->at[i].start;
		if (l->at[i].end > end)
			end = l->at[i].end;
		list_close(l, i);
	}
	if (!list_open(l, i))
		return;
	l->at[i].start = start;
	l->at[i].end = end;
}

void range_remove(struct range_list *l, uint64_t start, uint64_t end)
{
	size_t i = range_find(l, start);

	while (i < l->n && l->at[i].start < end) {
		struct range r = l->at[i];

		if (r.start < start && r.end > end) {
			if (!list_open(l, i))
				return;
			l->at[i].end = start;
			l->at[i + 1].start = end;
			return;
		}
		if (r.start < start)
			l->at[i++].end = start;
		else if (r.end > end)
			l->at[i].start = end;
		else
			list_close(l, i);
		if (r.end >= end)
			return;
	}
}
