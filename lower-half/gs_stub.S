/* SPDX-License-Identifier: MIT */
/* gs_stub.S - stand-ins for two system calls of the lower libc
 *
 * Templates: gs.c copies each near its sites and fills the two words at its end.
 * As the call itself, they change rax, rcx and r11 only, and leave the red zone
 * alone: whatever code they are called from.
 */
#define NR_CLONE       56
#define NR_ARCH_PRCTL  158
#define NR_CLONE3      435
#define ARCH_SET_GS    0x1001
#define ARCH_GET_FS    0x1003
#define SETTLS_BIT     19		/* CLONE_SETTLS */

	.text
/* rax is the result. A child with TLS of its own: GS is to be FS. */
	.macro	follow
	test	%rax, %rax
	jnz	1f
	cmpq	$0, 3f(%rip)
	je	4f
	rdfsbase %rcx
	wrgsbase %rcx
	jmp	1f
4:	lea	-128(%rsp), %rsp
	push	%rdi
	push	%rsi
	push	%rax
	mov	$NR_ARCH_PRCTL, %eax
	mov	$ARCH_GET_FS, %edi
	mov	%rsp, %rsi
	syscall
	mov	(%rsp), %rsi
	mov	$NR_ARCH_PRCTL, %eax
	mov	$ARCH_SET_GS, %edi
	syscall
	pop	%rax
	pop	%rsi
	pop	%rdi
	lea	128(%rsp), %rsp
	xor	%eax, %eax
1:	jmp	*2f(%rip)
	.balign	8
2:	.quad	0			/* way back */
3:	.quad	0			/* 1: FSGSBASE */
	.endm

	.globl	gs_clone, gs_clone_end
gs_clone:
	mov	$NR_CLONE, %eax
	syscall
	bt	$SETTLS_BIT, %rdi	/* others keep their maker's */
	jnc	1f
	follow
gs_clone_end:

	.balign	8
	.globl	gs_clone3, gs_clone3_end
gs_clone3:
	btq	$SETTLS_BIT, (%rdi)	/* before: the maker may go on before us */
	mov	$NR_CLONE3, %eax
	jc	5f
	syscall
	jmp	1f
5:	syscall
	follow
gs_clone3_end:

	.section .note.GNU-stack, "", @progbits
