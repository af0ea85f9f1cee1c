/* SPDX-License-Identifier: MIT */
/* attr.c - attributes: wholly in descriptors
 *
 * An object's list is in the order of deletion, newest first; what differs is
 * as in the library the program was built for. Callbacks run in the upper half
 * through the front's shims, without the lock: meanwhile any thread may change
 * the list. So each value is claimed by the thread that calls the callback for
 * it, and what is done afterwards is done to what is found then.
 */
#include "../agent/clock.h"
#include "attr.h"
#include "kind.h"
#include "../core/native.h"
#include "../../../common/lower.h"
#include "../../../common/stress.h"
#include "../../conv.h"
#include "../../front_shims.h"
#include "../core/rows.h"

static __thread char me; /* its address is the thread's name */

/* attr_set or attr_delete on its way. */
struct change {
	struct desc *obj;
	int number;
	struct desc_attr *fresh; /* the new value; NULL: it is to be deleted */
	struct desc_attr *gone;	 /* out of the list, to be freed */
	struct desc_attr was;	 /* what the callback is called for */
	int found, entered, called;
};

enum step { STEP_DONE, STEP_ENTER, STEP_CALL };

struct desc_attr **attrs_of(struct desc *obj)
{
	return kind_field(obj, kind_of(obj)->attrs);
}

struct desc_attr *attr_find(struct desc *obj, int number)
{
	struct desc_attr *a = *attrs_of(obj);

	while (a && a->keyval->number != number)
		a = a->next;
	return a;
}

static void attr_unlink(struct desc *obj, struct desc_attr *a)
{
	struct desc_attr **p = attrs_of(obj);

	while (*p != a)
		p = &(*p)->next;
	*p = a->next;
}

void attr_free(struct desc_attr *a)
{
	if (a)
		desc_unref(a->keyval);
	keep_free(a);
}

struct desc_attr *attr_new(struct desc_keyval *k, void *value, int lang)
{
	struct desc_attr *a = keep_alloc(sizeof(*a));

	if (!a)
		return NULL;
	desc_ref(k);
	a->keyval = k;
	a->value = value;
	a->lang = lang;
	a->by = &me;
	return a;
}

/* MPICH deletes the oldest keyval's first, except those of communicators. */
void attr_link(struct desc *obj, struct desc_attr *a)
{
	struct desc_attr **list = attrs_of(obj);
	const struct desc_keyval *k = a->keyval;

	while (k->on != DESC_COMM && !front_openmpi() && *list &&
	       (*list)->keyval->number < k->number)
		list = &(*list)->next;
	a->next = *list;
	*list = a;
}

/* A new value, and its place among the others: natively, too, Open MPI's counts
 * from now on, MPICH's is the old one's. */
static void attr_renew(struct desc *obj, struct desc_attr *a,
		       const struct desc_attr *fresh)
{
	if (front_openmpi()) {
		attr_unlink(obj, a);
		attr_link(obj, a);
	}
	a->value = fresh->value;
	a->lang = fresh->lang;
	a->by = &me;
	a->deleting = 0;
}

/* Under the lock: what call_delete() needs after it. */
static void attr_claim(struct desc_attr *a, struct desc_attr *was)
{
	a->by = &me;
	a->deleting = 1;
	*was = *a;
	desc_ref(a->keyval);
}

/* The claimed attribute, unless others have set or deleted it since. */
static struct desc_attr *attr_claimed(struct desc *obj, int number)
{
	struct desc_attr *a = attr_find(obj, number);

	return a && a->by == &me ? a : NULL;
}

/* When the callback fails the attribute stays. */
static int call_delete(struct desc *obj, struct desc_attr *was)
{
	const struct front_shims *shims = FRONT;
	struct desc_keyval *k = was->keyval;
	struct desc_attr *a;
	int rc = 0;

	STRESS_POINT();
	if (k->del != SEAM_COMM_NULL_DELETE_FN && shims)
		rc = lower_upcall((void *)shims->del, (long)k->del,
				  (long)obj->seam, k->number, (long)was->value,
				  (long)k->extra,
				  desc_kind(obj) | was->lang << 8);
	if (rc) {
		objects_lock();
		a = attr_claimed(obj, k->number);
		if (a)
			a->deleting = 0;
		objects_unlock();
	}
	return rc;
}

static void attr_remove(struct desc *obj, int number)
{
	struct desc_attr *a;

	objects_lock();
	a = attr_claimed(obj, number);
	if (a)
		attr_unlink(obj, a);
	objects_unlock();
	attr_free(a);
}

/* Open MPI's calls return a class of their own, or none of their codes. */
static int attr_code(int rc)
{
	return rc && front_openmpi() ? SEAM_ERR_OTHER : rc;
}

static void attrs_doom(struct desc *obj)
{
	struct desc_attr *a;

	objects_lock();
	for (a = *attrs_of(obj); a; a = a->next)
		a->doomed = 1;
	objects_unlock();
}

/* 1: the next of them is claimed. */
static int attr_doomed(struct desc *obj, struct desc_attr *was)
{
	struct desc_attr *a;

	objects_lock();
	a = *attrs_of(obj);
	while (a && !a->doomed)
		a = a->next;
	if (a) {
		a->doomed = 0;
		attr_claim(a, was);
	}
	objects_unlock();
	return a != NULL;
}

/*
 * What callbacks add meanwhile is not deleted, as natively. A callback that
 * fails ends it in Open MPI, and what is left stays; MPICH deletes all, and
 * the last callback's code is what counts.
 */
int attr_delete_all(struct desc *obj)
{
	const int stops = front_openmpi();
	struct desc_attr was;
	int rc = 0;

	if (!attrs_of(obj))
		return 0;
	attrs_doom(obj);
	while (!(rc && stops) && attr_doomed(obj, &was)) {
		rc = call_delete(obj, &was);
		if (!rc || !stops)
			attr_remove(obj, was.keyval->number);
		desc_unref(was.keyval);
	}
	return rc;
}

void attr_forget(struct desc *obj)
{
	struct desc_attr *a, *next;

	objects_lock();
	a = *attrs_of(obj);
	*attrs_of(obj) = NULL;
	objects_unlock();
	for (; a; a = next) {
		next = a->next;
		attr_free(a);
	}
}

/*
 * The callback for its value has been called, by this thread, or another is
 * just calling it: then the two changes are as if this one had come before.
 * What this thread's own callback has set goes without a call, as natively.
 */
static int value_is_gone(const struct change *c, const struct desc_attr *a)
{
	return a->by == &me ? c->called : a->deleting;
}

/* Changes what can be changed, or says what is to be done before. Of a value
 * that is to be deleted another may have taken the place: that one stays. */
static enum step change_step(struct change *c)
{
	enum step next = STEP_DONE;
	struct desc_attr *a;

	objects_lock();
	a = attr_find(c->obj, c->number);
	c->found |= a != NULL;
	if (!a && c->fresh) {
		attr_link(c->obj, c->fresh);
		c->fresh = NULL;
	} else if (a && value_is_gone(c, a)) {
		if (c->fresh)
			attr_renew(c->obj, a, c->fresh);
		else
			attr_unlink(c->obj, c->gone = a);
	} else if (a && (c->fresh || !c->called)) {
		next = c->entered ? STEP_CALL : STEP_ENTER;
		if (next == STEP_CALL)
			attr_claim(a, &c->was);
	}
	objects_unlock();
	return next;
}

/* 0, GATE_AGAIN, or what the callback says. */
static int attr_change(struct change *c)
{
	enum step next;
	int rc = 0;

	while (!rc && (next = change_step(c)) != STEP_DONE) {
		if (next == STEP_ENTER) {
			rc = callback_enter();
			c->entered = !rc;
			continue;
		}
		rc = attr_code(call_delete(c->obj, &c->was));
		c->called = 1;
		desc_unref(c->was.keyval);
	}
	if (c->entered)
		coll_leave();
	attr_free(c->fresh);
	attr_free(c->gone);
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
	struct change c = { .obj = obj, .number = number };

	if (rc)
		return rc;
	c.fresh = attr_new(k, value, lang);
	rc = c.fresh ? attr_change(&c) : SEAM_ERR_NO_MEM;
	return rc ? back_raise(obj, rc, fn) : 0;
}

/* *place: where the value lies. */
static int attr_look(enum desc_kind kind, const void *h, int number,
		     void **value, int *lang, void **place)
{
	struct desc *obj = desc_of(h, kind);
	int rc = attr_check(kind, obj, keyval_find(number));
	struct desc_attr *a;

	if (rc)
		return rc;
	*lang = -1;
	objects_lock();
	a = attr_find(obj, number);
	if (a) {
		*value = a->value;
		*lang = a->lang;
		*place = &a->value;
	}
	objects_unlock();
	return 0;
}

int attr_get(enum desc_kind kind, const void *h, int number, void **value,
	     int *lang)
{
	void *place;

	return attr_look(kind, h, number, value, lang, &place);
}

/* C sees a Fortran integer as a pointer to it. */
int attr_get_c(enum desc_kind kind, const void *h, int number, void *value,
	       int *flag)
{
	void *v = NULL, *place = NULL;
	int lang, rc = attr_look(kind, h, number, &v, &lang, &place);

	if (rc) /* Open MPI: some are only never set */
		return rc == ASK(SEAM_ERR_KEYVAL) ? ASK(SEAM_SUCCESS) : rc;
	*flag = lang >= 0;
	if (lang >= 0)
		*(void **)value = lang ? place : v;
	return 0;
}

int attr_delete(enum desc_kind kind, const void *h, int number, const char *fn)
{
	struct desc_keyval *k = keyval_find(number);
	struct desc *obj = desc_of(h, kind);
	struct change c = { .obj = obj, .number = number };
	int rc;

	if (!obj)
		return ASK(kinds[kind].error);
	rc = attr_change(&c);
	if (rc || c.found)
		return back_raise(obj, rc, fn);
	return ASK(k && k->on == (int)kind ? SEAM_SUCCESS : SEAM_ERR_KEYVAL);
}
