/* SPDX-License-Identifier: MIT */
/* checkpoint.h - this process into an image */
#ifndef MANA_CHECKPOINT_H
#define MANA_CHECKPOINT_H

#include <stddef.h>
#include <stdint.h>
#include "../common/wire.h"
#include "../image/image.h"

/*
 * 1 and a sentence when something of the process cannot be saved yet. Mostly it
 * can be soon: when a pipe to a child is closed, or a child has been waited
 * for.
 */
int checkpoint_refuse(char *why, size_t len);
/* All upper threads are stopped: write DIR/FILE. As image_write. */
int checkpoint_write(const struct wire_ckpt_begin *b, const char *file,
		     void (*progress)(void *, uint64_t, uint64_t),
		     struct image_result *res, char *err, size_t errlen);
/* Note what our launcher gave us, before anything of it is changed. */
void checkpoint_given(void);

#endif
