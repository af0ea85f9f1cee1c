/* SPDX-License-Identifier: MIT */
/* sig.S - every signal handler of the application, as the kernel sees it
 *
 * In upper code: jump straight to the application's handler; no frame of ours
 * stays behind, so a checkpoint inside the handler finds upper code only. On
 * top of lower code (never checkpointed): call it with the upper FS in force,
 * and note it until it returns: siglongjmp leaves the note behind (handlers.h).
 * FSGSBASE is used where the gate says so, else arch_prctl.
 */
	.text
	.globl sig_entry
	.type sig_entry, @function
sig_entry:
	push	%rbp
	mov	%rsp, %rbp
	push	%rdi
	push	%rsi
	push	%rdx
	sub	$24, %rsp
	and	$-16, %rsp
	mov	%rsp, %rcx
	cld
	call	sig_pick		/* sig, siginfo, ucontext, call */
	mov	(%rsp), %r8		/* upper FS, or 0 */
	mov	-24(%rbp), %rdx
	mov	-16(%rbp), %rsi
	mov	-8(%rbp), %rdi
	test	%r8, %r8
	jnz	1f
	leave
	jmp	*%rax
1:	push	%rbx
	push	%r12
	mov	%rax, %r12
	mov	%r8, %rbx		/* FS to set */
	call	fs_swap			/* rbx: FS that was */
	call	*%r12
	call	fs_swap
	lea	-48(%rbp), %rdi		/* struct sig_call */
	call	sig_returned
	pop	%r12
	pop	%rbx
	leave
	ret
	.size sig_entry, .-sig_entry

	.globl sig_nothing
	.type sig_nothing, @function
sig_nothing:
	ret
	.size sig_nothing, .-sig_nothing

/* Exchange FS and rbx; keeps rdi, rsi, rdx. */
	.type fs_swap, @function
fs_swap:
	movabs	$0x100100000000 + 12, %r11	/* GATE->fsgsbase */
	cmpl	$0, (%r11)
	je	2f
	rdfsbase %r10
	wrfsbase %rbx
	mov	%r10, %rbx
	ret
2:	push	%rdi
	push	%rsi
	push	$0
	mov	$158, %eax
	mov	$0x1003, %edi		/* ARCH_GET_FS */
	mov	%rsp, %rsi
	syscall
	mov	$158, %eax
	mov	$0x1002, %edi		/* ARCH_SET_FS */
	mov	%rbx, %rsi
	syscall
	pop	%rbx
	pop	%rsi
	pop	%rdi
	ret
	.size fs_swap, .-fs_swap

/* The stop handler's way back; also how a restored thread begins. */
	.globl sig_return
	.type sig_return, @function
sig_return:
	mov	$15, %eax
	syscall
	hlt
	.size sig_return, .-sig_return

/* sig_resume(frame): continue where that signal frame says. */
	.globl sig_resume
	.type sig_resume, @function
sig_resume:
	mov	%rdi, %rsp
	mov	$15, %eax
	syscall
	hlt
	.size sig_resume, .-sig_resume

	.section .note.GNU-stack, "", @progbits
