/* SPDX-License-Identifier: MIT */
/* identity.h - who the restored process is to the kernel, and to itself */
#ifndef MANA_IDENTITY_H
#define MANA_IDENTITY_H

#include "../lower-half/checkpoint.h"

/*
 * Before anything is touched: the image's credentials are sound and this
 * process can have them. 0; 1: with something missing, or -errno; note says
 * what.
 */
int identity_check(const struct image *img, char *note, size_t len);
/*
 * Memory is in place: each thread's credentials are planned, the application's
 * ids lead to this process, which leads its session or group if it did before.
 * What the launcher gave it is what counts as given from here on. As above.
 */
int identity_take(const struct image_info *i, char *note, size_t len);

#endif
