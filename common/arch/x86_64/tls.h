/* SPDX-License-Identifier: MIT */
/* tls.h - FS and GS base: which thread-local storage is in force
 *
 * Freestanding. FSGSBASE instructions where the kernel allows them (AT_HWCAP2
 * bit 1), arch_prctl(2) elsewhere; the caller says which.
 */
#ifndef MANA_ARCH_TLS_H
#define MANA_ARCH_TLS_H

#include <stdint.h>
#include "syscall.h"

#define ARCH_SET_GS_OP 0x1001
#define ARCH_SET_FS_OP 0x1002
#define ARCH_GET_FS_OP 0x1003
#define ARCH_GET_GS_OP 0x1004

static inline uint64_t tls_get(int fsgsbase)
{
	uint64_t v;

	if (fsgsbase)
		__asm__ volatile("rdfsbase %0" : "=r"(v));
	else
		raw_syscall2(SYS_arch_prctl, ARCH_GET_FS_OP, (long)&v);
	return v;
}

/* A compiler barrier: nothing that uses TLS may move across it. */
static inline void tls_set(int fsgsbase, uint64_t v)
{
	if (fsgsbase)
		__asm__ volatile("wrfsbase %0" : : "r"(v) : "memory");
	else
		raw_syscall2(SYS_arch_prctl, ARCH_SET_FS_OP, (long)v);
	__asm__ volatile("" : : : "memory");
}

static inline uint64_t gs_get(int fsgsbase)
{
	uint64_t v;

	if (fsgsbase)
		__asm__ volatile("rdgsbase %0" : "=r"(v));
	else
		raw_syscall2(SYS_arch_prctl, ARCH_GET_GS_OP, (long)&v);
	return v;
}

static inline void gs_set(int fsgsbase, uint64_t v)
{
	if (fsgsbase)
		__asm__ volatile("wrgsbase %0" : : "r"(v) : "memory");
	else
		raw_syscall2(SYS_arch_prctl, ARCH_SET_GS_OP, (long)v);
}

#endif
