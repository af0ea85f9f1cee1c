/* SPDX-License-Identifier: MIT */
/* pipes.h - pipes within the process, made and filled again */
#ifndef MANA_RESTART_PIPES_H
#define MANA_RESTART_PIPES_H

#include <stddef.h>
#include "saved_files.h"

/* Makes all pipes again, under their numbers. 0 or -errno with a sentence. */
int pipes_restore(const struct saved_files *x, char *err, size_t errlen);

#endif
