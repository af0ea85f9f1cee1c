/* SPDX-License-Identifier: MIT */
/* link_names.c - what the program's libraries are called, for a debugger */
#include <link.h>
#include <stdlib.h>
#include <string.h>
#include "link_names.h"

#define LIBRARIES_MAX 1000
#define HEADERS_MAX   64
#define DYNAMIC_MAX   256

/* What the auxiliary vector says of the program's headers. */
static uint64_t headers_of(const struct process *p, uint64_t *n)
{
	uint64_t at = 0, i;
	Elf64_auxv_t v;

	*n = 0;
	for (i = 0; i < 64; i++) {
		if (process_read(p, p->app->stack.auxv + i * sizeof(v), &v,
				 sizeof(v)) ||
		    v.a_type == AT_NULL)
			break;
		if (v.a_type == AT_PHDR)
			at = v.a_un.a_val;
		if (v.a_type == AT_PHNUM)
			*n = v.a_un.a_val;
	}
	return at;
}

/* Where the program's dynamic section is; 0: it has none. */
static uint64_t dynamic_of(const struct process *p)
{
	uint64_t n, i, at = headers_of(p, &n), offset = 0, dynamic = 0;
	Elf64_Phdr h;

	for (i = 0; i < n && i < HEADERS_MAX; i++) {
		if (process_read(p, at + i * sizeof(h), &h, sizeof(h)))
			return 0;
		if (h.p_type == PT_PHDR)
			offset = at - h.p_vaddr;
		if (h.p_type == PT_DYNAMIC)
			dynamic = h.p_vaddr;
	}
	return dynamic ? dynamic + offset : 0;
}

/* The first of the linker's list. */
static uint64_t first_library(const struct process *p)
{
	uint64_t at = dynamic_of(p), i;
	struct r_debug debug;
	Elf64_Dyn d;

	for (i = 0; at && i < DYNAMIC_MAX; i++, at += sizeof(d)) {
		if (process_read(p, at, &d, sizeof(d)) || d.d_tag == DT_NULL)
			return 0;
		if (d.d_tag == DT_DEBUG)
			return process_read(p, d.d_un.d_ptr, &debug,
					    sizeof(debug)) ?
				       0 :
				       (uint64_t)debug.r_map;
	}
	return 0;
}

/* Notes that the library at `at` is called what is mapped there. */
static void take(struct link_names *l, const struct process *p, uint64_t at,
		 const struct link_map *map)
{
	const struct image_region *r = process_region(p, (uint64_t)map->l_ld);
	char name[4096];
	size_t len;

	if (!r || !r->path || r->path[0] != '/' ||
	    process_string(p, (uint64_t)map->l_name, name, sizeof(name)) ||
	    !name[0] || !strcmp(name, r->path))
		return;
	len = strlen(r->path) + 1;
	if (len > sizeof(l->text) - l->len)
		return;
	memcpy(l->text + l->len, r->path, len);
	l->change[l->n].at = at + offsetof(struct link_map, l_name);
	l->change[l->n++].value = LINK_NAMES_AT + l->len;
	l->len += len;
}

static int is_free(const struct process *p)
{
	size_t n, i;
	const struct image_region *r = image_regions(p->img, &n);

	for (i = 0; i < n; i++)
		if (r[i].start < LINK_NAMES_AT + LINK_NAMES_SIZE &&
		    r[i].start + r[i].len > LINK_NAMES_AT)
			return 0;
	return 1;
}

struct link_names *link_names_make(const struct process *p)
{
	struct link_names *l = calloc(1, sizeof(*l));
	struct link_map map;
	uint64_t at;
	int i;

	if (l)
		l->change = calloc(LIBRARIES_MAX, sizeof(*l->change));
	if (!l || !l->change) {
		link_names_free(l);
		return NULL;
	}
	at = is_free(p) ? first_library(p) : 0;
	for (i = 0; at && i < LIBRARIES_MAX; i++) {
		if (process_read(p, at, &map, sizeof(map)))
			break;
		take(l, p, at, &map);
		at = (uint64_t)map.l_next;
	}
	return l;
}

void link_names_free(struct link_names *l)
{
	if (l)
		free(l->change);
	free(l);
}
