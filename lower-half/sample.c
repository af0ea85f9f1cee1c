/* SPDX-License-Identifier: MIT */
/* sample.c - what a thread of the upper half is at: its registers and stack
 *
 * Freestanding: sample_take runs in the handler of the stop signal, under
 * whichever FS is in force. A thread is asked only while it is in a call of
 * MPI, where it gets that signal at every checkpoint, too.
 */
#include <signal.h>
#include <sys/uio.h>
#include "../common/futex.h"
#include "../common/page.h"
#include "../common/stress.h"
#include "../upper-half/handlers.h"
#include "sample.h"
#include "stop.h"

#define WAIT_MS 20

/* A thread that answers too late finds FREE, or another one's name. */
enum { FREE, ASKED, TAKING, TAKEN };

static struct {
	uint32_t state;	   /* futex */
	struct thread *of; /* constant while it is TAKING */
	struct sample s;
} slot;

/* The stack up to where it ends, whatever lies beyond. Each page is an element
 * of its own, since an element is copied whole or not at all. */
static size_t copy_stack(uint64_t sp, void *to)
{
	struct iovec here = { to, SAMPLE_STACK };
	struct iovec there[SAMPLE_STACK / PAGE + 1];
	size_t n = 0, left = SAMPLE_STACK, part;
	long got;

	for (; left; left -= part, sp += part) {
		part = PAGE - sp % PAGE;
		part = part < left ? part : left;
		there[n++] = (struct iovec){ (void *)sp, part };
	}
	got = raw_syscall6(SYS_process_vm_readv, raw_syscall0(SYS_getpid),
			   (long)&here, 1, (long)there, (long)n, 0);
	return got < 0 ? 0 : (size_t)got;
}

static void copy_registers(const greg_t *g, uint64_t *to)
{
	static const int8_t order[SAMPLE_REGS] = {
		REG_RAX, REG_RDX, REG_RCX, REG_RBX, REG_RSI, REG_RDI,
		REG_RBP, REG_RSP, REG_R8,  REG_R9,  REG_R10, REG_R11,
		REG_R12, REG_R13, REG_R14, REG_R15, REG_RIP
	};
	int i;

	for (i = 0; i < SAMPLE_REGS; i++)
		to[i] = (uint64_t)g[order[i]];
}

void sample_fill(struct sample *s, const ucontext_t *uc)
{
	copy_registers(uc->uc_mcontext.gregs, s->reg);
	s->n = copy_stack(s->reg[SAMPLE_SP], s->stack);
}

void sample_take(struct thread *t, const ucontext_t *uc)
{
	uint32_t asked = ASKED;

	if (!__atomic_compare_exchange_n(&slot.state, &asked, TAKING, 0,
					 __ATOMIC_ACQ_REL, __ATOMIC_RELAXED))
		return;
	STRESS_POINT();
	if (slot.of != t) {
		__atomic_store_n(&slot.state, ASKED, __ATOMIC_RELEASE);
		return;
	}
	sample_fill(&slot.s, uc);
	__atomic_store_n(&slot.state, TAKEN, __ATOMIC_RELEASE);
	futex_wake(&slot.state, 1);
}

struct asking {
	int tid;
	enum sample_result result;
};

static int ask(struct thread *t, void *arg)
{
	struct asking *a = arg;

	if (t->tid != a->tid)
		return 0;
	if (t->state != THREAD_RUNNING || t->vforked)
		return 1;
	if (handlers_crossings(t) <= 0) {
		a->result = SAMPLE_UPPER;
		return 1;
	}
	slot.of = t;
	__atomic_store_n(&slot.state, ASKED, __ATOMIC_RELEASE);
	STRESS_POINT();
	if (stop_ask(t) == 0)
		a->result = SAMPLE_TAKEN;
	return 1;
}

enum sample_result sample_thread(int tid, const struct sample **s)
{
	struct asking a = { .tid = tid, .result = SAMPLE_GONE };
	uint32_t now = __atomic_load_n(&slot.state, __ATOMIC_ACQUIRE);
	int ms;

	/* From one that was given up: it writes still, or may begin to. */
	if (now == TAKING ||
	    !__atomic_compare_exchange_n(&slot.state, &now, FREE, 0,
					 __ATOMIC_ACQ_REL, __ATOMIC_RELAXED))
		return SAMPLE_GONE;
	thread_each(ask, &a);
	for (ms = 0; a.result == SAMPLE_TAKEN && ms < WAIT_MS; ms++) {
		now = __atomic_load_n(&slot.state, __ATOMIC_ACQUIRE);
		if (now == TAKEN)
			break;
		futex_wait(&slot.state, now, 1);
	}
	*s = &slot.s;
	now = ASKED;
	if (a.result == SAMPLE_TAKEN &&
	    (__atomic_compare_exchange_n(&slot.state, &now, FREE, 0,
					 __ATOMIC_ACQ_REL, __ATOMIC_ACQUIRE) ||
	     now != TAKEN))
		a.result = SAMPLE_GONE;
	return a.result;
}
