/* SPDX-License-Identifier: MIT */
/* life.h - how the process ends (see also common/lower_hooks.h) */
#ifndef MANA_LIFE_H
#define MANA_LIFE_H

/* The image's application had called exit: wait for the other ranks, then end
 * with its code. */
void life_resume_finished(int code) __attribute__((noreturn));

#endif
