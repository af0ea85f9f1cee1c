/* SPDX-License-Identifier: MIT */
/* handlers.c - signal handlers on top of lower code, and those that leave it
 *
 * Freestanding. Another handler may come at any moment and leave by siglongjmp,
 * or settle what it finds: signals are blocked while a note is half written, or
 * half forgotten.
 */
#include <signal.h>
#include <sys/uio.h>
#include "../common/sync.h"
#include "handlers.h"

int handlers_begin(struct thread *t, const ucontext_t *uc)
{
	struct handler_note *h;
	struct hold hold;
	int n;

	sync_mask(&hold);
	n = t->handlers++;
	h = &t->handler[n];
	if (n < HANDLER_NOTES)
		*h = (struct handler_note){ (uint64_t)uc, t->depth, t->hooks };
	sync_unmask(&hold);
	return n;
}

/* A handler returns: handlers above it that have not returned have been
 * left. */
void handlers_end(struct thread *t, int before)
{
	__atomic_store_n(&t->handlers, before, __ATOMIC_RELEASE);
}

static int on_stack(const stack_t *s, uint64_t sp)
{
	return !(s->ss_flags & SS_DISABLE) && sp >= (uint64_t)s->ss_sp &&
	       sp - (uint64_t)s->ss_sp < s->ss_size;
}

/* 0: the memory cannot be read. */
static int peek(uint64_t from, void *to, size_t len)
{
	struct iovec here = { to, len }, there = { (void *)from, len };

	return raw_syscall6(SYS_process_vm_readv, raw_syscall0(SYS_getpid),
			    (long)&here, 1, (long)&there, 1, 0) == (long)len;
}

/*
 * The handler of this note still runs, if what sig_entry keeps for it is still
 * there and we are below it, or on the alternate stack and it is not.
 */
static int runs(struct thread *t, uint64_t frame, const ucontext_t *uc)
{
	uint64_t sp = (uint64_t)uc->uc_mcontext.gregs[REG_RSP], kept;
	const ucontext_t *at = (const ucontext_t *)frame;
	int alternate;
	stack_t stack;

	if (!peek(frame - HANDLER_KEPT, &kept, sizeof(kept)) ||
	    kept != (uint64_t)t ||
	    !peek((uint64_t)&at->uc_stack, &stack, sizeof(stack)))
		return 0;
	/* With SS_AUTODISARM only the first frame on the alternate stack says
	 * that it is one. */
	alternate = on_stack(&uc->uc_stack, sp) || on_stack(&stack, sp);
	if (alternate !=
	    (on_stack(&uc->uc_stack, frame) || on_stack(&stack, frame)))
		return alternate;
	return sp < frame;
}

/*
 * May the note be forgotten? The crossings that the handler interrupted end by
 * themselves if it left to code that is run by an upcall of theirs; otherwise
 * they stay for ever, and so does the note.
 */
static int was_left(struct thread *t, int n, const ucontext_t *uc)
{
	const struct handler_note *h = &t->handler[n];
	int crossings = h->depth - h->hooks;
	int below = n ? h[-1].depth - h[-1].hooks : 0;

	if (n >= HANDLER_NOTES || runs(t, h->frame, uc))
		return 0;
	return crossings == below || t->depth - t->hooks < crossings;
}

static void forget(struct thread *t, int n)
{
	const struct handler_note *h = &t->handler[n];

	handlers_hooks(t, (n ? h[-1].hooks : 0) - h->hooks);
	t->handlers = n;
}

void handlers_settle(struct thread *t, const ucontext_t *uc)
{
	struct hold hold;

	if (t->handlers <= 0)
		return;
	sync_mask(&hold);
	while (t->handlers > 0 && was_left(t, t->handlers - 1, uc))
		forget(t, t->handlers - 1);
	sync_unmask(&hold);
}
