/* SPDX-License-Identifier: MIT */
/* pick.h - which generation a restart goes on from
 *
 * The one that the user names; else the newest complete one of the job that
 * used the directory last (DIR/job), never one of an earlier job: that would
 * run another program than the user has in mind.
 */
#ifndef MANA_PICK_H
#define MANA_PICK_H

#include "../common/manifest.h"

enum pick_images { PICK_ALL, PICK_ONE };

#define PICK_OTHER "restart another generation (--generation N)"

struct pick {
	int gen;    /* the generation's open directory */
	char *path; /* what it is called */
	struct manifest m;
	/* A sentence for the user about the choice: "what: why: what is done
	 * instead". NULL: there is none. */
	char *note;
};

/*
 * generation 0: none is named. A generation is complete if its manifest is
 * sound, its images are files of the recorded sizes, and all of it is trusted
 * (common/trust.h). 0 and *p for pick_free, or -errno and one sentence.
 *
 * Who then opens one image only, which says all of that for itself, need not
 * have those of all ranks looked at: with PICK_ONE they are not. Where none is
 * named and the job is small enough to have no subdirectories
 * (common/image_name.h) they are all the same, so that the ranks of a restart
 * pass over the same generations.
 */
int pick_generation(const char *dir, uint64_t generation, enum pick_images look,
		    struct pick *p, char *err, size_t errlen);
/* The directory is needed no more. */
void pick_close(struct pick *p);
void pick_free(struct pick *p); /* twice is fine */

#endif
