/* SPDX-License-Identifier: MIT */
/* process.h - the process that an image holds, as it lies there
 *
 * Records are copied out of the image's memory. Pointers in them are the saved
 * process's addresses: they are read with process_read, never followed.
 */
#ifndef MANA_PROCESS_H
#define MANA_PROCESS_H

#include <elf.h>
#include <sys/user.h>
#include "../image/image_memory.h"
#include "../lower-half/info.h"
#include "../upper-half/app.h"

struct process {
	const struct image *img;
	const char *path; /* the image's, for sentences */
	struct image_memory *mem;
	const struct image_info *info;
	struct app *app;
	struct thread *threads; /* the first one first */
	size_t n_threads;
};

/* Takes nothing over; path stays. 0 and *p for process_close, or -errno and one
 * sentence. */
int process_open(struct process *p, const struct image *img, const char *path,
		 char *err, size_t errlen);
void process_close(struct process *p);

/* Copies memory of the process: 0 or -errno, as image_memory_read. */
int process_read(const struct process *p, uint64_t at, void *to, size_t len);
/* The same, for what has to be there: -errno and a sentence. what: "a thread's
 * record". */
int process_need(const struct process *p, uint64_t at, void *to, size_t len,
		 const char *what, char *err, size_t errlen);
/* A string of the process, cut to what there is room for. 0 or -errno. */
int process_string(const struct process *p, uint64_t at, char *to, size_t len);
/* The region that has the address, or NULL. */
const struct image_region *process_region(const struct process *p, uint64_t at);

#endif
