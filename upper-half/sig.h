/* SPDX-License-Identifier: MIT */
/* sig.h - the application's signal handlers
 *
 * The kernel's handler is always sig_entry (sig.S): it gives the application's
 * handler the upper FS, also when the signal came while its thread was in the
 * lower half. The application's own actions are in keep memory. Freestanding.
 */
#ifndef MANA_SIG_H
#define MANA_SIG_H

#include <stdint.h>

#define SIG_STOP       33 /* glibc's SIGSETXID, which its masks never block */
#define SIG_STOP_VALUE 0x6d616e61 /* sent along: tells ours from glibc's */
#define SIGS	       64

struct ksigaction { /* struct kernel_sigaction, asm/signal.h */
	uint64_t handler, flags, restorer, mask;
};

int sig_create(void); /* 0 or -errno */
/* rt_sigaction(2) as the application sees it: 0 or -errno. */
long sig_action(int sig, const struct ksigaction *act, struct ksigaction *old);
/* Install the application's actions again, in a new lower half. */
void sig_restore(void);
/* Put back what the kernel had, if the application has not set one itself. */
void sig_put_back(int sig, const struct ksigaction *had);
/* The action that the application has set; handler is 0 when it has set
 * none. */
const struct ksigaction *sig_get(int sig);
/* Actions inherited at start; call before the lower half installs any. */
void sig_inherit(void);

#endif
