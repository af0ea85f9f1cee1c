/* SPDX-License-Identifier: MIT */
/* signals.h - the signals that mana_run takes instead of obeying them
 *
 * SIGUSR1, SIGTERM, SIGINT and SIGHUP, unless they were ignored when it was
 * started; SIGTSTP and SIGCHLD.
 */
#ifndef MANA_SIGNALS_H
#define MANA_SIGNALS_H

#include <signal.h>

struct signals {
	int fd;		 /* to poll(2) */
	sigset_t before; /* the mask that children are to have */
};

/* 0 or -errno. */
int signals_open(struct signals *s);
/* One that came; 0: none did. */
int signals_next(const struct signals *s);
/* Waits so long for one that is to end mana_run. 0: none came. */
int signals_wait(const struct signals *s, int ms);

#endif
