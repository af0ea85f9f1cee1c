/* SPDX-License-Identifier: MIT */
/* array.h - arrays that grow at their end */
#ifndef MANA_ARRAY_H
#define MANA_ARRAY_H

#include <errno.h>
#include <stdlib.h>

/* Any pointer, for ARRAY_ROOM. */
typedef void *__attribute__((may_alias)) array_pointer;

static inline int array_room(void *array, size_t n, size_t *cap, size_t size)
{
	size_t more = *cap ? 2 * *cap : 16;
	array_pointer *at = array, p;

	if (n < *cap)
		return 0;
	p = realloc(*at, more * size);
	if (!p)
		return -ENOMEM;
	*at = p;
	*cap = more;
	return 0;
}

/* Make room for one more than the n elements of at, which has room for cap
 * (size_t) of them; both variables change, what is there stays. 0 or -ENOMEM:
 * nothing has changed. */
#define ARRAY_ROOM(at, n, cap) array_room(&(at), (n), &(cap), sizeof(*(at)))

#endif
