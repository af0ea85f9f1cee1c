/* SPDX-License-Identifier: MIT */
/* gs_stub.S - stand-ins for two system calls of the lower libc
 *
 * Templates: gs.c copies each near its site and fills the two words at its end.
 * The sites are wrappers of these calls, written in assembly, so that the
 * registers used here are free.
 */
#define NR_CLONE       56
#define NR_ARCH_PRCTL  158
#define NR_CLONE3      435
#define ARCH_SET_GS    0x1001
#define ARCH_GET_FS    0x1003
#define SETTLS_BIT     19		/* CLONE_SETTLS */

	.text
/* A child with TLS of its own: GS is to be FS. Others keep their maker's. */
	.macro	follow
	jnc	1f
	test	%rax, %rax
	jnz	1f
	cmpq	$0, 3f(%rip)
	je	4f
	rdfsbase %rcx
	wrgsbase %rcx
	jmp	1f
4:	mov	$NR_ARCH_PRCTL, %eax
	mov	$ARCH_GET_FS, %edi
	lea	-8(%rsp), %rsi
	syscall
	mov	-8(%rsp), %rsi
	mov	$NR_ARCH_PRCTL, %eax
	mov	$ARCH_SET_GS, %edi
	syscall
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
	bt	$SETTLS_BIT, %rdi
	follow
gs_clone_end:

	.balign	8
	.globl	gs_clone3, gs_clone3_end
gs_clone3:
	mov	(%rdi), %r9		/* flags: the maker may go on before us */
	mov	$NR_CLONE3, %eax
	syscall
	bt	$SETTLS_BIT, %r9
	follow
gs_clone3_end:

	.section .note.GNU-stack, "", @progbits
