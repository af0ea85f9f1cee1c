/* SPDX-License-Identifier: MIT */
/* step.h - the line as a process: its start, its end, and its terminal
 *
 * It has a process group of its own, so that what is sent to mana_run's (by a
 * terminal, timeout(1), a batch system) comes to mana_run alone, which takes a
 * checkpoint before it ends the line.
 */
#ifndef MANA_STEP_H
#define MANA_STEP_H

#include <signal.h>
#include <stdint.h>
#include <sys/types.h>

struct step {
	pid_t pid; /* 0: none */
	int own_group;
	int64_t began; /* monotonic ms */
	int status;    /* as waitpid(2) gives it, of one that has ended */
};

/* mask: the signal mask it is to have. 0 or -errno. */
int step_start(struct step *s, char *const *argv, int foreground,
	       const sigset_t *mask);
/* 1: it has ended. One that has stopped because it wants the terminal gets
 * it. Does not wait. */
int step_ended(struct step *s);
void step_signal(const struct step *s, int number);
/* Ctrl-Z: the line and mana_run stop, and go on together. */
void step_suspend(const struct step *s);
/* As a shell gives it: 128 and more for a signal. */
int step_code(const struct step *s);
int step_was_killed(const struct step *s);

#endif
