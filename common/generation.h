/* SPDX-License-Identifier: MIT */
/* generation.h - DIR/<generation>/ on disk, DIR/latest
 *
 * A generation exists (is complete) when its manifest.json does. DIR is an open
 * directory, shown is what it is called. A job touches its own generations
 * only. Functions return 0 or -errno and, where they take it, one sentence.
 */
#ifndef MANA_GENERATION_H
#define MANA_GENERATION_H

#include "ckptdir.h"

struct generations {
	uint64_t newest;   /* directory of any kind; 0: none */
	uint64_t complete; /* newest with a manifest; 0: none */
};

/* The numbers of all generations, newest first; the caller frees *out. */
int generation_list(int dir, uint64_t **out, size_t *count);
int generation_scan(int dir, struct generations *g);
/* Opens a generation's directory, if it is trusted (common/trust.h). */
int generation_open(int dir, const char *shown, uint64_t n, struct reason *why);
/* Makes DIR/<n>, 0700, with its mark and what subdirectories the images of a
 * job of size ranks have (image_name.h), and returns it open. */
int generation_make(int dir, const char *shown, uint64_t n,
		    const struct job_mark *mark, uint32_t size, char *err,
		    size_t errlen);
/* Remove DIR/<n> of the job, manifest first; only files we know by name. */
int generation_remove(int dir, uint64_t n, const char *id);
/* DIR/latest -> <n>, atomically, on disk when it returns. */
int generation_latest(int dir, uint64_t n);
/*
 * Remove the job's complete generations before its newest `keep` ones (at least
 * 1) and its incomplete ones before its newest complete one.
 */
int generation_prune(int dir, const char *id, unsigned int keep);

#endif
