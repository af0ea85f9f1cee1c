/* SPDX-License-Identifier: MIT */
/* unwind.c - from a sample of a thread (sample.h) up its stack */
#include <errno.h>
#include <string.h>
#include "cfi.h"
#include "unwind.h"

#define ENTRY_MAX 8192
#define HERE_4	  0x1b /* DW_EH_PE_pcrel | DW_EH_PE_sdata4 */

void unwind_begin(struct unwind *u, const struct sample *s)
{
	memset(u, 0, sizeof(*u));
	memcpy(u->reg, s->reg, sizeof(u->reg));
	u->s = s;
	u->exact = 1;
}

uint64_t unwind_pc(const struct unwind *u)
{
	return u->reg[SAMPLE_PC] - !u->exact;
}

/* The thread runs on: its stack is what it was, all else is the same. */
static int read_memory(const void *arg, uint64_t from, void *to, size_t len)
{
	const struct sample *s = arg;
	uint64_t off = from - s->reg[SAMPLE_SP];

	if (off >= s->n || s->n - off < len)
		return module_peek(from, to, len);
	memcpy(to, s->stack + off, len);
	return 0;
}

/* An entry of .eh_frame, from its length on. */
struct entry {
	uint8_t bytes[ENTRY_MAX];
	struct cfi_bytes b; /* what follows the length and the next word ... */
	uint32_t id;	    /* ... which is this */
};

static int entry_read(struct entry *e, uint64_t at)
{
	uint32_t len;
	int rc = module_peek(at, &len, sizeof(len));

	if (!rc && (len < 4 || len > sizeof(e->bytes)))
		rc = -EINVAL;
	if (!rc)
		rc = module_peek(at + 4, e->bytes, len);
	if (rc)
		return rc;
	e->b = (struct cfi_bytes){ e->bytes, e->bytes + len, 0 };
	e->id = (uint32_t)cfi_fixed(&e->b, 4);
	return 0;
}

/* An encoded pointer's size: DW_EH_PE_udata2 and so on. */
static size_t pointer_size(unsigned int encoding)
{
	switch (encoding & 7) {
	case 2:
		return 2;
	case 3:
		return 4;
	default:
		return 8;
	}
}

/* Of the letters of an augmentation. 0, or -EINVAL: an FDE is not as all
 * compilers make it. */
static int augmentation(struct cfi_bytes *b, const char *letters, int *signal)
{
	uint64_t encoding = 0, len;
	struct cfi_bytes inner;

	if (*letters++ != 'z')
		return -EINVAL;
	len = cfi_unsigned(b);
	if (len > (uint64_t)(b->end - b->at))
		return -EINVAL;
	inner = (struct cfi_bytes){ b->at, b->at + len, 0 };
	b->at += len;
	for (; *letters; letters++) {
		if (*letters == 'R')
			encoding = cfi_fixed(&inner, 1);
		else if (*letters == 'P')
			cfi_fixed(&inner, pointer_size((unsigned int)cfi_fixed(
						  &inner, 1)));
		else if (*letters == 'L')
			cfi_fixed(&inner, 1);
		else if (*letters == 'S')
			*signal = 1;
		else
			return -EINVAL;
	}
	return inner.bad || encoding != HERE_4 ? -EINVAL : 0;
}

/* What FDEs have in common. *signal: they are of a signal's frame. */
static int cie_read(struct entry *e, struct cfi_cie *c, int *signal)
{
	uint64_t version = cfi_fixed(&e->b, 1), reg;
	const char *letters = (const char *)e->b.at;
	size_t room = (size_t)(e->b.end - e->b.at);
	size_t n = strnlen(letters, room);
	int rc;

	if (e->id || n == room || (version != 1 && version != 3))
		return -EINVAL;
	e->b.at += n + 1;
	c->code_align = cfi_unsigned(&e->b);
	c->data_align = cfi_signed(&e->b);
	reg = version == 1 ? cfi_fixed(&e->b, 1) : cfi_unsigned(&e->b);
	rc = augmentation(&e->b, letters, signal);
	if (rc || e->b.bad || reg != SAMPLE_PC)
		return -EINVAL;
	memset(&c->first, 0, sizeof(c->first));
	return cfi_row(c, (struct cfi_code){ e->b.at, e->b.end }, 0, &c->first);
}

/* The row of the function that u is in. */
static int find_row(struct unwind *u, struct cfi_row *row, struct entry *fde,
		    struct entry *cie, int *signal)
{
	uint64_t at, begin, size, skip, pc = unwind_pc(u);
	struct cfi_cie c;
	int rc = module_find(pc, &u->m);

	if (!rc)
		rc = module_frame(&u->m, pc, &at);
	if (!rc)
		rc = entry_read(fde, at);
	if (!rc)
		rc = entry_read(cie, at + 4 - fde->id);
	if (!rc)
		rc = cie_read(cie, &c, signal);
	if (rc)
		return rc;
	begin = at + 8 + (uint64_t)(int64_t)(int32_t)cfi_fixed(&fde->b, 4);
	size = cfi_fixed(&fde->b, 4);
	skip = cfi_unsigned(&fde->b);
	if (fde->b.bad || pc - begin >= size ||
	    skip > (uint64_t)(fde->b.end - fde->b.at))
		return -ENOENT;
	*row = c.first;
	return cfi_row(&c, (struct cfi_code){ fde->b.at + skip, fde->b.end },
		       pc - begin, row);
}

static int value(const struct unwind *u, const struct cfi_rule *r, uint64_t cfa,
		 uint64_t *to)
{
	uint64_t at = cfa + (uint64_t)r->off;
	int rc = 0;

	if (r->how == CFI_REGISTER && r->reg < SAMPLE_REGS)
		*to = u->reg[r->reg];
	if (r->how != CFI_AT && r->how != CFI_IS)
		return 0;
	if (r->expr)
		rc = cfi_expression(r, u->reg, &cfa, read_memory, u->s, &at);
	if (!rc && r->how == CFI_AT)
		rc = read_memory(u->s, at, &at, sizeof(at));
	*to = at;
	return rc;
}

/* The caller's registers. */
static int apply(struct unwind *u, const struct cfi_row *row)
{
	uint64_t reg[SAMPLE_REGS], cfa;
	int i, rc = 0;

	if (row->cfa.expr)
		rc = cfi_expression(&row->cfa, u->reg, NULL, read_memory, u->s,
				    &cfa);
	else if (row->cfa.reg < SAMPLE_REGS)
		cfa = u->reg[row->cfa.reg] + (uint64_t)row->cfa.off;
	else
		rc = -EINVAL;
	if (rc)
		return rc;
	if (row->reg[SAMPLE_PC].how != CFI_AT)
		return -ENOENT; /* it has no caller */
	memcpy(reg, u->reg, sizeof(reg));
	reg[SAMPLE_SP] = cfa;
	for (i = 0; !rc && i < SAMPLE_REGS; i++)
		rc = value(u, &row->reg[i], cfa, &reg[i]);
	memcpy(u->reg, reg, sizeof(reg));
	return rc;
}

int unwind_step(struct unwind *u)
{
	struct entry fde, cie;
	struct cfi_row row;
	int signal = 0, rc = find_row(u, &row, &fde, &cie, &signal);

	if (!rc)
		rc = apply(u, &row);
	u->exact = signal;
	return rc;
}
