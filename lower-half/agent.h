/* SPDX-License-Identifier: MIT */
/* agent.h - the thread of the lower half that takes checkpoints */
#ifndef MANA_AGENT_H
#define MANA_AGENT_H

/* Join the coordinator (starting one if need be) and start the agent's
 * thread. 0 or -errno with a message printed. */
int agent_start(void);
/* All ranks of the job have come here; 0 or -errno. Before agent_run. */
int agent_barrier(const char *name);
/* The thread may take checkpoints from now on. */
void agent_run(void);
/* The application ended with this code; it still takes part. */
void agent_finished(int code);
/* The process ends now. At most a second. */
void agent_goodbye(int code);
/* In a forked child: drop the descriptors. Freestanding. */
void agent_forked(void);

#endif
