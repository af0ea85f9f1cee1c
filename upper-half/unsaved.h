/* SPDX-License-Identifier: MIT */
/* unsaved.h - what the program has done that no image can hold
 *
 * The kernel takes such things but does not give them back: only the hook of
 * the system call knows. From then on checkpoints are refused by name.
 * Freestanding; in keep memory.
 */
#ifndef MANA_UNSAVED_H
#define MANA_UNSAVED_H

#include "hook.h"

enum unsaved {
	UNSAVED_SECCOMP, /* its threads may not even be stopped */
	UNSAVED_LANDLOCK,
	UNSAVED_DISPATCH, /* PR_SET_SYSCALL_USER_DISPATCH */
	UNSAVED_SEM_UNDO,
	UNSAVED_PKEY,
	UNSAVED_PORTS,	   /* iopl, ioperm */
	UNSAVED_SEGMENTS,  /* modify_ldt, set_thread_area */
	UNSAVED_SHADOW,	   /* user shadow stacks */
	UNSAVED_TAGS,	   /* linear address masking */
	UNSAVED_SEAL,	   /* mseal */
	UNSAVED_GROWSDOWN, /* MAP_GROWSDOWN */
	UNSAVED_NAMESPACE,
	UNSAVED_ROOT,	  /* chroot, pivot_root */
	UNSAVED_UNSHARED, /* a thread with files or a directory of its own */
	UNSAVED_LIBRARY,  /* its system calls are not led through the gate */
	UNSAVED_DNOTIFY,
	UNSAVED_TRACER, /* ptrace */
	UNSAVED_TIMER,	/* a POSIX timer that the kernel does not show */
	UNSAVEDS
};

void unsaved_note(enum unsaved what);
/* The first thing noted, as a sentence; NULL: there is none. */
const char *unsaved_why(void);
/* The kernel has no /proc/self/timers. */
void unsaved_timers(void);
/* 1: system calls that the program does not make itself may kill it. */
int unsaved_sandboxed(void);
/* Hook of the system calls that do such things. */
hook_fn unsaved_call;

#endif
