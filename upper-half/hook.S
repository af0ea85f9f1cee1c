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
	push	%rax
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

	/* After clone, in parent (rax > 0 or error) and child (rax = 0). */
	.globl clone_entry
	.type clone_entry, @function
clone_entry:
	push	%r9
	push	%r8
	push	%r10
	push	%rdx
	push	%rsi
	push	%rdi
	push	%rax
	mov	%rax, %rdi
	push	%rbp
	mov	%rsp, %rbp
	and	$-16, %rsp
	call	hook_cloned
	mov	%rbp, %rsp
	pop	%rbp
	add	$8, %rsp		/* rax is the result */
	pop	%rdi
	pop	%rsi
	pop	%rdx
	pop	%r10
	pop	%r8
	pop	%r9
	ret
	.size clone_entry, .-clone_entry

	.section .note.GNU-stack, "", @progbits
