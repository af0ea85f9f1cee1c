/* SPDX-License-Identifier: MIT */
/* registry.h - what the front remembers of callbacks in other languages
 *
 * Key: a keyval (< 4 GiB) or the address of a function. Entries are few, made
 * when the program starts, and never forgotten: keys are not used again.
 */
#ifndef MANA_FRONT_REGISTRY_H
#define MANA_FRONT_REGISTRY_H

#include <stdint.h>

struct registered {
	struct registered *next;
	uintptr_t key;
	void *a, *b; /* the meaning is the ABI's (proxy.c) */
};

/* NULL when the key is not there. */
const struct registered *registry_find(uintptr_t key);
void registry_add(uintptr_t key, void *a, void *b);

#endif
