/* SPDX-License-Identifier: MIT */
/* own.S - from a stub in the lower half's libc to own_call, registers kept
 *
 * As the system call in whose place it is called, it changes rax, rcx and r11
 * only (common/arch/x86_64/entry.h).
 */
#include "../common/arch/x86_64/entry.h"

	.text
	.globl own_entry
	.type own_entry, @function
own_entry:
	push_args
	push	%rax
	mov	%rsp, %rdi		/* struct own_regs */
	call_aligned own_call
	pop	%rax			/* the result */
	pop_args
	ret
	.size own_entry, .-own_entry

	.section .note.GNU-stack, "", @progbits
