/* SPDX-License-Identifier: MIT */
/* restore.h - a fresh lower half takes over an image */
#ifndef MANA_RESTORE_H
#define MANA_RESTORE_H

/* Become the application as the image of core's rank (lower-half/core.h) has
 * it. Ends the process with one sentence when that cannot be. */
void restore_run(void) __attribute__((noreturn));

#endif
