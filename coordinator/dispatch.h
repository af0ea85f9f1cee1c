/* SPDX-License-Identifier: MIT */
/* dispatch.h - one message from a peer */
#ifndef MANA_DISPATCH_H
#define MANA_DISPATCH_H

#include "server.h"

void dispatch(struct server *s, struct peer *p, struct wire_msg *m);

#endif
