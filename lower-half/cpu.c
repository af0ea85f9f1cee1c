/* SPDX-License-Identifier: MIT */
/* cpu.c - what the processor can, as far as a program may have chosen by it */
#include <cpuid.h>
#include <stdio.h>
#include <string.h>
#include <sys/auxv.h>
#include "cpu.h"

/* make FSGSBASE=0 has everything as on kernels before 5.9, for tests. */
#ifndef FSGSBASE
#define FSGSBASE 1
#endif

#define BIT(n) (1U << (n))

enum { EAX, EBX, ECX, EDX };

static const struct {
	uint32_t leaf, subleaf;
	int reg;
	uint32_t mask;
} words[CPU_WORDS] = {
	/* SSE3 PCLMUL SSSE3 FMA CX16 SSE4.1 SSE4.2 MOVBE POPCNT AES XSAVE
	 * OSXSAVE AVX F16C RDRAND */
	{ 1, 0, ECX,
	  BIT(0) | BIT(1) | BIT(9) | BIT(12) | BIT(13) | BIT(19) | BIT(20) |
		  BIT(22) | BIT(23) | BIT(25) | BIT(26) | BIT(27) | BIT(28) |
		  BIT(29) | BIT(30) },
	/* BMI1 AVX2 BMI2 RTM AVX512F DQ RDSEED ADX IFMA CLFLUSHOPT CLWB PF ER
	 * CD SHA BW VL */
	{ 7, 0, EBX,
	  BIT(3) | BIT(5) | BIT(8) | BIT(11) | BIT(16) | BIT(17) | BIT(18) |
		  BIT(19) | BIT(21) | BIT(23) | BIT(24) | BIT(26) | BIT(27) |
		  BIT(28) | BIT(29) | BIT(30) | BIT(31) },
	/* VBMI WAITPKG VBMI2 GFNI VAES VPCLMUL VNNI BITALG VPOPCNTDQ RDPID
	 * MOVDIRI MOVDIR64B */
	{ 7, 0, ECX,
	  BIT(1) | BIT(5) | BIT(6) | BIT(8) | BIT(9) | BIT(10) | BIT(11) |
		  BIT(12) | BIT(14) | BIT(22) | BIT(27) | BIT(28) },
	/* 4VNNIW 4FMAPS VP2INTERSECT SERIALIZE AMX-BF16 FP16 AMX-TILE
	 * AMX-INT8 */
	{ 7, 0, EDX,
	  BIT(2) | BIT(3) | BIT(8) | BIT(14) | BIT(22) | BIT(23) | BIT(24) |
		  BIT(25) },
	/* AVX-VNNI AVX512-BF16 AVX-IFMA */
	{ 7, 1, EAX, BIT(4) | BIT(5) | BIT(23) },
	/* LAHF LZCNT SSE4A PREFETCHW XOP FMA4 TBM */
	{ 0x80000001, 0, ECX,
	  BIT(0) | BIT(5) | BIT(6) | BIT(8) | BIT(11) | BIT(16) | BIT(21) },
};

void cpu_features(uint32_t w[CPU_WORDS])
{
	int i;

	for (i = 0; i < CPU_WORDS; i++) {
		uint32_t r[4] = {
			0
		}; /* and stays 0 for a leaf that the processor does not have */

		__get_cpuid_count(words[i].leaf, words[i].subleaf, &r[EAX],
				  &r[EBX], &r[ECX], &r[EDX]);
		w[i] = r[words[i].reg] & words[i].mask;
	}
}

int cpu_suffices(const uint32_t have[CPU_WORDS], const uint32_t want[CPU_WORDS])
{
	int i;

	for (i = 0; i < CPU_WORDS; i++)
		if (want[i] & ~have[i])
			return 0;
	return 1;
}

uint64_t cpu_xfeatures(void)
{
	uint32_t lo, hi;

	__asm__ volatile("xgetbv" : "=a"(lo), "=d"(hi) : "c"(0));
	return (uint64_t)hi << 32 | lo;
}

int cpu_fsgsbase(void)
{
	return FSGSBASE && (getauxval(AT_HWCAP2) >> 1 & 1);
}

void cpu_name(char *buf, size_t len)
{
	FILE *f = fopen("/proc/cpuinfo", "re");
	char line[256], *p;

	snprintf(buf, len, "x86_64");
	while (f && fgets(line, sizeof(line), f))
		if (!strncmp(line, "model name", 10) &&
		    (p = strchr(line, ':'))) {
			p[strcspn(p, "\n")] = 0;
			snprintf(buf, len, "%s", p + 2);
			break;
		}
	if (f)
		fclose(f);
}
