/* SPDX-License-Identifier: MIT */
/* pipes.h - pipes and event counters that live within one process
 *
 * Both ends of such a pipe are the process's own (Guile and many event loops
 * wake themselves so). What is in it travels in the image.
 */
#ifndef MANA_PIPES_H
#define MANA_PIPES_H

#include "files.h"

/* Fill in kind, offset (identity) and size of f, a pipe or an eventfd; 0, or
 * -EOPNOTSUPP when it leads out of the process. */
int pipes_describe(struct saved_file *f);
/* Bytes in the pipe, without taking them out; malloc'ed, NULL on failure. */
void *pipes_contents(const struct saved_file *f);
/*
 * A descriptor for f: opens the pipe (or counter) if it is the first of its
 * kind, else another end of it. data, len: its contents. Or -errno.
 */
int pipes_open(const struct saved_file *f, const void *data, size_t len);
/* All are in place: forget them. */
void pipes_done(void);

#endif
