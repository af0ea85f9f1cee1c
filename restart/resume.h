/* SPDX-License-Identifier: MIT */
/* resume.h - threads of an image, made anew and set going */
#ifndef MANA_RESUME_H
#define MANA_RESUME_H

#include <stdint.h>

/*
 * Upper memory is in place. resume_bind makes the records of the image's
 * threads this lower half's own and finds the main thread (core.main_thread);
 * 0 or -errno.
 */
int resume_bind(void);
/* Threads run on the processors they were bound to: those of old that the
 * launcher gives us again, else those in the same places of what it gives. */
void resume_place(const uint64_t old[16]);
/* Create all threads but the main one; they wait. 0 or -errno. */
int resume_create(void);
/* Let them go, and become the main thread: does not return. */
void resume_go(uint64_t pending) __attribute__((noreturn));

#endif
