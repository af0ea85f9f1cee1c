/* SPDX-License-Identifier: MIT */
/* closed.h - calls that are made while there is no MPI */
#ifndef MANA_BACK_CLOSED_H
#define MANA_BACK_CLOSED_H

/* There is MPI, or no longer: the gate's functions, and what fronts answer. */
void closed_update(void);

#endif
