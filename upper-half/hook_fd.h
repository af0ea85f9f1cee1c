/* SPDX-License-Identifier: MIT */
/* hook_fd.h - system calls about descriptors, and what they are opened by */
#ifndef MANA_HOOK_FD_H
#define MANA_HOOK_FD_H

#include "hook.h"

long hook_open(struct hook_regs *r, struct thread *t);
long hook_readlink(struct hook_regs *r, struct thread *t);
long hook_close(struct hook_regs *r, struct thread *t);
long hook_close_range(struct hook_regs *r, struct thread *t);
long hook_dup_to(struct hook_regs *r, struct thread *t);
long hook_fcntl(struct hook_regs *r, struct thread *t);

#endif
