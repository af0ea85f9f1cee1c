/* SPDX-License-Identifier: MIT */
/* address_space.h - the lower half stays out of the arena */
#ifndef MANA_ADDRESS_SPACE_H
#define MANA_ADDRESS_SPACE_H

/*
 * The kernel maps from a place that leaves the largest stack room below: with
 * an unlimited one, amid the arena. Then this program is begun again with a
 * smaller limit, and gives itself the other one back afterwards. To be called
 * first; argv is main's.
 */
void address_space_begin(char **argv);
/* 0, or -EEXIST: something of this process lies in the arena. */
int address_space_check(void);

#endif
