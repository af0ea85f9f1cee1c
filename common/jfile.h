/* SPDX-License-Identifier: MIT */
/* jfile.h - what our JSON files need beyond jansson
 *
 * Names are relative to an open directory, as in openat(2).
 */
#ifndef MANA_JFILE_H
#define MANA_JFILE_H

#include <jansson.h>
#include <stdint.h>
#include "reason.h"

/* A string that need not be UTF-8 (paths): bad bytes become '?'. */
json_t *jfile_text(const char *s);
/* Copies the string member; 0, or -EINVAL when missing or too long. */
int jfile_string(const json_t *o, const char *key, char *out, size_t len);
/* The member, when it is a positive number; else 0. */
uint64_t jfile_number(const json_t *o, const char *key);
/* *out, of at most max bytes of a file that is trusted (trust.h). 0, or -errno
 * and why; -EINVAL: it is not JSON. */
int jfile_load(json_t **out, int at, const char *name, size_t max,
	       const char *shown, struct reason *why);
/*
 * Loads a file of the open directory dir, which is called shown, and has take()
 * read from it what `to` is to hold. When take() does not return 0 the file
 * "does not make sense", and hint says what to do. 0, or -errno and why.
 */
int jfile_take(int dir, const char *shown, const char *name, size_t max,
	       int (*take)(const json_t *o, void *to), void *to,
	       const char *hint, struct reason *why);
/*
 * NAME.tmp (0600), then rename to NAME; durable: on disk when it returns. 0 or
 * -errno; on failure NAME.tmp is removed.
 */
int jfile_save(const json_t *o, int at, const char *name, int durable);

#endif
