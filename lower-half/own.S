/* SPDX-License-Identifier: MIT */
/* own.S - from a stub in the lower half's libc to own_call, registers kept
 *
 * As the system call in whose place it is called, it changes rax, rcx and r11
 * only; the C code is built without vector registers.
 */
	.text
	.globl own_entry
	.type own_entry, @function
own_entry:
	push	%r9
	push	%r8
	push	%r10
	push	%rdx
	push	%rsi
	push	%rdi
	push	%rax
	mov	%rsp, %rdi		/* struct own_regs */
	push	%rbp
	mov	%rsp, %rbp
	and	$-16, %rsp
	cld
	call	own_call
	mov	%rbp, %rsp
	pop	%rbp
	pop	%rax			/* the result */
	pop	%rdi
	pop	%rsi
	pop	%rdx
	pop	%r10
	pop	%r8
	pop	%r9
	ret
	.size own_entry, .-own_entry

	.section .note.GNU-stack, "", @progbits
