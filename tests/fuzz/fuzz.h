/* SPDX-License-Identifier: MIT */
/* fuzz.h - what the fuzz targets share: an input becomes a file
 *
 * A target is LLVMFuzzerTestOneInput(); the sanitizers say what is wrong, and
 * fuzz_must() what else must hold.
 */
#ifndef MANA_FUZZ_H
#define MANA_FUZZ_H

#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define fuzz_must(what)                                                        \
	do {                                                                   \
		if (!(what)) {                                                 \
			fprintf(stderr, "not so: %s\n", #what);                \
			abort();                                               \
		}                                                              \
	} while (0)

/* A directory of this process, in memory, that run removes. */
static inline int fuzz_dir(void)
{
	static int dir = -1;
	char path[64];

	if (dir >= 0)
		return dir;
	snprintf(path, sizeof(path), "%s/mana-fuzz.%d",
		 getenv("MANA_FUZZ_DIR") ? getenv("MANA_FUZZ_DIR") : "/tmp",
		 getpid());
	mkdir(path, 0700);
	dir = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	fuzz_must(dir >= 0);
	return dir;
}

static inline void fuzz_file(const char *name, const void *data, size_t size)
{
	int fd = openat(fuzz_dir(), name,
			O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

	fuzz_must(fd >= 0 && write(fd, data, size) == (ssize_t)size);
	close(fd);
}

/* What is refused is refused with one line. */
static inline void fuzz_sentence(const char *text)
{
	fuzz_must(*text && !strchr(text, '\n'));
}

#endif
