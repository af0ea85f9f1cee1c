/* SPDX-License-Identifier: MIT */
/* gs_scan.c - which instructions of an object reach TLS through FS
 *
 * From each function to the next, Zydis decodes what has a byte 0x64 in it that
 * may be a prefix; the rest is skipped, so that the whole libc takes
 * milliseconds.
 */
#include <Zydis/Zydis.h>
#include <errno.h>
#include <gelf.h>
#include <libelf.h>
#include <stdlib.h>
#include <string.h>
#include "../common/array.h"
#include "functions.h"
#include "gs_scan.h"

#define FS_PREFIX 0x64
#define CANARY	  0x28 /* offset of the stack protector's word, psABI */

struct code {
	struct functions f;
	GElf_Phdr text; /* the executable segment at hand */
	ZydisDecoder decoder;
	struct gs_list *l;
};

static int list_add(struct gs_list *l, uint64_t off)
{
	if (ARRAY_ROOM(l->at, l->n, l->cap) < 0)
		return -ENOMEM;
	l->at[l->n++] = off;
	return 0;
}

/* mov/sub/xor/cmp %fs:0x28,%reg with REX.W, as gcc and clang write it. */
static int is_canary(const uint8_t *p, const uint8_t *end)
{
	return end - p >= 9 && (p[1] & 0xf8) == 0x48 && (p[3] & 0xc7) == 4 &&
	       p[4] == 0x25 && p[5] == CANARY && !p[6] && !p[7] && !p[8];
}

/* May the byte after the prefix go on an instruction that uses memory? Another
 * prefix, or an opcode with a ModRM byte (AMD64 manual 3, appendix A). */
static int may_follow(uint8_t b)
{
	switch (b >> 4) {
	case 0x0:
	case 0x1:
	case 0x2:
	case 0x3:
		return (b & 7) < 4 || (b & 7) == 6 || b == 0x0f;
	case 0x4:
	case 0x8:
		return 1;
	case 0x6:
		return b != 0x60 && b != 0x61 && b != 0x68 && b != 0x6a;
	case 0xa:
		return b != 0xa8 && b != 0xa9;
	case 0xc:
		return b != 0xc2 && b != 0xc3 && b < 0xc8;
	case 0xd:
		return b < 0xd4 || b > 0xd7;
	case 0xf:
		return b != 0xf1 && b != 0xf4 && b != 0xf5 &&
		       (b < 0xf8 || b > 0xfd);
	default: /* push, pop, jcc, mov of constants, calls ... */
		return 0;
	}
}

/* The last byte in [p, end) that may be a prefix we look for, or NULL. */
static const uint8_t *last_candidate(const uint8_t *p, const uint8_t *end)
{
	const uint8_t *q = end;

	while ((q = memrchr(p, FS_PREFIX, (size_t)(q - p))))
		if (q + 1 < end && may_follow(q[1]) && !is_canary(q, end))
			break;
	return q;
}

/* 1: it is to be rewritten, and *prefix is where; 0: no; -errno. */
static int uses_fs(const ZydisDecodedInstruction *in, const uint8_t *p,
		   size_t *prefix)
{
	int i, n = 0;

	if (!(in->attributes & ZYDIS_ATTRIB_HAS_SEGMENT_FS))
		return 0;
	if (in->raw.modrm.mod == 0 && in->raw.modrm.rm == 4 &&
	    in->raw.disp.size == 32 && in->raw.disp.value == CANARY)
		return 0;
	for (i = 0; i < in->raw.prefix_count; i++)
		if (p[i] == FS_PREFIX) {
			*prefix = (size_t)i;
			n++;
		}
	return n == 1 ? 1 : -EILSEQ;
}

/* One function and the padding after it. */
static int scan_piece(struct code *c, const uint8_t *p, const uint8_t *end)
{
	ZydisDecodedInstruction in;
	const uint8_t *last = last_candidate(p, end);
	size_t prefix = 0;
	int rc, lost = 0;

	while (last && p <= last) {
		if (!ZYAN_SUCCESS(ZydisDecoderDecodeInstruction(
			    &c->decoder, NULL, p, (ZyanUSize)(end - p), &in))) {
			lost = 1; /* padding or data: no prefix may follow */
			p++;
			continue;
		}
		rc = uses_fs(&in, p, &prefix);
		if (rc > 0)
			rc = lost ? -EILSEQ :
				    list_add(c->l, (uint64_t)(p - c->f.file) +
							   prefix);
		if (rc < 0)
			return rc;
		p += in.length;
	}
	return 0;
}

static int scan_function(void *arg, uint64_t from, uint64_t to)
{
	struct code *c = arg;
	const uint8_t *base = c->f.file + c->text.p_offset;

	return scan_piece(c, base + (from - c->text.p_vaddr),
			  base + (to - c->text.p_vaddr));
}

static int scan_code(Elf *e, struct code *c)
{
	size_t n, i;
	int rc = functions_read(e, &c->f);

	if (rc < 0 || elf_getphdrnum(e, &n) < 0)
		return rc < 0 ? rc : -ENOEXEC;
	ZydisDecoderInit(&c->decoder, ZYDIS_MACHINE_MODE_LONG_64,
			 ZYDIS_STACK_WIDTH_64);
	for (i = 0; i < n && !rc; i++) {
		if (!gelf_getphdr(e, (int)i, &c->text) ||
		    c->text.p_type != PT_LOAD || !(c->text.p_flags & PF_X))
			continue;
		rc = functions_each(&c->f, &c->text, scan_function, c);
	}
	return rc;
}

/* Relocations that hand out offsets from the thread pointer. */
static int has_tls_offsets(Elf *e)
{
	Elf_Scn *s = NULL;
	GElf_Shdr sh;
	Elf_Data *d;
	size_t i;

	while ((s = elf_nextscn(e, s))) {
		if (!gelf_getshdr(s, &sh) || sh.sh_type != SHT_RELA)
			continue;
		d = elf_getdata(s, NULL);
		if (!d)
			return 1;
		for (i = 0; i < d->d_size / sizeof(Elf64_Rela); i++) {
			uint64_t t = ELF64_R_TYPE(
				((const Elf64_Rela *)d->d_buf)[i].r_info);

			if (t == R_X86_64_TPOFF64 || t == R_X86_64_TLSDESC)
				return 1;
		}
	}
	return 0;
}

int gs_scan(int fd, int whole, struct gs_list *l)
{
	struct code c = { .l = l };
	size_t sections = 0;
	int rc = -ENOEXEC;
	Elf *e;

	elf_version(EV_CURRENT);
	e = elf_begin(fd, ELF_C_READ_MMAP, NULL);
	if (!e || gelf_getclass(e) != ELFCLASS64)
		goto out;
	elf_getshdrnum(e, &sections);
	rc = 0;
	if (whole || !sections || has_tls_offsets(e))
		rc = scan_code(e, &c);
out:
	elf_end(e);
	return rc;
}
