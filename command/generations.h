/* SPDX-License-Identifier: MIT */
/* generations.h - mana_command --list */
#ifndef MANA_GENERATIONS_H
#define MANA_GENERATIONS_H

#include "../client/client.h"
#include "answer.h"

/* The checkpoint directory, which is not made if it is not there: open, or
 * -errno and a sentence. */
int generations_open(const char *path, char *err, size_t errlen);
/* Needs no coordinator. Returns the exit code. */
int generations_list(const struct answer *a, const struct client_options *o);

#endif
