/* SPDX-License-Identifier: MIT */
/* manifest.h - DIR/<generation>/manifest.json: the commit record
 *
 * Written by the coordinator when all images are; read by mana_restart.
 */
#ifndef MANA_MANIFEST_H
#define MANA_MANIFEST_H

#include <stddef.h>
#include <stdint.h>
#include "../common/wire.h"

#define MANIFEST_FORMAT 1

struct manifest_rank {
	uint64_t bytes, digest;
	char file[WIRE_NAME]; /* plain name, in the manifest's directory */
	char host[WIRE_NAME];
};

struct manifest {
	uint64_t generation, raw_bytes;
	uint32_t size; /* ranks */
	/* The coordinator's, for a restart (restart/manifest.h): manifest_read
	 * leaves them 0. */
	uint32_t interval, keep;
	int level;
	double seconds; /* request to commit */
	double stopped; /* of these, while the job stood still ... */
	double stop, drain, write; /* ... and its parts */
	char job[WIRE_NAME];
	char mpi[WIRE_NAME];
	char time[32]; /* ISO 8601, UTC */
	char program[WIRE_PATH];
	struct manifest_rank *ranks;
};

/*
 * Check the images against the manifest, then write it: temporary file, fsync,
 * rename, fsync of the directory. 0 or -errno and a sentence.
 */
int manifest_write(const char *dir, const struct manifest *m, char *err,
		   size_t errlen);
/* m->ranks is allocated. 0 or -errno and a sentence. */
int manifest_read(const char *dir, struct manifest *m, char *err,
		  size_t errlen);
void manifest_fini(struct manifest *m);

/* Bytes of all images. */
uint64_t manifest_bytes(const struct manifest *m);

#endif
