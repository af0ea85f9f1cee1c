/* SPDX-License-Identifier: MIT */
/* name.c - names of communicators and datatypes */
#include <string.h>
#include "kind.h"
#include "../core/native.h"
#include "../core/rows.h"

/* The place where the object has its name; NULL when h is no object. */
static char *name_of(enum desc_kind kind, const void *h)
{
	struct desc *d = desc_of(h, kind);

	if (!d || (d->freed && kind == DESC_COMM))
		return NULL;
	return kind_field(d, kinds[kind].given_name);
}

/* Too long a name is cut, as the standard asks. */
static int name_copy(char *to, const char *from)
{
	size_t n = strnlen(from, front_room(ROOM_NAME) - 1);

	memcpy(to, from, n);
	to[n] = 0;
	return (int)n;
}

int name_set(enum desc_kind kind, const void *h, const char *name)
{
	char *own = name_of(kind, h);

	if (!own)
		return ASK(kinds[kind].error);
	objects_lock();
	name_copy(own, name);
	objects_unlock();
	return 0;
}

int name_get(enum desc_kind kind, const void *h, char *to, int *len)
{
	const char *own = name_of(kind, h);

	if (!own)
		return ASK(kinds[kind].error);
	objects_lock();
	*len = name_copy(to, own);
	objects_unlock();
	return 0;
}
