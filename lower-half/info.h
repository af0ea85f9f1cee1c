/* SPDX-License-Identifier: MIT */
/* info.h - what an image says of its process, and of where it was written */
#ifndef MANA_INFO_H
#define MANA_INFO_H

#include <stdint.h>
#include "../common/keep.h"
#include "cpu.h"
#include "timers.h"

#define INFO_SECTION "info"

/* Section "info": what must fit for the image to run here. */
struct image_info {
	uint32_t version;
	int32_t rank, size;
	int32_t mpi_phase;    /* enum back_phase */
	int32_t thread_level; /* the application's, seam constant */
	int32_t finished, exit_code;
	int32_t pid, ppid, pgid, sid; /* as the application knows them */
	uint64_t hwcap, hwcap2;
	uint64_t xfeatures; /* XCR0: size and shape of signal frames */
	uint64_t page_size;
	uint64_t n_threads;
	uint64_t time; /* seconds since 1970 */
	char mpi[32];  /* "mpich", "openmpi", "none" */
	char mpi_version[256];
	char kernel[128];
	char libc[64];
	char cpu[128];
	char host[128];
	char exe[4096];
	char cwd[4096];
	uint32_t umask;
	uint32_t zero;
	uint64_t cpus[16];    /* what the launcher let it run on */
	uint64_t pending;     /* signals sent to the process, blocked */
	int64_t itimer[3][4]; /* getitimer(2): REAL, VIRTUAL, PROF */
	uint32_t cpu_features[CPU_WORDS];
};

/* Both halves' memory is in the image: what describes it counts too. */
#define INFO_VERSION (9 << 16 | KEEP_VERSION << 8 | GATE_VERSION)

/* Fills in what describes this machine and this lower half. */
void info_here(struct image_info *i);
/*
 * Fills in all of it, when all upper threads are stopped. What belongs to the
 * process and its threads, but not into the section, is noted in their records:
 * credentials, attributes, signals that wait, CPU times.
 */
void info_process(struct image_info *i);
/* The timers at that time, once: *n entries, malloc'ed; NULL and 0 or -errno in
 * *n. */
struct saved_timer *info_timers(long *n);

#endif
