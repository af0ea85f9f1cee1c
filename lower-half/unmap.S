/* SPDX-License-Identifier: MIT */
/* unmap.S - call a lower C function from a hook: vector registers kept
 *
 * long cross_keep(fn, a, b, c, d, e): hooks promise to change rax, rcx and r11
 * only, but the lower libc and what has patched it use vector registers. The
 * area is for x87, SSE, AVX and AVX-512 (XSAVE components 0-2, 5-7).
 */
	.text
	.globl cross_keep
	.type cross_keep, @function
cross_keep:
	push	%rbp
	mov	%rsp, %rbp
	push	%rbx
	sub	$2816, %rsp
	and	$-64, %rsp
	mov	%rdx, %r10
	xor	%eax, %eax		/* the XSAVE header must be zero */
	mov	%rax, 512(%rsp)
	mov	%rax, 520(%rsp)
	mov	%rax, 528(%rsp)
	mov	%rax, 536(%rsp)
	mov	%rax, 544(%rsp)
	mov	%rax, 552(%rsp)
	mov	%rax, 560(%rsp)
	mov	%rax, 568(%rsp)
	mov	$0xe7, %eax
	xor	%edx, %edx
	xsave64	(%rsp)
	mov	%rdi, %rax
	mov	%rsi, %rdi
	mov	%r10, %rsi
	mov	%rcx, %rdx
	mov	%r8, %rcx
	mov	%r9, %r8
	call	*%rax
	mov	%rax, %rbx
	mov	$0xe7, %eax
	xor	%edx, %edx
	xrstor64 (%rsp)
	mov	%rbx, %rax
	lea	-8(%rbp), %rsp
	pop	%rbx
	pop	%rbp
	ret
	.size cross_keep, .-cross_keep
	.section .note.GNU-stack, "", @progbits
