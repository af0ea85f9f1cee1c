/* SPDX-License-Identifier: MIT */
/* sites.h - system call instructions, found by decoding what they are in
 *
 * upper-half/site.c knows the forms that libc uses by sight. All others are
 * found here, so that a program or library with system calls of its own is seen
 * at work as libc is. In files that are not libc's what looks like a system
 * call may be anything: there those of known forms are found by decoding, too.
 */
#ifndef MANA_SITES_H
#define MANA_SITES_H

#include <stddef.h>
#include <stdint.h>
#include "../upper-half/trampoline.h"

/*
 * Fills at most max sites, whose instructions can be moved to a trampoline:
 * those of known forms too, if c->all. Returns how many, or -errno. *lost: how
 * many more there are that cannot, of calls that hooks want to see.
 */
long sites_find(const struct site_code *c, struct site *out, size_t max,
		size_t *lost);
/*
 * Find and patch them; what is lost refuses checkpoints from now on. Where
 * nothing can be decoded, because there is no unwind table or no Zydis, c->all
 * has it done by sight.
 */
void sites_patch(const struct site_code *c);

#endif
