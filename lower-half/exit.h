/* SPDX-License-Identifier: MIT */
/* exit.h - how the process ends (see also common/lower_hooks.h) */
#ifndef MANA_EXIT_H
#define MANA_EXIT_H

/* The image's application had called exit: wait for the other ranks, then end
 * with its code. */
void exit_resume_finished(int code) __attribute__((noreturn));

#endif
