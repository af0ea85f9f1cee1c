/* SPDX-License-Identifier: MIT */
/* generation.h - DIR/<generation>/ on disk, DIR/latest
 *
 * A generation exists (is complete) when its manifest.json does. Functions
 * return 0 or -errno and, where they take it, one sentence in err.
 */
#ifndef MANA_GENERATION_H
#define MANA_GENERATION_H

#include <stddef.h>
#include <stdint.h>

#define MANIFEST_FILE "manifest.json"

struct generations {
	uint64_t newest;   /* directory of any kind; 0: none */
	uint64_t complete; /* newest with a manifest; 0: none */
};

int generation_scan(const char *dir, struct generations *g);
/* Make DIR/<n>, 0700; its path in path[len]. */
int generation_make(const char *dir, uint64_t n, char *path, size_t len,
		    char *err, size_t errlen);
/* Remove DIR/<n>, manifest first; only files we know by name. */
int generation_remove(const char *dir, uint64_t n);
/* DIR/latest -> <n>, atomically, on disk when it returns. */
int generation_latest(const char *dir, uint64_t n);
/*
 * Remove complete generations before the newest `keep` ones (at least 1) and
 * incomplete ones before the newest complete one.
 */
int generation_prune(const char *dir, unsigned int keep);

#endif
