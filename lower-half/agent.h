/* SPDX-License-Identifier: MIT */
/* agent.h - the thread of the lower half that takes checkpoints */
#ifndef MANA_AGENT_H
#define MANA_AGENT_H

/*
 * Join the coordinator, starting one if need be. Needs no upper memory: program
 * is what status shows. Ends the process with one line when it cannot.
 */
void agent_start(const char *program);
/*
 * Wait until all ranks of the job have come to this barrier: 0. -ETIMEDOUT
 * after limit_ms, or another -errno. > 0: an exit code with which all ranks are
 * to end; it is EXIT_REFUSED when one of them is gone or waits in another
 * barrier, and has said why. Only before agent_run.
 */
int agent_barrier(const char *name, int limit_ms);
/* The thread may take checkpoints from now on. */
void agent_run(void);
/* The application ended with this code; it still takes part. */
void agent_finished(int code);
/* The process ends now. Takes at most a second. */
void agent_goodbye(int code);
/* In a forked child: drop the descriptors. Freestanding. */
void agent_forked(void);

#endif
