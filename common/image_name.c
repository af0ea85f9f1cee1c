/* SPDX-License-Identifier: MIT */
/* image_name.c - where in its generation's directory the image of a rank lies
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "image_name.h"

#define IMAGE "rank-"
#define END   ".mana"
#define DIR   "ranks-"

char *image_name_flat(char out[WIRE_NAME], uint32_t rank)
{
	snprintf(out, WIRE_NAME, IMAGE "%u" END, rank);
	return out;
}

char *image_dir_name(char out[WIRE_NAME], uint32_t number)
{
	snprintf(out, WIRE_NAME, DIR "%04u", number);
	return out;
}

uint32_t image_dirs(uint32_t size)
{
	return size <= IMAGES_PER_DIR ? 0 : (size - 1) / IMAGES_PER_DIR + 1;
}

char *image_name(char out[WIRE_NAME], uint32_t rank, uint32_t size)
{
	size_t n;

	if (!image_dirs(size))
		return image_name_flat(out, rank);
	image_dir_name(out, rank / IMAGES_PER_DIR);
	n = strlen(out);
	snprintf(out + n, WIRE_NAME - n, "/" IMAGE "%u" END, rank);
	return out;
}

/* The number behind a prefix, and where it ends; -1: there is none. */
static int64_t number_of(const char *name, const char *prefix, const char **end)
{
	const char *digits = name + strlen(prefix);
	size_t n;

	if (strncmp(name, prefix, strlen(prefix)))
		return -1;
	n = strspn(digits, "0123456789");
	*end = digits + n;
	return n && n < 10 ? strtoll(digits, NULL, 10) : -1;
}

int64_t image_rank_of(const char *name)
{
	const char *end;
	int64_t rank = number_of(name, IMAGE, &end);

	return rank >= 0 && (!strcmp(end, END) || !strcmp(end, END ".tmp")) ?
		       rank :
		       -1;
}

int64_t image_dir_of(const char *name)
{
	const char *end;
	int64_t number = number_of(name, DIR, &end);
	char same[WIRE_NAME];

	return number >= 0 && !strcmp(image_dir_name(same, (uint32_t)number),
				      name) ?
		       number :
		       -1;
}
