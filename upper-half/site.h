/* SPDX-License-Identifier: MIT */
/* site.h - system call instructions that can be led elsewhere (x86_64)
 *
 * These forms are known by sight, all seen in glibc:
 *   A  b8 NR 00 00 00 0f 05	 mov $NR,%eax; syscall
 *   B  0f 05 48 3d xx xx xx xx	 syscall; cmp $-4095 or -4096,%rax
 *   C  31 ff 89 d0 0f 05 eb f8	 xor %edi,%edi; mov %edx,%eax; syscall; jmp:
 *				 a thread's last act, NR 60
 *   D  0f 05 3d 00 f0 ff ff	 syscall; cmp $-4096,%eax: how ld.so asks
 *				 what $ORIGIN is
 *   E  48 8b 44 24 xx 0f 05	 mov xx(%rsp),%rax; syscall: calls in which
 *				 nobody can be cancelled (2.41)
 *   F  4c 89 5c 24 08 0f 05 c3	 mov %r11,8(%rsp); syscall; ret: those in which
 *				 threads can (2.41)
 * Each has room for a jmp rel32. Freestanding: both halves' libcs are led so,
 * the application's to trampolines (trampoline.c), the lower one to own_call
 * (lower-half/own_patch.c).
 */
#ifndef MANA_SITE_H
#define MANA_SITE_H

#include <stdint.h>

/* The distance that a jump or an operand reaches over. It may lie at any
 * address. */
typedef int32_t __attribute__((aligned(1), may_alias)) site_rel32;

#define SITE_MOVED 14 /* so many bytes before or after a call may move */

enum site_kind {
	SITE_ONCE,   /* what is moved from before the call is done once */
	SITE_AGAIN,  /* it may be done again: nothing, or a load */
	SITE_CANCEL, /* as glibc makes calls in which threads are cancelled */
};

struct site {
	uint64_t at;   /* where the jump goes */
	uint64_t call; /* the system call's instruction */
	uint64_t back; /* where the code that takes its place returns */
	long nr;       /* < 0: rax holds the number, else that code sets it */
	uint8_t before, after; /* bytes that are executed there as well */
	/* Offsets in these bytes of a displacement from RIP; 0: none. */
	uint8_t fix_before, fix_after;
	uint8_t kind;	 /* enum site_kind */
	uint8_t bit;	 /* SITE_CANCEL: of the word that 8(%rsp) points to */
	uint64_t cancel; /* where a cancelled thread goes */
};

/* Code that was mapped from a file, to be searched by decoding it. */
struct site_code {
	uint64_t off, start, len; /* in the file; in memory */
	long prot;
	int fd;
	int all; /* nothing has been patched by sight: neither libc nor ld.so */
};

/* Is this a site of one of the forms that are known by sight? */
int site_known(const uint8_t *call, const uint8_t *start, const uint8_t *end);
/* Is it one that concerns us? wants says so of the numbers that stand in the
 * code; of sites of the forms B and D to F the number is not known. */
int site_find(const uint8_t *call, const uint8_t *start, const uint8_t *end,
	      int (*wants)(long nr), struct site *s);
/* Writes a jmp rel32 at s to target; returns what follows it. */
uint8_t *site_jump(uint8_t *s, uint64_t target);

#endif
