/* SPDX-License-Identifier: MIT */
/* gs_detour.h - a system call of the lower libc or loader, made elsewhere */
#ifndef MANA_GS_DETOUR_H
#define MANA_GS_DETOUR_H

#include <stdint.h>

#define DETOUR_SITES 8

/* A site is "mov $NR,%eax; syscall"; a stub (gs_stub.S), which changes no more
 * registers than the system call does, is to take its place. */
struct detour {
	const char *name; /* of a function in the object */
	uint32_t nr;
	const char *stub, *end; /* two words at the end are for us to fill */
	uint64_t word;		/* the second of them */
	int n;			/* sites */
	uint8_t *site[DETOUR_SITES], *page[DETOUR_SITES];
};

/* A writable page that a jump from site reaches; NULL: none. */
uint8_t *detour_page(const uint8_t *site);
/* Notes the sites in [p, end). 0, or -E2BIG. */
int detour_find(struct detour *d, uint8_t *p, const uint8_t *end);
/* Copies the stub into a page near each site; nothing leads there yet. 0 or
 * -errno. */
int detour_prepare(struct detour *d);
/* Leads the sites to their stubs; the pages of the code must be writable. */
void detour_make(const struct detour *d);

#endif
