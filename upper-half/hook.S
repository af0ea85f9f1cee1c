/* SPDX-License-Identifier: MIT */
/* hook.S - from an island to C and back, all registers kept
 *
 * A system call changes rax, rcx and r11 only; so do we. The C code is built
 * without vector registers, so those need no saving. r11 returns the verdict.
 */
	.text
	.globl hook_entry
	.type hook_entry, @function
hook_entry:
	push	%r9
	push	%r8
	push	%r10
	push	%rdx
	push	%rsi
	push	%rdi
	push	%rax			/* stays there: syscall_resume.c */
	mov	%rsp, %rdi
	push	%rbp
	mov	%rsp, %rbp
	and	$-16, %rsp
	cld
	call	hook_dispatch
	mov	%rax, %r11
	mov	%rbp, %rsp
	pop	%rbp
	pop	%rax
	pop	%rdi
	pop	%rsi
	pop	%rdx
	pop	%r10
	pop	%r8
	pop	%r9
	ret
	.size hook_entry, .-hook_entry

	/* After a system call that the island made itself: rax is its result.
	 * fn says what the program is to get. */
	.macro after name, fn
	.globl \name
	.type \name, @function
\name:
	push	%r9
	push	%r8
	push	%r10
	push	%rdx
	push	%rsi
	push	%rdi
	mov	%rax, %rdi
	push	%rbp
	mov	%rsp, %rbp
	and	$-16, %rsp
	cld
	call	\fn
	mov	%rbp, %rsp
	pop	%rbp
	pop	%rdi
	pop	%rsi
	pop	%rdx
	pop	%r10
	pop	%r8
	pop	%r9
	ret
	.size \name, .-\name
	.endm

	after	clone_entry, hook_cloned	/* in parent and child */
	after	open_entry, hook_opened

	.section .note.GNU-stack, "", @progbits
