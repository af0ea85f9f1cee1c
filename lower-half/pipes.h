/* SPDX-License-Identifier: MIT */
/* pipes.h - pipes that live within one process
 *
 * Both ends of such a pipe are the process's own (Guile and many event loops
 * wake themselves so), or the other end is closed. What is in it travels in the
 * image: restart/pipes.c fills it again.
 */
#ifndef MANA_PIPES_H
#define MANA_PIPES_H

#include "file_kind.h"

/* Is e the end of a pipe or FIFO that can be saved? Sets f->kind; 0, or
 * -EOPNOTSUPP when it leads out of the process. */
int pipes_kind(const struct entries *all, const struct entry *e,
	       struct saved_file *f, const char *name);
/* Why pipes_kind said no; "" for what is no pipe. */
const char *pipes_why(const struct entry *e);
/* Notes which pipe it is, what it holds and can hold. The first of those that
 * read has the contents; the others have size 0. */
void pipes_describe(const struct entries *all, const struct entry *e,
		    struct saved_file *f);
/* The pipe's contents as pieces, without taking them out: malloc'ed, *len
 * bytes; NULL on failure. */
void *pipes_contents(const struct saved_file *f, uint64_t *len);

#endif
