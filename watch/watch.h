/* SPDX-License-Identifier: MIT */
/* watch.h - a job's status on the whole screen, until the user has seen enough
 */
#ifndef MANA_WATCH_H
#define MANA_WATCH_H

#include "../client/client.h"

/* Asks every so many seconds over the connection. Returns 0: the user quit,
 * -ENOTTY: there is no terminal that can be drawn on, else the error by which
 * the connection ended. */
int watch(struct wire_conn *c, int seconds);

#endif
