/* SPDX-License-Identifier: MIT */
/* vdso_image.S - the upper half's vDSO, as a blob in the lower half */
	.section .rodata
	.globl vdso_image, vdso_image_end
	.balign 16
vdso_image:
	.incbin VDSO_FILE
vdso_image_end:
	.section .note.GNU-stack, "", @progbits
