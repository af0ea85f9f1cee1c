/* SPDX-License-Identifier: MIT */
/* identity.h - who the restored process is to the kernel, and to itself */
#ifndef MANA_IDENTITY_H
#define MANA_IDENTITY_H

#include "../image/image.h"
#include "../lower-half/info.h"

/*
 * Before anything is touched: are the image's credentials sound, and can this
 * process have them? 0; 1: with something missing, or -errno; note says what.
 */
int identity_check(const struct image *img, char *note, size_t len);
/*
 * Called when memory is in place: plans each thread's credentials, lets the
 * application's ids lead to this process, and makes it the leader of its
 * session or group if it was before. What this launcher gave counts as given
 * from here on. Returns as identity_check.
 */
int identity_take(const struct image_info *i, char *note, size_t len);

#endif
