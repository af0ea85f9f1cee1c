/* SPDX-License-Identifier: MIT */
/* manifest.h - which generations of a checkpoint exist, and what is in one
 *
 * DIR/<generation>/manifest.json is written by the coordinator when all ranks'
 * images are on disk (docs/image-format.md). No manifest, no generation.
 */
#ifndef MANA_RESTART_MANIFEST_H
#define MANA_RESTART_MANIFEST_H

#include <stddef.h>
#include <stdint.h>

#define MANIFEST_FORMAT	   1
#define MANIFEST_RANKS_MAX (1 << 20)

struct manifest_image {
	char *path; /* with the directory */
	char *host; /* where the rank ran; NULL: not told */
	uint64_t bytes;
	uint64_t digest; /* what image_digest() must say */
};

struct manifest {
	long generation;
	char *dir; /* of this generation */
	char *job, *program, *mpi; /* "" when not given */
	int ranks;
	int interval, keep, level; /* what the job had; -1 when not given */
	struct manifest_image *images; /* [ranks], by rank */
	/* Why a newer generation was passed over: "what: why: what is done
	 * instead", to be printed as a note. NULL: none was. */
	char *skipped;
};

/*
 * The manifest of GENERATION below DIR, or of the newest complete one (-1).
 * Complete: the manifest is sound and every image in it is a file of the
 * recorded size. 0 and *out for manifest_free; or -errno and one sentence.
 */
int manifest_load(const char *dir, long generation, struct manifest **out,
		  char *err, size_t errlen);
void manifest_free(struct manifest *m); /* NULL is fine */

#endif
