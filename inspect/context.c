/* SPDX-License-Identifier: MIT */
/* context.c - where a saved thread stands: its registers (x86_64)
 *
 * The stop signal's frame, on the thread's own stack, has them: it is what the
 * kernel itself would put them back from (lower-half/stop.c).
 */
#include <errno.h>
#include <stddef.h>
#include <string.h>
#include <ucontext.h>
#include "../upper-half/thread.h"
#include "context.h"

#define PARTS	   7UL /* of XSAVE: x87, SSE, AVX */
#define SLOT	   128 /* upper-half/slot.h draws it */
#define AT_SHIFT   5
#define AT_SHIFTED 10
#define AT_LEAVE   28
#define AT_TAIL	   64

/* What the kernel leaves in the last 48 of the 512 bytes of FXSAVE. */
#define SW_BYTES_AT 464
#define SW_MAGIC    0x46505853U
struct sw_bytes {
	uint32_t magic, extended_size;
	uint64_t xfeatures;
	uint32_t xstate_size;
};

/* Where code has those bytes, from at on; 0: nowhere. */
static size_t find(const uint8_t code[SLOT], size_t at, const char *bytes,
		   size_t n)
{
	for (; at + n <= SLOT; at++)
		if (!memcmp(code + at, bytes, n))
			return at;
	return 0;
}

/* In a trampoline: to its end. */
static void leave_trampoline(const struct process *p,
			     struct user_regs_struct *r)
{
	uint64_t slot = r->rip & ~(SLOT - 1UL), at = r->rip - slot;
	uint8_t code[SLOT];
	size_t leave, jump;
	int32_t distance;

	if (process_read(p, slot, code, sizeof(code)) ||
	    memcmp(code + AT_SHIFT, "\x48\x8d\x64\x24\x80\x49\xbb", 7))
		return;
	leave = find(code, at >= AT_TAIL ? AT_TAIL : AT_LEAVE,
		     "\x48\x8d\xa4\x24\x80\0\0\0", 8);
	jump = leave ? find(code, leave + 8, "\xe9", 1) : 0;
	if (!jump || jump + 5 > SLOT)
		return;
	memcpy(&distance, code + jump + 1, sizeof(distance));
	if (at >= AT_SHIFTED && at <= leave)
		r->rsp += 128;
	r->rip = slot + jump + 5 + (uint64_t)(int64_t)distance;
}

static void general(const greg_t *g, const struct thread *t,
		    struct user_regs_struct *r)
{
#define TAKE(reg, REG) r->reg = (unsigned long long)g[REG_##REG]
	TAKE(r8, R8);
	TAKE(r9, R9);
	TAKE(r10, R10);
	TAKE(r11, R11);
	TAKE(r12, R12);
	TAKE(r13, R13);
	TAKE(r14, R14);
	TAKE(r15, R15);
	TAKE(rdi, RDI);
	TAKE(rsi, RSI);
	TAKE(rbp, RBP);
	TAKE(rbx, RBX);
	TAKE(rdx, RDX);
	TAKE(rax, RAX);
	TAKE(rcx, RCX);
	TAKE(rsp, RSP);
	TAKE(rip, RIP);
	TAKE(eflags, EFL);
#undef TAKE
	r->cs = (uint64_t)g[REG_CSGSFS] & 0xffff;
	r->ss = (uint64_t)g[REG_CSGSFS] >> 48;
	r->orig_rax = ~0ULL; /* in no system call that is to be made again */
	r->fs_base = t->upper_fs;
	r->gs_base = t->gs_base;
}

/*
 * The parts of XSAVE after those of AVX lie elsewhere on each kind of
 * processor, and a core does not say where: they are left out.
 */
static void vector(const struct process *p, uint64_t at, struct context *c)
{
	struct sw_bytes sw;
	uint64_t have;

	if (!at || process_read(p, at, c->vector, CONTEXT_FXSAVE))
		return;
	c->vector_len = CONTEXT_FXSAVE;
	memcpy(&sw, c->vector + SW_BYTES_AT, sizeof(sw));
	if (sw.magic != SW_MAGIC || (sw.xfeatures & PARTS) != PARTS ||
	    sw.xstate_size < sizeof(c->vector) ||
	    process_read(p, at, c->vector, sizeof(c->vector)))
		return;
	c->vector_len = sizeof(c->vector);
	memcpy(&have, c->vector + CONTEXT_FXSAVE, sizeof(have));
	have &= PARTS;
	memcpy(c->vector + CONTEXT_FXSAVE, &have, sizeof(have));
	/* Debuggers look here for which parts there are. */
	have = PARTS;
	memcpy(c->vector + SW_BYTES_AT, &have, sizeof(have));
}

int context_read(const struct process *p, const struct thread *t,
		 struct context *c)
{
	ucontext_t uc;
	int rc;

	memset(c, 0, sizeof(*c));
	if (t->state != THREAD_STOPPED || !t->frame)
		return -ESRCH;
	rc = process_read(p, t->frame, &uc, offsetof(ucontext_t, uc_sigmask));
	if (!rc)
		rc = process_read(p,
				  t->frame + offsetof(ucontext_t, uc_sigmask),
				  &c->sigmask, sizeof(c->sigmask));
	if (rc)
		return rc;
	general(uc.uc_mcontext.gregs, t, &c->regs);
	leave_trampoline(p, &c->regs);
	vector(p, (uint64_t)uc.uc_mcontext.fpregs, c);
	return 0;
}
