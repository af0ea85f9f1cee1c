/* SPDX-License-Identifier: MIT */
/* last_part.h - the name of a file, without the directories before it
 *
 * Freestanding.
 */
#ifndef MANA_LAST_PART_H
#define MANA_LAST_PART_H

#include <string.h>

/* Lies in path; "" when path ends with a slash. */
static inline const char *last_part(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? slash + 1 : path;
}

#endif
