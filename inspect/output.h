/* SPDX-License-Identifier: MIT */
/* output.h - the file that is made: whole, or not there */
#ifndef MANA_OUTPUT_H
#define MANA_OUTPUT_H

#include <stddef.h>

struct output {
	int fd;
	const char *path;
	char tmp[4200];
};

/* Opens what becomes the file at output_end, readable by the user alone: an
 * image's memory is in it. 0 or -errno and one sentence. */
int output_begin(struct output *o, const char *path, char *err, size_t errlen);
/* rc: how the writing went; unless it is 0 nothing is left. Returns it, or
 * -errno and a sentence. */
int output_end(struct output *o, int rc, char *err, size_t errlen);

#endif
