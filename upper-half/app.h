/* SPDX-License-Identifier: MIT */
/* app.h - the application as the upper half's hooks know it; in keep memory */
#ifndef MANA_APP_H
#define MANA_APP_H

#include <stdint.h>
#include "../common/attributes.h"
#include "../common/gate.h"
#include "../common/keep.h"
#include "unsaved.h"

/* Its first stack: lower-half/stack.h. */
struct stack_image {
	uint64_t start, len;	     /* of the mapping */
	uint64_t sp;		     /* what rsp is to be */
	char **argv, **envp;	     /* on it */
	uint64_t args, env, env_end; /* their strings: args up to env */
	uint64_t auxv;
};

struct app {
	char exe[4096];		  /* absolute path: what /proc/self/exe says */
	int32_t pid;		  /* as the application knows it */
	struct stack_image stack; /* its first stack */
	struct cputime cpu_saved, cpu_past; /* as in struct thread */
	char libdir[4096]; /* this lower half's directory, with the fronts */
	uint32_t unsaved[UNSAVEDS];
	uint32_t advised;    /* memory has flags: lower-half/vm_flags.h */
	uint32_t guarded;    /* guard pages were made: MADV_GUARD_INSTALL */
	int32_t lock_future; /* flags of mlockall(2) for what will be mapped */
	/* What the kernel kept for the process at the last checkpoint, and what
	 * the launcher had given it. */
	struct process_attr attr, attr_given;
	struct task_attr task_given;
	struct creds *creds, *creds_given;
	uint32_t led_given; /* its launcher had made it a session's leader */
};

#define APP ((struct app *)KEEP_ROOT->app)

#endif
