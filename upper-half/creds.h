/* SPDX-License-Identifier: MIT */
/* creds.h - who a thread is to the kernel: ids, groups, capabilities
 *
 * credentials(7), capabilities(7). Freestanding.
 */
#ifndef MANA_CREDS_H
#define MANA_CREDS_H

#include "../common/attributes.h"

/* The calling thread takes on these credentials, in an order in which each step
 * is allowed if it is in any. 0 or -errno. */
int creds_become(const struct creds *c);

#endif
