/* SPDX-License-Identifier: MIT */
/* hook.S - from a trampoline to C and back, all registers kept
 *
 * As a system call, they change rax, rcx and r11 only
 * (common/arch/x86_64/entry.h).
 *
 * What the hook was asked stays below the trampoline's stack, in the red zone, which
 * no signal frame touches, until the trampoline is left (struct hook_regs):
 *
 *	rsp - 8		where hook_entry returns to
 *	    - 16..-56	r9 r8 r10 rdx rsi rdi, as the program had them
 *	    - 64..-104	the same, as the hook may have changed them
 *	    - 112	the number of the system call
 */
#include "../common/arch/x86_64/entry.h"

#define KEPT	112	/* sizeof(struct hook_regs) */
#define NR_MAX	512
#define AFTER	2	/* HOOK_AFTER */
#define TO_TAIL	41	/* AT_TAIL - AT_HOOKED, slot.c */
#define REDO	15	/* from behind the tail's call of *after to its syscall */

	.text
	.globl hook_entry
	.type hook_entry, @function
hook_entry:
	cmp	$NR_MAX, %rax
	jae	1f
	bt	%rax, hook_wanted(%rip)
	jnc	1f
	push_args			/* struct hook_regs: as they were, */
	push_args			/* and as they are to be */
	push	%rax
	mov	%rsp, %rdi
	call_aligned hook_dispatch
	mov	%rax, %r11		/* the verdict */
	pop	%rax
	pop_args
	lea	48(%rsp), %rsp
	cmp	$AFTER, %r11d
	je	2f
	ret
1:	mov	%rax, 8-KEPT(%rsp)
	xor	%r11d, %r11d
	ret
2:	addq	$TO_TAIL, (%rsp)
	ret
	.size hook_entry, .-hook_entry

/*
 * After a system call that the trampoline made in its tail, in a clone's newborn
 * too. rax is its result; what hook_after makes of it and of the registers is
 * the program's, or it makes the call again.
 */
	.globl after_entry
	.type after_entry, @function
after_entry:
	lea	8-KEPT(%rsp), %rsp	/* at struct hook_regs */
	push_args
	push	%rax
	mov	%rsp, %rdi		/* struct hook_result */
	lea	56(%rsp), %rsi
	call_aligned hook_after
	mov	%rax, %r11		/* is it to be made again? */
	pop	%rax
	pop_args
	lea	KEPT-8(%rsp), %rsp
	test	%r11d, %r11d
	jz	1f
	subq	$REDO, (%rsp)
1:	ret
	.size after_entry, .-after_entry

	.section .note.GNU-stack, "", @progbits
