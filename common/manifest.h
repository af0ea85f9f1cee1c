/* SPDX-License-Identifier: MIT */
/* manifest.h - DIR/<generation>/manifest.json: the commit record
 *
 * Written by the coordinator when all ranks' images are on disk, read by it and
 * by mana_restart (docs/image-format.md). No manifest, no generation.
 */
#ifndef MANA_MANIFEST_H
#define MANA_MANIFEST_H

#include "reason.h"
#include "wire.h"

#define MANIFEST_FORMAT	   1 /* all images lie beside the manifest */
#define MANIFEST_SPLIT	   2 /* they have subdirectories (image_name.h) */
#define MANIFEST_RANKS_MAX (1 << 20)

/*
 * What a rank goes through in a round, in this order (docs/protocol.md). The
 * last is the end of the one before it: until the image is on disk for good.
 */
enum manifest_phase {
	PHASE_CLOCK,
	PHASE_TARGETS,
	PHASE_STOP,
	PHASE_DRAIN,
	PHASE_WRITE,
	PHASE_SYNC,
	PHASES
};

struct manifest_image {
	uint64_t bytes;
	uint64_t digest;       /* what image_digest() must say */
	uint32_t took[PHASES]; /* ms; 0 when not given */
	char file[WIRE_NAME];  /* from the manifest's directory on */
	char host[WIRE_NAME];
};

struct manifest {
	uint64_t generation;
	uint64_t bytes, raw_bytes; /* of all images, of the memory in them */
	uint32_t size;		   /* ranks */
	int interval, keep, level; /* what the job had; -1 when not given */
	double seconds;		   /* request to commit */
	double stopped;		   /* of these, while the job stood still ... */
	double stop, drain, write; /* ... and its parts */
	int phases; /* 1: it says what each rank's phases took ... */
	uint32_t began[PHASES]; /* ... and when they began: ms from the request;
				   PHASE_SYNC: 0 */
	char id[WIRE_ID];	/* the job's (ckptdir.h); "" when not given */
	char job[WIRE_NAME];	/* "" too, and all below */
	char mpi[WIRE_NAME];
	char time[32]; /* ISO 8601, UTC */
	char program[WIRE_PATH];
	struct manifest_image *images; /* [size], by rank */
};

/* gen is the generation's open directory, shown its name in sentences. All
 * return 0, or -errno and why. */

/* -ENOENT: the generation is not complete. For manifest_fini. */
int manifest_read(int gen, const char *shown, uint64_t generation,
		  struct manifest *m, struct reason *why);
/* Its images are there: files that are trusted, of the recorded sizes. */
int manifest_check(int gen, const char *shown, const struct manifest *m,
		   struct reason *why);
/* On disk when it returns. */
int manifest_write(int gen, const char *shown, const struct manifest *m,
		   struct reason *why);
void manifest_fini(struct manifest *m);

const char *manifest_phase_name(enum manifest_phase phase);
/* When a phase of a rank began, in ms from the request. */
uint32_t manifest_phase_began(const struct manifest *m, uint32_t rank,
			      enum manifest_phase phase);

#endif
