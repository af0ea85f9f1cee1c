/* SPDX-License-Identifier: MIT */
/* clone_raw.c - threads by clone(2) itself, as runtimes of languages make them
 *
 * Signals are not blocked meanwhile, so that a stop may come inside the call.
 * Some threads have no thread-local storage of their own: no checkpoint then.
 */
/* test: ranks=1 mpi=none ckpt=may threads=2 */
#define _GNU_SOURCE
#include <linux/futex.h>
#include <sched.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include "check.h"

#define STACK 65536
#define SHARED                                                                 \
	(CLONE_VM | CLONE_FS | CLONE_FILES | CLONE_SIGHAND | CLONE_THREAD |    \
	 CLONE_SYSVSEM | CLONE_PARENT_SETTID | CLONE_CHILD_CLEARTID)

static char tls[8192] __attribute__((aligned(64)));
static int tid;
static volatile long alive;

static int run(void *arg)
{
	__sync_fetch_and_add(&alive, 1);
	(void)arg;
	return 0;
}

static void join(void)
{
	int t;

	while ((t = __atomic_load_n(&tid, __ATOMIC_ACQUIRE)))
		syscall(SYS_futex, &tid, FUTEX_WAIT, t, NULL, 0, 0);
}

int main(int argc, char **argv)
{
	char *stack = mmap(NULL, STACK, PROT_READ | PROT_WRITE,
			   MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	char *own = tls + 4096;
	long made = 0;
	int i;

	check_args(argc, argv);
	((char **)own)[0] = ((char **)own)[2] = own;
	do {
		for (i = 0; i < 50; i++) {
			CHECK(clone(run, stack + STACK,
				    SHARED | (i ? CLONE_SETTLS : 0), NULL, &tid,
				    i ? own : NULL, &tid) > 0);
			join();
			CHECK_EQ(alive, ++made);
		}
	} while (check_more());
	return check_pass();
}
