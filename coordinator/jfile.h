/* SPDX-License-Identifier: MIT */
/* jfile.h - what our JSON files need beyond jansson */
#ifndef MANA_JFILE_H
#define MANA_JFILE_H

#include <jansson.h>

/* A string that need not be UTF-8 (paths): bad bytes become '?'. */
json_t *jfile_text(const char *s);
/* Copies the string member; 0, or -EINVAL when missing or too long. */
int jfile_string(const json_t *o, const char *key, char *out, size_t len);
/*
 * PATH.tmp (of this mode), fsync, rename to PATH, fsync of its directory. 0 or
 * -errno; on failure PATH.tmp is removed.
 */
int jfile_save(const json_t *o, const char *path, int mode);

#endif
