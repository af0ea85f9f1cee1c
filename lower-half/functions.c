/* SPDX-License-Identifier: MIT */
/* functions.c - where the functions of an ELF file begin */
#include <errno.h>
#include <libelf.h>
#include <string.h>
#include "functions.h"

#define HDR_VERSION    1
#define ENC_UDATA4     0x03
#define ENC_PC_SDATA4  0x1b
#define ENC_HDR_SDATA4 0x3b /* table: relative to its own start */

/* Does all of the segment lie within the file? */
static int is_inside(const struct functions *f, const GElf_Phdr *p)
{
	return p->p_offset <= f->len && p->p_filesz <= f->len - p->p_offset;
}

static int table_read(struct functions *f)
{
	const uint8_t *h;

	if (!is_inside(f, &f->hdr) || f->hdr.p_filesz < 12)
		return -ENOEXEC;
	h = f->file + f->hdr.p_offset;
	if (h[0] != HDR_VERSION || h[1] != ENC_PC_SDATA4 ||
	    h[2] != ENC_UDATA4 || h[3] != ENC_HDR_SDATA4)
		return -ENOTSUP;
	memcpy(&f->n, h + 8, 4);
	f->table = (const int32_t *)(h + 12);
	return f->n <= (f->hdr.p_filesz - 12) / 8 ? 0 : -ENOEXEC;
}

int functions_read(Elf *e, struct functions *f)
{
	size_t n, i, len = 0;

	f->file = (const uint8_t *)elf_rawfile(e, &len);
	f->len = len;
	if (!f->file || gelf_getclass(e) != ELFCLASS64 ||
	    elf_getphdrnum(e, &n) < 0)
		return -ENOEXEC;
	for (i = 0; i < n; i++)
		if (gelf_getphdr(e, (int)i, &f->hdr) &&
		    f->hdr.p_type == PT_GNU_EH_FRAME)
			return table_read(f);
	return -ENOTSUP;
}

/* The address where function i begins, or the segment's ends: within text. */
static uint64_t start_of(const struct functions *f, const GElf_Phdr *text,
			 int64_t i)
{
	uint64_t first = text->p_vaddr;
	uint64_t last = first + text->p_filesz, at;

	if (i < 0)
		return first;
	if (i >= (int64_t)f->n)
		return last;
	at = f->hdr.p_vaddr + (uint64_t)(int64_t)f->table[2 * i];
	return at < first ? first : at > last ? last : at;
}

int functions_each(const struct functions *f, const GElf_Phdr *text,
		   int (*fn)(void *arg, uint64_t from, uint64_t to), void *arg)
{
	uint64_t from, to = text->p_vaddr;
	int64_t i;
	int rc = 0;

	if (!is_inside(f, text))
		return -ENOEXEC;
	for (i = 0; i <= (int64_t)f->n && !rc; i++) {
		from = to;
		to = start_of(f, text, i);
		if (to < from)
			return -EILSEQ; /* the table is sorted */
		if (to > from)
			rc = fn(arg, from, to);
	}
	return rc;
}
