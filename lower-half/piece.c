/* SPDX-License-Identifier: MIT */
/* piece.c - the instructions of one function, decoded */
#include <errno.h>
#include "../common/array.h"
#include "piece.h"

static int sets_eax(const ZydisDecodedInstruction *in,
		    const ZydisDecodedOperand *op)
{
	ZydisRegister r;
	int i;

	for (i = 0; i < in->operand_count; i++) {
		r = op[i].type == ZYDIS_OPERAND_TYPE_REGISTER ?
			    op[i].reg.value :
			    ZYDIS_REGISTER_NONE;
		if (op[i].actions & ZYDIS_OPERAND_ACTION_MASK_WRITE &&
		    ZydisRegisterGetLargestEnclosing(ZYDIS_MACHINE_MODE_LONG_64,
						     r) == ZYDIS_REGISTER_RAX)
			return 1;
	}
	return 0;
}

static int32_t number_set(const ZydisDecodedInstruction *in,
			  const ZydisDecodedOperand *op)
{
	if (in->meta.category == ZYDIS_CATEGORY_CALL ||
	    in->mnemonic == ZYDIS_MNEMONIC_SYSCALL)
		return -2;
	if (!sets_eax(in, op))
		return -1;
	if (in->mnemonic == ZYDIS_MNEMONIC_MOV &&
	    op[1].type == ZYDIS_OPERAND_TYPE_IMMEDIATE)
		return (int32_t)op[1].imm.value.u;
	if (in->mnemonic == ZYDIS_MNEMONIC_XOR &&
	    op[1].type == ZYDIS_OPERAND_TYPE_REGISTER &&
	    op[0].reg.value == op[1].reg.value)
		return 0;
	return -2;
}

static void describe(struct insn *x, const ZydisDecodedInstruction *in,
		     const ZydisDecodedOperand *op)
{
	ZydisInstructionCategory c = in->meta.category;
	int relative = in->raw.imm[0].is_relative;

	x->len = in->length;
	x->syscall = in->mnemonic == ZYDIS_MNEMONIC_SYSCALL;
	x->padding = c == ZYDIS_CATEGORY_NOP || c == ZYDIS_CATEGORY_WIDENOP ||
		     in->mnemonic == ZYDIS_MNEMONIC_INT3;
	x->last = c == ZYDIS_CATEGORY_RET ||
		  (c == ZYDIS_CATEGORY_UNCOND_BR && !relative);
	x->fixed = relative || c == ZYDIS_CATEGORY_CALL || x->syscall;
	x->to = relative && c != ZYDIS_CATEGORY_CALL ?
			x->at + in->length + in->raw.imm[0].value.s :
			-1;
	if (in->raw.modrm.mod == 0 && in->raw.modrm.rm == 5 &&
	    in->raw.disp.size == 32)
		x->disp = in->raw.disp.offset;
	x->nr = number_set(in, op);
}

static int decode(struct piece *p, const ZydisDecoder *d)
{
	ZydisDecodedOperand op[ZYDIS_MAX_OPERAND_COUNT];
	ZydisDecodedInstruction in;
	size_t at = 0;

	for (p->n = 0; at < p->len; at += p->v[p->n++].len) {
		if (ARRAY_ROOM(p->v, p->n, p->cap) < 0)
			return -ENOMEM;
		p->v[p->n] = (struct insn){ .at = (uint32_t)at, .to = -1 };
		if (ZYAN_SUCCESS(ZydisDecoderDecodeFull(d, p->code + at,
							p->len - at, &in, op)))
			describe(&p->v[p->n], &in, op);
		else /* data */
			p->v[p->n] = (struct insn){ .at = (uint32_t)at,
						    .len = 1,
						    .fixed = 1,
						    .nr = -2,
						    .to = -1 };
	}
	return 0;
}

static void mark_targets(struct piece *p)
{
	size_t i, lo, hi;

	for (i = 0; i < p->n; i++) {
		if (p->v[i].to < 0 || p->v[i].to >= (int64_t)p->len)
			continue;
		for (lo = 0, hi = p->n; hi - lo > 1;) {
			size_t mid = (lo + hi) / 2;

			if (p->v[mid].at > p->v[i].to)
				hi = mid;
			else
				lo = mid;
		}
		p->v[lo].target = 1;
	}
}

int piece_decode(struct piece *p, const ZydisDecoder *d)
{
	int rc = decode(p, d);

	if (!rc)
		mark_targets(p);
	return rc;
}
