/* SPDX-License-Identifier: MIT */
/* sites.c - system call instructions, found by decoding what they are in
 *
 * A jump to a trampoline takes five bytes, syscall has two: instructions before
 * or after it move along. They must not be ones that others jump to, nor depend
 * on where they are; what a function jumps to is seen when all of it is decoded
 * (jump tables lead to where blocks begin, which a system call and what follows
 * it in the same block do not).
 */
#include <Zydis/Zydis.h>
#include <errno.h>
#include <fcntl.h>
#include <gelf.h>
#include <libelf.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include "../upper-half/hook.h"
#include "functions.h"
#include "piece.h"
#include "sites.h"

#define JUMP 5 /* bytes */

struct search {
	struct functions f;
	GElf_Phdr text;
	ZydisDecoder decoder;
	const struct site_code *in;
	struct piece p;
	struct site *out;
	size_t n, max, lost;
};

/* The number of the call at i, if the code before it says; else -1. */
static int32_t number_at(const struct piece *p, size_t i)
{
	while (i > 0 && !p->v[i].target) {
		i--;
		if (p->v[i].nr != -1 || p->v[i].last)
			return p->v[i].nr < 0 ? -1 : p->v[i].nr;
	}
	return -1;
}

/* How many bytes behind the call at i have to move with it, so that want bytes
 * are free; a displacement among them is at *disp. -1: they cannot move. */
static int room_after(const struct piece *p, size_t i, int want, uint8_t *disp)
{
	int have = 0, moved, ended = 0;
	size_t j;

	for (j = i + 1, moved = 0; have < want; j++) {
		const struct insn *x = j < p->n ? &p->v[j] : NULL;

		if (!x || x->target || (!ended && x->fixed) ||
		    (ended && !x->padding) || (x->disp && *disp))
			return -1;
		if (x->disp)
			*disp = (uint8_t)(have + x->disp);
		have += x->len;
		if (!ended)
			moved = have;
		ended |= x->last;
	}
	return moved <= SITE_MOVED ? moved : -1;
}

/* The same for what comes before it. */
static int room_before(const struct piece *p, size_t i, int want, uint8_t *disp)
{
	int have = 0, at = 0;
	size_t j, k;

	for (j = i; have < want; j--) {
		const struct insn *x = j > 0 ? &p->v[j - 1] : NULL;

		if (!x || p->v[j].target || x->fixed || x->last)
			return -1;
		have += x->len;
	}
	for (k = j; k < i; at += p->v[k++].len) {
		if (p->v[k].disp && *disp)
			return -1;
		if (p->v[k].disp)
			*disp = (uint8_t)(at + p->v[k].disp);
	}
	return have <= SITE_MOVED ? have : -1;
}

static int site_make(const struct piece *p, size_t i, struct site *s)
{
	uint64_t call = p->address + p->v[i].at;
	int before = 0, after;

	*s = (struct site){ .nr = -1, .call = call };
	after = room_after(p, i, JUMP - 2, &s->fix_after);
	if (after < 0) {
		s->fix_after = 0;
		after = 0;
		before = room_before(p, i, JUMP - 2, &s->fix_before);
	}
	if (before < 0)
		return 0;
	s->at = call - (uint64_t)before;
	s->back = call + 2 + (uint64_t)after;
	s->before = (uint8_t)before;
	s->after = (uint8_t)after;
	s->kind = before ? SITE_ONCE : SITE_AGAIN;
	return 1;
}

/* The return from a signal handler finds its frame by the stack, which a
 * trampoline moves. libc's says that it begins a byte before it does, for
 * unwinders, and so cannot be decoded. */
static int is_sigreturn(const uint8_t *call, const uint8_t *start)
{
	return call - start >= 7 &&
	       !memcmp(call - 7, "\x48\xc7\xc0\x0f\0\0\0", 7);
}

/* A site of a known form, where none of another form can be made. What is moved
 * with the call must begin where an instruction does. */
static int site_of_form(const struct piece *p, size_t i, struct site *x)
{
	const uint8_t *call = p->code + p->v[i].at;
	uint64_t moved = p->address - (uint64_t)p->code;
	size_t j = i;

	if (!site_find(call, p->code, p->code + p->len, hook_wants, x))
		return 0;
	x->at += moved;
	x->call += moved;
	x->back += moved;
	x->cancel += x->cancel ? moved : 0;
	while (j > 0 && p->address + p->v[j].at > x->at)
		j--;
	return p->address + p->v[j].at == x->at;
}

static int look_at(struct search *s, size_t i)
{
	const struct piece *p = &s->p;
	const uint8_t *call = p->code + p->v[i].at;
	int32_t nr = number_at(p, i);
	struct site x;

	if ((!s->in->all && site_known(call, p->code, p->code + p->len)) ||
	    is_sigreturn(call, p->code) || nr == SYS_rt_sigreturn ||
	    (nr >= 0 && !hook_wants(nr)))
		return 0;
	if (!site_make(p, i, &x) && !(s->in->all && site_of_form(p, i, &x))) {
		s->lost++;
		return 0;
	}
	if (s->n == s->max)
		return -E2BIG;
	s->out[s->n++] = x;
	return 0;
}

/* Are there calls for which the piece has to be decoded? */
static int has_calls(const struct piece *p, int all)
{
	const uint8_t *end = p->code + p->len, *at = p->code;

	while ((at = memmem(at, (size_t)(end - at), "\x0f\x05", 2))) {
		if (all || !site_known(at, p->code, end))
			return 1;
		at += 2;
	}
	return 0;
}

static int search_piece(struct search *s)
{
	struct piece *p = &s->p;
	size_t i;
	int rc;

	if (!has_calls(p, s->in->all))
		return 0;
	rc = piece_decode(p, &s->decoder);
	for (i = 0; i < p->n && !rc; i++)
		if (p->v[i].syscall)
			rc = look_at(s, i);
	return rc;
}

/* Searches the part of [from, to), addresses in the file, that is mapped. */
static int search_function(void *arg, uint64_t from, uint64_t to)
{
	struct search *s = arg;
	uint64_t at = from - s->text.p_vaddr + s->text.p_offset;

	if (at < s->in->off || at - s->in->off + (to - from) > s->in->len)
		return 0;
	s->p.code = s->f.file + at;
	s->p.len = to - from;
	s->p.address = s->in->start + (at - s->in->off);
	return search_piece(s);
}

/* Searches where the file says that it has code. A segment can have data in it
 * as well, so sections are better, if the file has any. Returns how many there
 * were, or -errno. */
static int search_sections(struct search *s, Elf *e)
{
	Elf_Scn *scn = NULL;
	GElf_Shdr sh;
	int rc = 0, n = 0;

	while (!rc && (scn = elf_nextscn(e, scn))) {
		if (!gelf_getshdr(scn, &sh) || sh.sh_type != SHT_PROGBITS ||
		    !(sh.sh_flags & SHF_EXECINSTR))
			continue;
		n++;
		s->text = (GElf_Phdr){ .p_vaddr = sh.sh_addr,
				       .p_offset = sh.sh_offset,
				       .p_filesz = sh.sh_size };
		rc = functions_each(&s->f, &s->text, search_function, s);
	}
	return rc < 0 ? rc : n;
}

static int search_segments(struct search *s, Elf *e)
{
	size_t n, i;
	int rc = 0;

	if (elf_getphdrnum(e, &n) < 0)
		return -ENOEXEC;
	for (i = 0; i < n && !rc; i++)
		if (gelf_getphdr(e, (int)i, &s->text) &&
		    s->text.p_type == PT_LOAD && s->text.p_flags & PF_X)
			rc = functions_each(&s->f, &s->text, search_function,
					    s);
	return rc;
}

static int search_file(struct search *s, Elf *e)
{
	int rc = functions_read(e, &s->f);

	if (rc < 0)
		return rc;
	ZydisDecoderInit(&s->decoder, ZYDIS_MACHINE_MODE_LONG_64,
			 ZYDIS_STACK_WIDTH_64);
	rc = search_sections(s, e);
	return rc ? rc : search_segments(s, e);
}

long sites_find(const struct site_code *c, struct site *out, size_t max,
		size_t *lost)
{
	struct search s = { .in = c, .out = out, .max = max };
	int rc = -ENOEXEC;
	Elf *e;

	elf_version(EV_CURRENT);
	e = elf_begin(c->fd, ELF_C_READ_MMAP, NULL);
	if (e)
		rc = search_file(&s, e);
	elf_end(e);
	free(s.p.v);
	*lost = s.lost;
	return rc < 0 ? rc : (long)s.n;
}
