/* SPDX-License-Identifier: MIT */
/* entry.h - for hook.S and own.S: from the place of a system call into C
 *
 * A system call changes rax, rcx and r11 only, so what takes its place keeps
 * all else: these macros see to the other registers that C functions may
 * change. The C code is built without vector registers, which need no saving.
 */
/* clang-format off */

/* The six arguments, so that they lie in memory in their order. */
	.macro	push_args
	push	%r9
	push	%r8
	push	%r10
	push	%rdx
	push	%rsi
	push	%rdi
	.endm

	.macro	pop_args
	pop	%rdi
	pop	%rsi
	pop	%rdx
	pop	%r10
	pop	%r8
	pop	%r9
	.endm

/* The stack may be aligned in any way where a system call is made. rax is the
 * function's result. */
	.macro	call_aligned function
	push	%rbp
	mov	%rsp, %rbp
	and	$-16, %rsp
	cld
	call	\function
	mov	%rbp, %rsp
	pop	%rbp
	.endm
