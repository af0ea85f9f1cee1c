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

#define PICK_ALL -1 /* images of all ranks are to be there */

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
 * With a rank it is that rank which restarts, together with all the others:
 * each looks after its own image. Where none is named and the job is small
 * enough to have no subdirectories (common/image_name.h) it looks at all
 * images still, so that all ranks pass over the same generations.
 */
int pick_generation(const char *dir, uint64_t generation, int rank,
		    struct pick *p, char *err, size_t errlen);
/* The directory is needed no more. */
void pick_close(struct pick *p);
void pick_free(struct pick *p); /* twice is fine */

#endif
