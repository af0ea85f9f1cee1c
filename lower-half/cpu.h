/* SPDX-License-Identifier: MIT */
/* cpu.h - what the processor can, as far as a program may have chosen by it
 *
 * Libraries choose their functions by it when they are loaded (ifuncs), and an
 * image takes the choice with it.
 */
#ifndef MANA_CPU_H
#define MANA_CPU_H

#include <stddef.h>
#include <stdint.h>

#define CPU_WORDS 6

/* Instruction sets, by CPUID (Intel SDM 2A, AMD APM 3): those bits of leaves
 * 1.ECX, 7.0.EBX, 7.0.ECX, 7.0.EDX, 7.1.EAX and 0x80000001.ECX that name
 * instructions a program may use. What kernels and hypervisors set is left
 * out. */
void cpu_features(uint32_t w[CPU_WORDS]);
/* 1: everything in want is in have. */
int cpu_suffices(const uint32_t have[CPU_WORDS],
		 const uint32_t want[CPU_WORDS]);
/* XCR0: the register sets that are saved at a signal. */
uint64_t cpu_xfeatures(void);
/* 1: programs may use its instructions for FS and GS (kernels since 5.9). */
int cpu_fsgsbase(void);
/* As /proc/cpuinfo has it, cut to len; "x86_64" when it has none. */
void cpu_name(char *buf, size_t len);

#endif
