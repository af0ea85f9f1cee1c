/* SPDX-License-Identifier: MIT */
/* syscall.h - raw system calls: -errno on failure, errno untouched
 *
 * Freestanding: errno is thread-local and belongs to whichever half owns FS.
 * Register roles: System V ABI, AMD64 supplement, A.2.1.
 */
#ifndef MANA_ARCH_SYSCALL_H
#define MANA_ARCH_SYSCALL_H

#include <sys/syscall.h>

static inline long raw_syscall6(long nr, long a, long b, long c, long d, long e,
				long f)
{
	register long r10 __asm__("r10") = d;
	register long r8 __asm__("r8") = e;
	register long r9 __asm__("r9") = f;
	long ret;

	__asm__ volatile("syscall"
			 : "=a"(ret)
			 : "a"(nr), "D"(a), "S"(b), "d"(c), "r"(r10), "r"(r8),
			   "r"(r9)
			 : "rcx", "r11", "memory");
	return ret;
}

#define raw_syscall5(n, a, b, c, d, e) raw_syscall6(n, a, b, c, d, e, 0)
#define raw_syscall4(n, a, b, c, d)    raw_syscall6(n, a, b, c, d, 0, 0)
#define raw_syscall3(n, a, b, c)       raw_syscall6(n, a, b, c, 0, 0, 0)
#define raw_syscall2(n, a, b)	       raw_syscall6(n, a, b, 0, 0, 0, 0)
#define raw_syscall1(n, a)	       raw_syscall6(n, a, 0, 0, 0, 0, 0)
#define raw_syscall0(n)		       raw_syscall6(n, 0, 0, 0, 0, 0, 0)

#endif
