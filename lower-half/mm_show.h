/* SPDX-License-Identifier: MIT */
/* mm_show.h - command line and environment as ps(1) and the program see them */
#ifndef MANA_MM_SHOW_H
#define MANA_MM_SHOW_H

/*
 * /proc/PID/cmdline, environ, auxv and the start of the stack in stat are the
 * application's: PR_SET_MM_MAP of prctl(2). Nothing else depends on it, so a
 * kernel that cannot (without CONFIG_CHECKPOINT_RESTORE) is no error.
 */
void mm_show(void);

#endif
