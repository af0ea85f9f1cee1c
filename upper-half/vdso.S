/* SPDX-License-Identifier: MIT */
/* vdso.S - the upper half's own vDSO
 *
 * The kernel's vDSO moves at each start, and glibc keeps its function pointers
 * for ever. So the upper half gets this one, which stays where it is, and whose
 * functions jump through the gate to the real ones. GATE->vdso is at 40.
 */
#define SLOT(i) (0x100000000000 + 40 + 8 * (i))

	.macro through name, slot
	.globl __vdso_\name
	.type __vdso_\name, @function
__vdso_\name:
	movabs	$SLOT(\slot), %rax
	jmp	*(%rax)
	.size __vdso_\name, .-__vdso_\name
	.weak \name
	.set \name, __vdso_\name
	.endm

	.text
	through clock_gettime, 0
	through gettimeofday, 1
	through time, 2
	through getcpu, 3
	through clock_getres, 4

	.section .note.GNU-stack, "", @progbits
