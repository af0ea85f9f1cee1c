/* SPDX-License-Identifier: MIT */
/* attr.c - attributes: wholly in descriptors
 *
 * An object's list is in the order of deletion, newest first; what differs is
 * as in the library the program was built for. Callbacks run in the upper half
 * through the front's shims. Values of predefined attributes are pointers to
 * integers in keep memory.
 */
#include <stdlib.h>
#include <string.h>
#include "../../../common/lower.h"
#include "../agent/clock.h"
#include "kind.h"
#include "../core/native.h"
#include "../../conv.h"
#include "../../front_shims.h"
#include "../core/rows.h"
#include "build/gen/back.h"

static struct desc_attr **attrs_of(struct desc *obj)
{
	return kind_field(obj, kind_of(obj)->attrs);
}

static struct desc_attr *attr_find(struct desc *obj, int number)
{
	struct desc_attr *a = *attrs_of(obj);

	while (a && a->keyval->number != number)
		a = a->next;
	return a;
}

static int call_delete(struct desc *obj, struct desc_attr *a)
{
	const struct front_shims *shims = FRONT;
	struct desc_keyval *k = a->keyval;

	if (k->del == SEAM_COMM_NULL_DELETE_FN || !shims)
		return 0;
	return lower_upcall((void *)shims->del, (long)k->del, (long)obj->seam,
			    k->number, (long)a->value, (long)k->extra,
			    desc_kind(obj) | a->lang << 8);
}

/* A callback may have deleted it itself. */
static void attr_remove(struct desc *obj, struct desc_attr *a)
{
	struct desc_attr **p = attrs_of(obj);

	while (*p && *p != a)
		p = &(*p)->next;
	if (!*p)
		return;
	*p = a->next;
	desc_unref(a->keyval);
	keep_free(a);
}

/* Open MPI's calls return a class of their own, or none of their codes. */
static int attr_code(int rc)
{
	return rc && front_openmpi() ? SEAM_ERR_OTHER : rc;
}

/* A new value, and its place among the others: natively, too, Open MPI's counts
 * from now on, MPICH's is the old one's. */
static void attr_renew(struct desc *obj, struct desc_attr *a, void *value,
		       int lang)
{
	struct desc_attr **p = attrs_of(obj);

	while (*p && *p != a)
		p = &(*p)->next;
	if (*p && front_openmpi()) {
		*p = a->next;
		a->next = *attrs_of(obj);
		*attrs_of(obj) = a;
	}
	a->value = value;
	a->lang = lang;
}

/* Calls the callback first: when it fails the attribute stays. */
static int attr_drop(struct desc *obj, struct desc_attr *a)
{
	int rc = call_delete(obj, a);

	if (!rc)
		attr_remove(obj, a);
	return rc;
}

static struct desc_attr *attr_doomed(struct desc *obj)
{
	struct desc_attr *a = *attrs_of(obj);

	while (a && !a->doomed)
		a = a->next;
	return a;
}

/*
 * What callbacks add meanwhile is not deleted, as natively. A callback that
 * fails ends it in Open MPI, and what is left stays; MPICH deletes all, and
 * the last callback's code is what counts.
 */
int attr_delete_all(struct desc *obj)
{
	struct desc_attr **list = attrs_of(obj), *a;
	int rc = 0;

	if (!list)
		return 0;
	for (a = *list; a; a = a->next)
		a->doomed = 1;
	while ((a = attr_doomed(obj))) {
		a->doomed = 0;
		if (!front_openmpi()) {
			rc = call_delete(obj, a);
			attr_remove(obj, a);
		} else if (!rc) {
			rc = attr_drop(obj, a);
		}
	}
	return rc;
}

void attr_forget(struct desc *obj)
{
	while (*attrs_of(obj))
		attr_remove(obj, *attrs_of(obj));
}

/* MPICH deletes the oldest keyval's first, except those of communicators. */
static int attr_add(struct desc *obj, struct desc_keyval *k, void *value,
		    int lang)
{
	struct desc_attr **list = attrs_of(obj);
	struct desc_attr *a = keep_alloc(sizeof(*a));

	if (!a)
		return SEAM_ERR_NO_MEM;
	desc_ref(k);
	a->keyval = k;
	a->value = value;
	a->lang = lang;
	while (k->on != DESC_COMM && !front_openmpi() && *list &&
	       (*list)->keyval->number < k->number)
		list = &(*list)->next;
	a->next = *list;
	*list = a;
	return 0;
}

static int attr_copy(struct desc *from, struct desc *to, struct desc_attr *a)
{
	const struct front_shims *shims = FRONT;
	struct desc_keyval *k = a->keyval;
	struct front_copy io = { .value = a->value,
				 .kind = desc_kind(from),
				 .lang = a->lang };
	int rc = 0;

	if (k->copy == SEAM_COMM_NULL_COPY_FN)
		return 0;
	if (k->copy == SEAM_COMM_DUP_FN)
		io.flag = 1;
	else if (shims)
		rc = lower_upcall((void *)shims->copy, (long)k->copy,
				  (long)from->seam, k->number, (long)k->extra,
				  (long)&io, 0);
	return rc || !io.flag ? rc : attr_add(to, k, io.value, a->lang);
}

/* The attribute that is copied next: Open MPI takes them by their keyvals,
 * MPICH the newest first. */
static struct desc_attr *copy_next(struct desc *from, struct desc_attr *last)
{
#ifdef OPEN_MPI
	struct desc_attr *a, *next = NULL;

	for (a = *attrs_of(from); a; a = a->next)
		if ((!last || a->keyval->number > last->keyval->number) &&
		    (!next || a->keyval->number < next->keyval->number))
			next = a;
	return next;
#else
	return last ? last->next : *attrs_of(from);
#endif
}

/* The list of MPICH's copy has the order of the one that was copied. */
static void copy_order(struct desc *to)
{
#ifndef OPEN_MPI
	struct desc_attr **list = attrs_of(to), *a = *list, *next;

	for (*list = NULL; a; a = next) {
		next = a->next;
		a->next = *list;
		*list = a;
	}
#else
	(void)to;
#endif
}

#ifdef OPEN_MPI
#define DELETES_COPIES 1
#else
#define DELETES_COPIES 0
#endif

int attr_copy_all(struct desc *from, struct desc *to)
{
	struct desc_attr *a = NULL;
	int rc = 0;

	while (!rc && (a = copy_next(from, a)))
		rc = attr_copy(from, to, a);
	copy_order(to);
	if (!rc)
		return 0;
	/* MPICH does so for datatypes alone. */
	if (DELETES_COPIES || desc_kind(to) == DESC_TYPE)
		attr_delete_all(to);
	attr_forget(to);
	return rc;
}

/* 0, or ASK(): no object of the kind, or no keyval for it. */
static int attr_check(enum desc_kind kind, const struct desc *obj,
		      const struct desc_keyval *k)
{
	if (!obj)
		return ASK(kinds[kind].error);
	return k && k->on == (int)kind ? 0 : ASK(SEAM_ERR_KEYVAL);
}

int attr_set(enum desc_kind kind, const void *h, int number, void *value,
	     int lang, const char *fn)
{
	struct desc_keyval *k = keyval_find(number);
	struct desc *obj = desc_of(h, kind);
	int rc = attr_check(kind, obj, k);
	struct desc_attr *a;

	if (rc)
		return rc;
	a = attr_find(obj, number);
	if (a) {
		rc = callback_enter();
		if (rc)
			return rc;
		rc = attr_code(call_delete(obj, a));
		coll_leave();
	}
	if (!rc && a)
		attr_renew(obj, a, value, lang);
	else if (!rc)
		rc = attr_add(obj, k, value, lang);
	return rc ? back_raise(obj, rc, fn) : 0;
}

int attr_get(enum desc_kind kind, const void *h, int number, void **value,
	     int *lang)
{
	struct desc *obj = desc_of(h, kind);
	int rc = attr_check(kind, obj, keyval_find(number));
	struct desc_attr *a;

	if (rc)
		return rc;
	a = attr_find(obj, number);
	*lang = -1;
	if (a) {
		*value = a->value;
		*lang = a->lang;
	}
	return 0;
}

/* C sees a Fortran integer as a pointer to it. */
int attr_get_c(enum desc_kind kind, const void *h, int number, void *value,
	       int *flag)
{
	void *v = NULL;
	int lang, rc = attr_get(kind, h, number, &v, &lang);

	if (rc) /* Open MPI: some are only never set */
		return rc == ASK(SEAM_ERR_KEYVAL) ? ASK(SEAM_SUCCESS) : rc;
	*flag = lang >= 0;
	if (lang > 0)
		v = &attr_find(desc_of(h, kind), number)->value;
	if (lang >= 0)
		*(void **)value = v;
	return 0;
}

int attr_delete(enum desc_kind kind, const void *h, int number, const char *fn)
{
	struct desc_keyval *k = keyval_find(number);
	struct desc *obj = desc_of(h, kind);
	struct desc_attr *a;
	int rc;

	if (!obj)
		return ASK(kinds[kind].error);
	a = attr_find(obj, number);
	if (a) {
		rc = callback_enter();
		if (rc)
			return rc;
		rc = attr_code(attr_drop(obj, a));
		coll_leave();
		return back_raise(obj, rc, fn);
	}
	return ASK(k && k->on == (int)kind ? SEAM_SUCCESS : SEAM_ERR_KEYVAL);
}

int *attr_predefined(int number, int *set)
{
	struct objects_root *r = OBJECTS;

	*set = 1;
	switch (number) {
	case SEAM_TAG_UB:
		return &r->tag_ub;
	case SEAM_HOST:
		return &r->host;
	case SEAM_IO:
		return &r->io;
	case SEAM_WTIME_IS_GLOBAL:
		return &r->wtime_is_global;
	case SEAM_UNIVERSE_SIZE:
		*set = r->has_universe_size;
		return &r->universe_size;
	case SEAM_APPNUM:
		*set = r->has_appnum;
		return &r->appnum;
	case SEAM_LASTUSEDCODE:
		return &r->last_code;
	default:
		*set = 0;
		return NULL;
	}
}

/* Open MPI's are MPI_COMM_WORLD's alone, MPICH's every communicator's. */
static int has_predefined(const struct desc_comm *c, int number)
{
	void *value;
	int flag = 1;

	if (c->d.seam != SEAM_COMM_WORLD)
		MPI_Comm_get_attr(NATIVE(MPI_Comm, c), real_keyval(number),
				  &value, &flag);
	return flag;
}

int back_Comm_get_attr(seam_comm comm, int comm_keyval, void *attribute_val,
		       int *flag)
{
	struct desc *obj = desc_of(comm, DESC_COMM);
	int set;
	int *place = attr_predefined(comm_keyval, &set);

	if (!obj || !place)
		return attr_get_c(DESC_COMM, comm, comm_keyval, attribute_val,
				  flag);
	*flag = set && has_predefined((struct desc_comm *)obj, comm_keyval);
	if (*flag)
		*(void **)attribute_val = place;
	return 0;
}
