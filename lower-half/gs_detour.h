/* SPDX-License-Identifier: MIT */
/* gs_detour.h - a system call of the lower libc or loader, made elsewhere */
#ifndef MANA_GS_DETOUR_H
#define MANA_GS_DETOUR_H

#include <stdint.h>

/* The site is "mov $NR,%eax; syscall" and what follows; a stub (gs_stub.S) is
 * to take the place of these two instructions. */
struct detour {
	const char *name;  /* of a function in the object */
	const char *bytes; /* what the site looks like, '?' for any byte */
	int len;
	const char *stub, *end; /* two words at the end are for us to fill */
	uint64_t word;		/* the second of them */
	uint8_t *site, *page;
};

/* A writable page that a jump from site reaches; NULL: none. */
uint8_t *detour_page(const uint8_t *site);
/* Sites like that in [p, end): how many; the last is noted. */
int detour_find(struct detour *d, uint8_t *p, const uint8_t *end);
/* The stub in a page near the site; nothing leads there yet. 0 or -errno. */
int detour_prepare(struct detour *d);
/* Lead the site there; its page must be writable. */
void detour_make(const struct detour *d);

#endif
