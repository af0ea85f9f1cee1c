/* SPDX-License-Identifier: MIT */
/* registry.c - callbacks in other languages, found by key */
#include <stddef.h>
#include "registry.h"

extern void *malloc(size_t n);

static struct registered *all;

const struct registered *registry_find(uintptr_t key)
{
	const struct registered *r = __atomic_load_n(&all, __ATOMIC_ACQUIRE);

	while (r && r->key != key)
		r = r->next;
	return r;
}

void registry_add(uintptr_t key, void *a, void *b)
{
	struct registered *r;

	if (registry_find(key))
		return;
	r = malloc(sizeof(*r));
	if (!r)
		__builtin_trap();
	r->key = key;
	r->a = a;
	r->b = b;
	r->next = __atomic_load_n(&all, __ATOMIC_RELAXED);
	while (!__atomic_compare_exchange_n(&all, &r->next, r, 1,
					    __ATOMIC_RELEASE, __ATOMIC_RELAXED))
		;
}
