/* SPDX-License-Identifier: MIT */
/* link.h - the connection to the coordinator */
#ifndef MANA_LINK_H
#define MANA_LINK_H

#include <stdint.h>
#include "../common/wire.h"

/*
 * Join the coordinator, starting one if need be, as the rank that core says.
 * program is what status shows. Ends the process with one line when it cannot.
 */
void link_open(const char *program);
/* Leave the low numbers to the application, and keep it from closing ours. */
void link_shelter(void);
/* The connection is lost: join the coordinator again, or start another. */
void link_again(void);
/* 0 or -errno; any thread. msg: the struct of the type (wire.h). */
int link_say(enum wire_type type, const void *msg);
/* As wire_recv (wire.h): 0 or -errno; the agent alone, once it runs. */
int link_receive(struct wire_msg *m, int ms);
/* The descriptor of the connection, to be watched for its end; -1: none. Before
 * the agent runs. */
int link_fd(void);
/* The coordinator's process: the letter of its state in proc(5), 'X' when it is
 * gone, 0 when it is on another host. */
char link_state(void);
/* 1: the connection leads by a gatherer that is stopped. It counts as stopped
 * then, too. */
int link_cut(void);
/* The settings of the coordinator, or, before there was one, those that the job
 * was started with. -1 and 0: not known. Only reads memory, so hooks may ask as
 * well. */
void link_settings(int *interval, int *keep, int *level);

#endif
