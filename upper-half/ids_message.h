/* SPDX-License-Identifier: MIT */
/* ids_message.h - sendmsg(2), recvmsg(2), sendmmsg(2) and recvmmsg(2) */
#ifndef MANA_IDS_MESSAGE_H
#define MANA_IDS_MESSAGE_H

#include "hook.h"

void ids_sent_message(struct hook_regs *r);
void ids_sent_message_done(long result, const long *a,
			   const struct hook_regs *k);
void ids_got_message(long result, const long *a, const struct hook_regs *k);
void ids_sent_messages(struct hook_regs *r);
void ids_sent_messages_done(long result, const long *a,
			    const struct hook_regs *k);
void ids_got_messages(long result, const long *a, const struct hook_regs *k);

#endif
