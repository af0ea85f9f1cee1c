/* SPDX-License-Identifier: MIT */
/* home.h - where the coordinator is: its directory, and the file that says so
 */
#ifndef MANA_HOME_H
#define MANA_HOME_H

#include "server.h"

int home_take(struct server *s, char *err, size_t errlen);
int home_announce(struct server *s, char *err, size_t errlen);
/* Called when no round is on: makes sure that the directory is still ours, or
 * makes a new one. 0, or -errno and a sentence. */
int home_keep(struct server *s, char *err, size_t errlen);
/* Does the same now and then, while there is a job. Returns the ms until the
 * next time. */
int64_t home_due(struct server *s, int64_t now);
/* A daemon: what it says goes to DIR/coordinator.log from now on. */
void home_log(const struct server *s);
void home_leave(struct server *s);

#endif
