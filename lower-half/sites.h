/* SPDX-License-Identifier: MIT */
/* sites.h - system call instructions of forms that are not known by sight
 *
 * upper-half/site.c knows the forms that libc uses. All others are found here
 * by decoding the functions they are in, so that a program or library with
 * system calls of its own is seen at work as libc is.
 */
#ifndef MANA_SITES_H
#define MANA_SITES_H

#include <stddef.h>
#include <stdint.h>
#include "../upper-half/island.h"

/*
 * The executable file that fd is open on is mapped at start, len bytes from
 * offset off. Fills at most max sites, whose instructions can be moved to an
 * island; how many, or -errno. *lost: how many more there are that cannot, of
 * calls that hooks want to see.
 */
long sites_find(int fd, uint64_t off, uint64_t start, uint64_t len,
		struct site *out, size_t max, size_t *lost);
/* Find and patch them; what is lost refuses checkpoints from now on. */
void sites_patch(int fd, uint64_t off, uint64_t start, uint64_t len, long prot);

#endif
