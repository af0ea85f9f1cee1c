/* SPDX-License-Identifier: MIT */
/* array.h - arrays that grow at their end */
#ifndef MANA_ARRAY_H
#define MANA_ARRAY_H

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* For ARRAY_ROOM: array points to the pointer, whatever it points to. */
static inline int array_room(void *array, size_t n, size_t *cap, size_t size)
{
	size_t more = *cap ? 2 * *cap : 16;
	void *old, *p;

	if (n < *cap)
		return 0;
	memcpy(&old, array, sizeof(old));
	p = realloc(old, more * size);
	if (!p)
		return -ENOMEM;
	memcpy(array, &p, sizeof(p));
	*cap = more;
	return 0;
}

/* Make room for one more than the n elements of at, which has room for cap
 * (size_t) of them; both variables change, what is there stays. 0 or -ENOMEM:
 * nothing has changed. */
#define ARRAY_ROOM(at, n, cap) array_room(&(at), (n), &(cap), sizeof(*(at)))

#endif
