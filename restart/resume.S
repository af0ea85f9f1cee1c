/* SPDX-License-Identifier: MIT */
/* resume.S - clone(2) for a thread that is to take up a saved frame
 *
 * long resume_clone(flags, stack, child_tid, tls, fn, arg): the child calls
 * fn(arg) on the new stack, under the upper FS; fn does not return.
 */
	.text
	.globl resume_clone
	.type resume_clone, @function
resume_clone:
	mov	%r9, -8(%rsi)
	mov	%r8, -16(%rsi)
	sub	$16, %rsi
	mov	%rdx, %r10		/* child_tid */
	mov	%rcx, %r8		/* tls */
	xor	%edx, %edx		/* parent_tid */
	mov	$56, %eax
	syscall
	test	%rax, %rax
	jz	1f
	ret
1:	xor	%ebp, %ebp
	pop	%rax
	pop	%rdi
	and	$-16, %rsp
	call	*%rax
	hlt
	.size resume_clone, .-resume_clone
	.section .note.GNU-stack, "", @progbits
