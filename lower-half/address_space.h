/* SPDX-License-Identifier: MIT */
/* address_space.h - the lower half stays out of the arena */
#ifndef MANA_ADDRESS_SPACE_H
#define MANA_ADDRESS_SPACE_H

/*
 * The kernel maps downwards from a place that leaves the largest stack its
 * room: with an unlimited stack, that is amid the arena. This program is then
 * started again with a smaller limit, and afterwards gives itself the old one
 * back. To be called first; argv is main's.
 */
void address_space_begin(char **argv);
/* 0, or -EEXIST: something of this process lies in the arena. */
int address_space_check(void);

#endif
