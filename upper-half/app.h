/* SPDX-License-Identifier: MIT */
/* app.h - the application as the upper half's hooks know it; in keep memory */
#ifndef MANA_APP_H
#define MANA_APP_H

#include <stdint.h>
#include "../common/gate.h"
#include "../common/keep.h"

struct app {
	char exe[4096];	 /* absolute path: what /proc/self/exe says */
	int32_t pid;	 /* as the application knows it */
	int32_t argc;
	char **argv;	 /* on its stack */
	char **envp;
	uint64_t stack, stack_len;
	struct cputime cpu_saved, cpu_past; /* as in struct thread */
	char libdir[4096]; /* of this lower half: where the fronts are */
};

#define APP ((struct app *)KEEP_ROOT->app)

#endif
