/* SPDX-License-Identifier: MIT */
/* resume.h - threads of an image, made anew and set going */
#ifndef MANA_RESUME_H
#define MANA_RESUME_H

#include <stdint.h>
#include "../lower-half/topology.h"

/*
 * Upper memory is in place. resume_bind makes the records of the image's
 * threads this lower half's own and finds the main thread (core.main_thread);
 * 0 or -errno.
 */
int resume_bind(void);
/*
 * Threads that were bound to some of the old processors get those in the same
 * places among what the launcher gives us (cpu_map.h). from has the places of
 * the old ones, or is NULL when the image has none. 0 or -errno.
 */
int resume_cpus(const uint64_t old[16], const struct cpu_place *from, size_t n);
struct task_attr;
/* Notes what the launcher had given to the image's threads. */
void resume_given(const struct task_attr *given);
/* Create all threads but the main one; they wait. 0 or -errno; note is what
 * they could not be given again, or "". */
int resume_create(char *note, size_t len);
/* Let them go, and become the main thread: does not return. */
void resume_go(uint64_t pending) __attribute__((noreturn));

#endif
