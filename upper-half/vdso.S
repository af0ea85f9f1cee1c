/* SPDX-License-Identifier: MIT */
/* vdso.S - the upper half's own vDSO
 *
 * The kernel's vDSO moves at each start, and glibc keeps its function pointers
 * for ever. So the upper half gets this one, which stays where it is, and whose
 * functions jump through the gate to the real ones. GATE->vdso is at 40.
 *
 * The two CPU clocks are system calls in any vDSO. They are made here, as by an
 * island (island.c), so that the hook, GATE->hook at 24, can see them.
 */
#define SLOT(i) (0x100000000000 + 40 + 8 * (i))
#define HOOK	0x100000000018
#define SYS_clock_gettime 228

	.macro through name, slot, cpu_clocks
	.globl __vdso_\name
	.type __vdso_\name, @function
__vdso_\name:
	.ifnb	\cpu_clocks
	lea	-2(%rdi), %eax	/* CLOCK_PROCESS_CPUTIME_ID, _THREAD_ */
	cmp	$1, %eax
	jbe	\cpu_clocks
	.endif
	movabs	$SLOT(\slot), %rax
	jmp	*(%rax)
	.size __vdso_\name, .-__vdso_\name
	.weak \name
	.set \name, __vdso_\name
	.endm

	.text
	.type cpu_clocks, @function
cpu_clocks:
	mov	$SYS_clock_gettime, %eax
	movabs	$HOOK, %r11
	call	*(%r11)
	test	%r11d, %r11d
	jnz	1f
	syscall
1:	ret
	.size cpu_clocks, .-cpu_clocks

	through clock_gettime, 0, cpu_clocks
	through gettimeofday, 1
	through time, 2
	through getcpu, 3
	through clock_getres, 4

	.section .note.GNU-stack, "", @progbits
