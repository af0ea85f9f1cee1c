/* SPDX-License-Identifier: MIT */
/* hook_fd.h - system calls about descriptors, and what they are opened by */
#ifndef MANA_HOOK_FD_H
#define MANA_HOOK_FD_H

#include "hook.h"

hook_fn hook_open, hook_readlink, hook_close, hook_close_range, hook_dup_to,
	hook_fcntl;

#endif
