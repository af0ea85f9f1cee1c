/* SPDX-License-Identifier: MIT */
/* info.c - info objects: wholly in descriptors
 *
 * A native info is made only for the time of the native call that takes one
 * (info_native.c).
 */
#include <stdlib.h>
#include <string.h>
#include "kind.h"
#include "../core/native.h"
#include "build/gen/ask.h"

void info_destroy(void *p)
{
	struct desc_info *f = p;
	int i;

	for (i = 0; i < f->n; i++) {
		keep_free(f->keys[i]);
		keep_free(f->values[i]);
	}
	keep_free(f->keys);
	keep_free(f->values);
}

static int info_find(const struct desc_info *f, const char *key)
{
	int i;

	for (i = 0; i < f->n; i++)
		if (!strcmp(f->keys[i], key))
			return i;
	return -1;
}

/* With objects_lock held, as for all that reads or changes an info. */
static int info_put_locked(struct desc_info *f, const char *key,
			   const char *value)
{
	char *v = keep_strdup(value), *k, **p;
	int i = info_find(f, key);

	if (!v)
		return SEAM_ERR_NO_MEM;
	if (i >= 0) {
		keep_free(f->values[i]);
		f->values[i] = v;
		return 0;
	}
	k = keep_strdup(key);
	p = k ? keep_realloc(f->keys, (f->n + 1) * sizeof(char *)) : NULL;
	if (p) {
		f->keys = p;
		p = keep_realloc(f->values, (f->n + 1) * sizeof(char *));
	}
	if (!p) {
		keep_free(k);
		keep_free(v);
		return SEAM_ERR_NO_MEM;
	}
	f->values = p;
	f->keys[f->n] = k;
	f->values[f->n++] = v;
	return 0;
}

int info_put(struct desc_info *f, const char *key, const char *value)
{
	int rc;

	objects_lock();
	rc = info_put_locked(f, key, value);
	objects_unlock();
	return rc;
}

int info_add(struct desc *to, const struct desc *from)
{
	const struct desc_info *f = (const struct desc_info *)from;
	int i, rc = 0;

	objects_lock();
	for (i = 0; i < f->n && !rc; i++)
		rc = info_put_locked((struct desc_info *)to, f->keys[i],
				     f->values[i]);
	objects_unlock();
	return rc;
}

int info_copy(const struct desc *from, struct desc **out)
{
	struct desc_info *t = desc_make(DESC_INFO, sizeof(*t), "MPI_Info_dup");
	int rc;

	if (!t)
		return SEAM_ERR_NO_MEM;
	rc = from ? info_add(&t->d, from) : 0;
	if (rc)
		desc_unref(t);
	else
		*out = &t->d;
	return rc;
}

/* Before MPI_Init MPICH 5 takes the null handle for an empty info. */
static int info_none(seam_info h)
{
	return ASK(h == SEAM_INFO_NULL ? SEAM_SUCCESS : SEAM_ERR_INFO);
}

static int key_check(const char *key)
{
	return key && *key && strlen(key) < front_room(ROOM_KEY) ?
		       0 :
		       ASK(SEAM_ERR_INFO_KEY);
}

/* 0 and the info, or ASK(). */
static int info_of(seam_info h, const char *key, struct desc_info **f)
{
	*f = desc_of(h, DESC_INFO);
	return *f ? key_check(key) : info_none(h);
}

/* Writes at most room bytes of the key's value, which are not ended by a null.
 * Returns its length, -1: the key is not there. */
static int value_read(const struct desc_info *f, const char *key, char *value,
		      int room)
{
	int i, n = -1;

	objects_lock();
	i = info_find(f, key);
	if (i >= 0) {
		n = (int)strlen(f->values[i]);
		if (room > 0)
			memcpy(value, f->values[i], n < room ? n : room);
	}
	objects_unlock();
	return n;
}

int back_Info_create(seam_info *info)
{
	struct desc *d = NULL;
	int rc = info_copy(NULL, &d);

	if (rc)
		return back_raise(NULL, rc, "MPI_Info_create");
	*info = d->seam;
	return 0;
}

int back_Info_set(seam_info info, const char *key, const char *value)
{
	static const char fn[] = "MPI_Info_set";
	struct desc_info *f = desc_of(info, DESC_INFO);
	int rc = f ? key_check(key) : info_none(info);

	if (!f)
		return rc;
	if (!rc && strlen(value) > front_room(ROOM_VALUE))
		rc = ASK(SEAM_ERR_INFO_VALUE);
	if (!rc && !*value) /* MPICH takes it */
		rc = ask_Info_set(info, key, value, ASK(SEAM_SUCCESS));
	return rc ? rc : back_raise(NULL, info_put(f, key, value), fn);
}

int back_Info_delete(seam_info info, const char *key)
{
	struct desc_info *f;
	int i, rc = info_of(info, key, &f);
	size_t rest;

	if (rc)
		return rc;
	objects_lock();
	i = info_find(f, key);
	if (i >= 0) {
		keep_free(f->keys[i]);
		keep_free(f->values[i]);
		rest = (--f->n - i) * sizeof(char *);
		memmove(f->keys + i, f->keys + i + 1, rest);
		memmove(f->values + i, f->values + i + 1, rest);
	}
	objects_unlock();
	return i < 0 ? ASK(SEAM_ERR_INFO_NOKEY) : 0;
}

int back_Info_get(seam_info info, const char *key, int valuelen, char *value,
		  int *flag)
{
	struct desc_info *f;
	int n, rc = info_of(info, key, &f);

	if (rc || valuelen <= 0)
		return rc ? rc : ASK(SEAM_SUCCESS);
	n = value_read(f, key, value, valuelen);
	*flag = n >= 0;
	if (n < 0)
		return 0;
	value[n < valuelen ? n : valuelen] = 0;
#ifndef OPEN_MPI
	if (valuelen < n)
		return back_raise(NULL, SEAM_ERR_INFO_VALUE, "MPI_Info_get");
#endif
	return 0;
}

/* *buflen counts the terminating null, going in and coming out. */
int back_Info_get_string(seam_info info, const char *key, int *buflen,
			 char *value, int *flag)
{
	struct desc_info *f;
	int n, room, rc = info_of(info, key, &f);

	if (rc || *buflen < 0 || (*buflen && !value))
		return rc ? rc : ASK(SEAM_ERR_ARG);
	room = *buflen - 1;
	n = value_read(f, key, value, room);
	*flag = n >= 0;
	if (n < 0)
		return 0;
	*buflen = n + 1;
	if (room >= 0)
		value[n < room ? n : room] = 0;
	return 0;
}

int back_Info_get_valuelen(seam_info info, const char *key, int *valuelen,
			   int *flag)
{
	struct desc_info *f;
	int n, rc = info_of(info, key, &f);

	if (rc)
		return rc;
	n = value_read(f, key, NULL, 0);
	*flag = n >= 0;
	if (n >= 0)
		*valuelen = n;
	return 0;
}

int back_Info_get_nkeys(seam_info info, int *nkeys)
{
	struct desc_info *f = desc_of(info, DESC_INFO);

	if (!f)
		return info_none(info);
	*nkeys = f->n;
	return 0;
}

int back_Info_get_nthkey(seam_info info, int n, char *key)
{
	struct desc_info *f = desc_of(info, DESC_INFO);
	int there;

	if (!f)
		return info_none(info);
	objects_lock();
	there = n >= 0 && n < f->n;
	if (there)
		strcpy(key, f->keys[n]);
	objects_unlock();
	return there ? 0 : ASK(SEAM_ERR_ARG);
}

int back_Info_dup(seam_info info, seam_info *newinfo)
{
	static const char fn[] = "MPI_Info_dup";
	struct desc *f = desc_of(info, DESC_INFO), *d = NULL;
	int rc = f ? 0 : ask_Info_dup(info, newinfo, info_none(info));

	if (rc)
		return rc;
	rc = info_copy(f, &d);
	if (rc)
		return back_raise(NULL, rc, fn);
	*newinfo = d->seam;
	return 0;
}

int back_Info_free(seam_info *info)
{
	struct desc_info *f = desc_of(*info, DESC_INFO);

	if (!f)
		return info_none(*info);
	if (handle_is_fixed(*info))
		return ASK(SEAM_ERR_INFO);
	*info = SEAM_INFO_NULL;
	desc_unref(f);
	return 0;
}
