/* SPDX-License-Identifier: MIT */
/* checkpoint.h - what of this process goes into an image, and out of one
 *
 * The sections of an image are written and read here and described in
 * docs/image-format.md.
 */
#ifndef MANA_CHECKPOINT_H
#define MANA_CHECKPOINT_H

#include <stddef.h>
#include <stdint.h>
#include "../common/keep.h"
#include "../common/wire.h"
#include "../image/image.h"
#include "cpu.h"

#define INFO_SECTION	    "info"
#define TABLE_SECTION	    "table"	  /* lower-half/table.h */
#define CREDS_SECTION	    "creds"	  /* struct creds */
#define CREDS_GIVEN_SECTION "creds-given" /* those it had at its launch */

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

/*
 * 1 and a sentence when something of the process cannot be saved yet. Mostly it
 * can be soon: when a pipe to a child is closed, or a child has been waited
 * for.
 */
int checkpoint_refuse(char *why, size_t len);
/* All upper threads are stopped: write DIR/FILE. As image_write. */
int checkpoint_write(const struct wire_ckpt_begin *b, const char *file,
		     void (*progress)(void *, uint64_t, uint64_t),
		     struct image_result *res, char *err, size_t errlen);
/* Note what our launcher gave us, before anything of it is changed. */
void checkpoint_given(void);
/* Fill in what describes this machine and this lower half. */
void checkpoint_describe(struct image_info *i);

#endif
