/* SPDX-License-Identifier: MIT */
/* objects.h - the MPI objects that an image holds, by kind */
#ifndef MANA_OBJECTS_H
#define MANA_OBJECTS_H

#include <jansson.h>
#include "process.h"

/*
 * An object for each kind of which the program has made some: how many, by
 * which functions, and of communicators their sizes. Empty without MPI. NULL:
 * -errno is in *rc, and a sentence.
 */
json_t *objects_json(const struct process *p, int *rc, char *err,
		     size_t errlen);

#endif
