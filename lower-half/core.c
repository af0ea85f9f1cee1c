/* SPDX-License-Identifier: MIT */
/* core.c - place in the job, and the gate page */
#include <dlfcn.h>
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/mman.h>
#include <unistd.h>
#include "../common/back.h"
#include "../common/launcher.h"
#include "../common/lower.h"
#include "../upper-half/hook.h"
#include "../upper-half/thread.h"
#include "core.h"
#include "cpu.h"
#include "gs.h"
#include "donor.h"
#include "table.h"

struct core core = { .size = 1, .finish_lock = PTHREAD_MUTEX_INITIALIZER };

void core_say(const char *fmt, ...)
{
	char line[1024];
	va_list ap;

	if (!core.opt.verbose)
		return;
	va_start(ap, fmt);
	vsnprintf(line, sizeof(line), fmt, ap);
	va_end(ap);
	lower_error("%s: rank %d: %s", core.tool, core.rank, line);
}

void core_rank_size(void)
{
	raw_syscall3(SYS_sched_getaffinity, 0, sizeof(core.cpus),
		     (long)core.cpus);
	launcher_place(&core.rank, &core.size);
}

static void *vdso_function(void *h, const char *name)
{
	return h ? dlvsym(h, name, "LINUX_2.6") : NULL;
}

static void gate_vdso(volatile struct gate *g)
{
	static const char *const names[VDSO_SLOTS] = {
		[VDSO_CLOCK_GETTIME] = "__vdso_clock_gettime",
		[VDSO_GETTIMEOFDAY] = "__vdso_gettimeofday",
		[VDSO_TIME] = "__vdso_time",
		[VDSO_GETCPU] = "__vdso_getcpu",
		[VDSO_CLOCK_GETRES] = "__vdso_clock_getres",
	};
	void *h = dlopen("linux-vdso.so.1", RTLD_LAZY | RTLD_NOLOAD);
	int i;

	for (i = 0; i < VDSO_SLOTS; i++)
		g->vdso[i] = vdso_function(h, names[i]);
}

int core_gate(void)
{
	volatile struct gate *g = GATE;
	void *m =
		mmap((void *)ARENA_BASE, GATE_SIZE, PROT_READ | PROT_WRITE,
		     MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0);

	if (m == MAP_FAILED)
		return -errno;
	g->magic = GATE_MAGIC;
	g->version = GATE_VERSION;
	g->fsgsbase = (uint32_t)cpu_fsgsbase();
	g->epoch = 1;
	g->hook = (void *)hook_entry;
	g->after = (void *)after_entry;
	g->attach = donor_attach;
	g->take_gs = thread_take_gs;
	g->tls = !gs_works() ? GATE_TLS_FS :
		 g->fsgsbase ? GATE_TLS_GS :
			       GATE_TLS_GS_FIXED;
	g->mpi = table_functions();
	gate_vdso(g);
	if (!g->vdso[VDSO_CLOCK_GETTIME])
		return -ENOSYS;
	return 0;
}
