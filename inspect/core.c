/* SPDX-License-Identifier: MIT */
/* core.c - an image as an ELF core, for a debugger
 *
 *     ELF header, program headers, notes, then the memory, region by region
 *
 * libelf writes the headers; pages are put at the places that those name.
 */
#define _GNU_SOURCE 1
#include <errno.h>
#include <libelf.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "../image/image_format.h"
#include "core.h"
#include "link_names.h"
#include "notes.h"

#define TAIL_MAX (1UL << 30) /* zeros at a region's end that count as file */

struct core {
	int fd;
	const char *shown;
	const struct process *p;
	struct notes notes;
	struct link_names *names;
	Elf64_Phdr *load; /* after the one of the notes */
	size_t n_load;
	uint64_t end; /* of the file */
	char *err;
	size_t errlen;
};

static int fail(const struct core *c, int rc, const char *what)
{
	return image_fail(rc, c->err, c->errlen, "%s: cannot write it: %s",
			  c->shown, what ? what : strerror(-rc));
}

static void add_load(struct core *c, uint64_t at, uint64_t len,
		     uint64_t in_file, uint32_t flags)
{
	c->load[c->n_load++] = (Elf64_Phdr){ .p_type = PT_LOAD,
					     .p_flags = flags,
					     .p_offset = c->end,
					     .p_vaddr = at,
					     .p_memsz = len,
					     .p_filesz = in_file,
					     .p_align = IMAGE_PAGE };
	c->end += in_file;
}

/* How much of a region is in the file: all, but for a long tail of zeros, as of
 * memory that is only reserved. */
static uint64_t in_file(const struct process *p, const struct image_region *r)
{
	uint64_t end;

	if (r->flags & REGION_NODATA)
		return 0;
	image_memory_stored(p->img, r->start, r->len, &end);
	return r->start + r->len - end > TAIL_MAX ? end - r->start : r->len;
}

static void add_region(struct core *c, const struct image_region *r)
{
	if (r->flags & REGION_CONTENTS)
		return;
	add_load(c, r->start, r->len, in_file(c->p, r),
		 (r->prot & 1 ? PF_R : 0) | (r->prot & 2 ? PF_W : 0) |
			 (r->prot & 4 ? PF_X : 0));
}

/* By ascending addresses, as load_behind wants them. */
static int plan(struct core *c)
{
	size_t n, i = 0;
	const struct image_region *r = image_regions(c->p->img, &n);
	uint64_t head = sizeof(Elf64_Ehdr) + (n + 2) * sizeof(Elf64_Phdr);

	c->load = calloc(n + 2, sizeof(*c->load));
	if (!c->load)
		return fail(c, -ENOMEM, NULL);
	if (n + 2 >= PN_XNUM)
		return fail(c, -E2BIG, "too many regions of memory for a core");
	c->end = (head + c->notes.n + IMAGE_PAGE - 1) & ~(IMAGE_PAGE - 1);
	while (i < n && r[i].start < LINK_NAMES_AT)
		add_region(c, &r[i++]);
	if (c->names->n)
		add_load(c, LINK_NAMES_AT, LINK_NAMES_SIZE, LINK_NAMES_SIZE,
			 PF_R);
	while (i < n)
		add_region(c, &r[i++]);
	return 0;
}

static int fill_headers(struct core *c, Elf *e)
{
	size_t n = c->n_load + 1;
	Elf64_Ehdr *h = elf64_newehdr(e);
	Elf64_Phdr *ph = h ? elf64_newphdr(e, n) : NULL;

	if (!ph)
		return -1;
	memcpy(h->e_ident, ELFMAG, SELFMAG);
	h->e_ident[EI_DATA] = ELFDATA2LSB;
	h->e_type = ET_CORE;
	h->e_machine = IMAGE_MACHINE;
	h->e_version = EV_CURRENT;
	h->e_phoff = sizeof(*h);
	ph[0] = (Elf64_Phdr){ .p_type = PT_NOTE,
			      .p_offset = sizeof(*h) + n * sizeof(*ph),
			      .p_filesz = c->notes.n,
			      .p_align = 4 };
	memcpy(ph + 1, c->load, c->n_load * sizeof(*ph));
	elf_flagelf(e, ELF_C_SET, ELF_F_LAYOUT);
	elf_flagehdr(e, ELF_C_SET, ELF_F_DIRTY);
	elf_flagphdr(e, ELF_C_SET, ELF_F_DIRTY);
	return elf_update(e, ELF_C_WRITE) < 0 ? -1 : 0;
}

static int write_headers(struct core *c)
{
	Elf *e;
	int rc;

	elf_version(EV_CURRENT);
	e = elf_begin(c->fd, ELF_C_WRITE, NULL);
	rc = e ? fill_headers(c, e) : -1;
	if (rc)
		rc = fail(c, -EIO, elf_errmsg(-1));
	elf_end(e);
	return rc;
}

static int put(const struct core *c, const char *from, size_t len, uint64_t off)
{
	while (len) {
		ssize_t n = pwrite(c->fd, from, len, (off_t)off);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return fail(c, n ? -errno : -EIO, NULL);
		from += n;
		off += (size_t)n;
		len -= (size_t)n;
	}
	return 0;
}

/* The first of the ascending headers that ends behind at. */
static const Elf64_Phdr *load_behind(const struct core *c, uint64_t at)
{
	size_t lo = 0, hi = c->n_load;

	while (lo < hi) {
		size_t mid = (lo + hi) / 2;

		if (c->load[mid].p_vaddr + c->load[mid].p_memsz <= at)
			lo = mid + 1;
		else
			hi = mid;
	}
	return c->load + lo;
}

/* Puts memory where the headers say; what they do not name is left out. */
static int put_memory(void *arg, uint64_t at, const char *pages, size_t len)
{
	const struct core *c = arg;
	const Elf64_Phdr *l = load_behind(c, at), *end = c->load + c->n_load;
	uint64_t stop = at + len, from, to;
	int rc = 0;

	for (; l < end && l->p_vaddr < stop && !rc; l++) {
		from = l->p_vaddr > at ? l->p_vaddr : at;
		to = l->p_vaddr + l->p_filesz;
		to = to < stop ? to : stop;
		if (from < to)
			rc = put(c, pages + (from - at), to - from,
				 l->p_offset + (from - l->p_vaddr));
	}
	return rc;
}

static int put_names(struct core *c)
{
	int rc = 0;
	size_t i;

	if (c->names->n)
		rc = put_memory(c, LINK_NAMES_AT, c->names->text,
				c->names->len);
	for (i = 0; i < c->names->n && !rc; i++)
		rc = put_memory(c, c->names->change[i].at,
				(const char *)&c->names->change[i].value, 8);
	return rc;
}

static int write_memory(struct core *c)
{
	int rc;

	if (ftruncate(c->fd, (off_t)c->end))
		return fail(c, -errno, NULL);
	rc = image_memory_each(c->p->mem, put_memory, c);
	if (rc && !c->err[0])
		return image_fail(rc, c->err, c->errlen,
				  "%s: damaged: its pages cannot be read: %s",
				  c->p->path, strerror(-rc));
	return rc ? rc : put_names(c);
}

int core_write(int fd, const char *shown, const struct process *p, char *err,
	       size_t errlen)
{
	struct core c = {
		.fd = fd, .shown = shown, .p = p, .err = err, .errlen = errlen
	};
	int rc = 0;

	err[0] = 0;
	c.names = link_names_make(p);
	if (!c.names || notes_make(&c.notes, p))
		rc = fail(&c, -ENOMEM, NULL);
	if (!rc)
		rc = plan(&c);
	if (!rc)
		rc = write_headers(&c);
	if (!rc)
		rc = put(&c, c.notes.at, c.notes.n,
			 sizeof(Elf64_Ehdr) +
				 (c.n_load + 1) * sizeof(Elf64_Phdr));
	if (!rc)
		rc = write_memory(&c);
	link_names_free(c.names);
	notes_free(&c.notes);
	free(c.load);
	return rc;
}
