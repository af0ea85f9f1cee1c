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

#define MANIFEST_FORMAT	   1
#define MANIFEST_RANKS_MAX (1 << 20)

struct manifest_image {
	uint64_t bytes;
	uint64_t digest;      /* what image_digest() must say */
	char file[WIRE_NAME]; /* plain name, in the manifest's directory */
	char host[WIRE_NAME];
};

struct manifest {
	uint64_t generation, raw_bytes;
	uint32_t size;		   /* ranks */
	int interval, keep, level; /* what the job had; -1 when not given */
	double seconds;		   /* request to commit */
	double stopped;		   /* of these, while the job stood still ... */
	double stop, drain, write; /* ... and its parts */
	char id[WIRE_ID];    /* the job's (ckptdir.h); "" when not given */
	char job[WIRE_NAME]; /* "" too, and all below */
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

/* Bytes of all images. */
uint64_t manifest_bytes(const struct manifest *m);

#endif
