/* SPDX-License-Identifier: MIT */
/* streams.h - what the launcher gave us: stdin, stdout, stderr and the like
 *
 * These follow the launcher: after a restart they are the new one's.
 */
#ifndef MANA_STREAMS_H
#define MANA_STREAMS_H

#include <stdint.h>
#include <sys/resource.h>

#define STREAMS 3

/* The lowest number from which on our descriptors are out of the program's
 * way. */
int streams_high(void);
/* Note what 0, 1, 2 are. Call first. 0 or -errno. */
int streams_init(void);
/* Our own descriptor for what i was at the start; -1: it was closed. */
int streams_ref(int i);
/* Launch: descriptors that were open belong to the program. 0 or -errno. */
int streams_inherit(void);
/* Restart, when the program's memory is in place: note the new launcher's
 * files. */
void streams_keep(void);
/* 1: the launcher gave this file to the program, as fd; fd -1: as any. */
int streams_inherited(int fd, uint64_t dev, uint64_t ino);
/* Restart: fd takes the place of what its predecessor had given. 0 or
 * -errno. */
int streams_lead_out(int fd);
/* Returns those of the flags that stream i had which the program has
 * changed. */
uint32_t streams_changed(int i, uint32_t flags);
/* 1: fd was open when this process started. */
int streams_given(int fd);
/* Our descriptors and the launcher's leave the numbers that taken knows. Where
 * they go is from top on. */
void streams_move(int (*taken)(int fd), int top);
/* While a checkpoint is taken, it may need more descriptors than the program
 * left: the limit is raised as far as it may be, and put back. */
void streams_limit_raise(struct rlimit *was);
void streams_limit_back(const struct rlimit *was);
/* fd itself, or what it was moved to. */
int streams_move_one(int fd, int (*taken)(int fd), int top);

#endif
