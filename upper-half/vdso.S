/* SPDX-License-Identifier: MIT */
/* vdso.S - the upper half's own vDSO
 *
 * The kernel's vDSO moves at each start, and glibc keeps its function pointers
 * for ever. So the upper half gets this one, which stays where it is, and whose
 * functions jump through the gate to the real ones. GATE->vdso is at 40.
 *
 * CPU clocks, of this process and thread or of others (below 0), are system
 * calls in any vDSO. They are made here, as by a trampoline (trampoline.c), so that the
 * hook, GATE->hook at 24, can see them; it never asks to see them afterwards.
 */
#define GATE	0x100100000000		/* common/gate.h */
#define SLOT(i) (GATE + 40 + 8 * (i))
#define HOOK	(GATE + 24)
#define SYS_clock_gettime 228
#define SYS_clock_getres  229

	.macro through name, slot
	.globl __vdso_\name
	.type __vdso_\name, @function
__vdso_\name:
	.ifc	\name, clock_gettime
	lea	-2(%rdi), %eax	/* CLOCK_PROCESS_CPUTIME_ID, _THREAD_ */
	cmp	$1, %eax
	mov	$SYS_clock_gettime, %eax
	jbe	ask
	test	%edi, %edi
	js	ask
	.endif
	.ifc	\name, clock_getres
	mov	$SYS_clock_getres, %eax
	test	%edi, %edi
	js	ask
	.endif
	movabs	$SLOT(\slot), %rax
	jmp	*(%rax)
	.size __vdso_\name, .-__vdso_\name
	.weak \name
	.set \name, __vdso_\name
	.endm

	.text
	.type ask, @function
ask:
	movabs	$HOOK, %r11
	call	*(%r11)
	test	%r11d, %r11d
	jnz	1f
	syscall
1:	ret
	.size ask, .-ask

	through clock_gettime, 0
	through gettimeofday, 1
	through time, 2
	through getcpu, 3
	through clock_getres, 4

	.section .note.GNU-stack, "", @progbits
