/* SPDX-License-Identifier: MIT */
/* files.h - the application's open files, into an image and out of one */
#ifndef MANA_FILES_H
#define MANA_FILES_H

#include <stddef.h>
#include <stdint.h>
#include "../common/image.h"

enum file_kind {
	FILE_STD = 1, /* one of the launcher's stdin, stdout, stderr */
	FILE_REGULAR,
	FILE_DEVICE, /* /dev/null and its like: just opened again */
	FILE_DIRECTORY,
	FILE_UNLINKED, /* has no name any more: its contents are saved */
	FILE_PIPE,     /* both ends are ours (pipes.h); offset: its inode */
	FILE_EVENT,    /* eventfd; size: its count */
};

#define FILE_OWN       (-1) /* the application opened it */
#define FILE_INHERITED (-2) /* it was open when the program started */

/* Section "fds": an array of these. */
struct saved_file {
	int32_t fd;
	int32_t kind;	 /* enum file_kind */
	int32_t std;	 /* FILE_STD: 0, 1 or 2; else FILE_OWN, _INHERITED */
	int32_t same_as; /* shares its open file with that fd; -1: none */
	int32_t flags;	 /* fcntl F_GETFL */
	int32_t cloexec;
	uint64_t offset, size;
	char path[4096];
};

/* Note what the launcher gave us as 0, 1, 2. Call first. 0 or -errno. */
int files_init(void);
/* Descriptors open when the program was started belong to it. */
void files_inherit(void);
/* *n entries in malloc'ed memory; NULL and a sentence when one cannot be
 * saved. */
struct saved_file *files_save(size_t *n, char *err, size_t errlen);
/* Occupy the numbers, before MPI takes any. 0 or -errno. */
int files_reserve(const struct saved_file *f, size_t n);
/* fd, moved above all saved numbers if it is one of them; close-on-exec. */
int files_move_away(int fd, const struct saved_file *f, size_t n);
/* What files_restore will open by name is there and long enough. 0 or -errno
 * with a sentence. */
int files_check(const struct saved_file *f, size_t n, char *err,
		size_t errlen);
/* Open and put into place; img holds the contents of unlinked ones. 0 or
 * -errno with a sentence. */
int files_restore(const struct saved_file *f, size_t n,
		  const struct image *img, char *err, size_t errlen);
/* The section that holds an unlinked file. */
void files_section(const struct saved_file *f, char name[32]);
/* Its contents in malloc'ed memory; NULL with a sentence. */
void *files_contents(const struct saved_file *f, char *err, size_t errlen);

#endif
