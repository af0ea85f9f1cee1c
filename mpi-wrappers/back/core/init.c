/* SPDX-License-Identifier: MIT */
/* init.c - MPI_Init, and the start of the native library
 *
 * The native library gets the thread level the application asks for, no more.
 * The agent calls it from its own thread, but only while every other thread is
 * stopped, so one thread at a time is in it and the stop orders their memory;
 * neither library tells SINGLE from SERIALIZED otherwise, except that Open MPI
 * takes its locks from FUNNELED on (an Allreduce is a fifth slower).
 *
 * Native init is collective: it has a clock of its own (0,1).
 */
#include <errno.h>
#include <stdlib.h>
#include "../../../common/back.h"
#include "../../../common/launcher.h"
#include "build/gen/ask.h"
#include "../agent/clock.h"
#include "closed.h"
#include "init.h"
#include "leave.h"
#include "../p2p/native_test.h"
#include "../p2p/request.h"
#include "../object/told.h"

int init_rank = -1, init_size, init_up;

/* Native init. A native code. */
static int native_start(int level, int *provided)
{
	struct lower_native had;
	int rc;

	launcher_unshare();
	lower_native_enter(&had);
	rc = MPI_Init_thread(NULL, NULL, level, provided);
	lower_native_leave(&had);
	return rc;
}

int native_open(void)
{
	int rc = session_keep();

	if (!rc)
		native_test_init();
	if (!rc)
		rc = told_init();
	if (!rc)
		rc = drain_init();
	if (!rc)
		rc = MPI_Comm_rank(MPI_COMM_WORLD, &init_rank);
	if (!rc)
		rc = MPI_Comm_size(MPI_COMM_WORLD, &init_size);
	init_up = !rc;
	return rc;
}

int init_root(int rank, int size, int level)
{
	struct mpi_root *r = KEEP_MPI;
	size_t counts = (size_t)size * sizeof(*r->sent);

	r->rank = rank;
	r->size = size;
	r->thread_level = level;
	r->init.members = (uint64_t)size;
	if (!r->sent)
		r->sent = keep_alloc(counts);
	if (!r->received)
		r->received = keep_alloc(counts);
	if (!r->sent || !r->received || request_root())
		return SEAM_ERR_NO_MEM;
	if (!r->open)
		P2P->main = lower_self();
	return 0;
}

static int root_fill(int level)
{
	if (init_root(init_rank, init_size, level))
		return SEAM_ERR_NO_MEM;
	return objects_init() ? SEAM_ERR_NO_MEM : 0;
}

static int init_thread(int required, int *provided, const char *fn)
{
	int native = MPI_THREAD_SINGLE, level = real_tlevel(required), rc;

	if (KEEP_MPI->phase != BACK_BEFORE_INIT)
		return back_raise(NULL, SEAM_ERR_OTHER, fn);
	rc = coll_enter(clock_of_init());
	if (rc)
		return rc;
	rc = native_start(level, &native);
	if (!rc)
		rc = native_open();
	if (rc)
		rc = SEAM_ERR_OTHER;
	else
		rc = root_fill(seam_tlevel(native < level ? native : level));
	if (rc) {
		lower_error("%s: the MPI library did not start: see its own "
			    "message, if any",
			    fn);
		leave_process(1);
	}
	KEEP_MPI->phase = BACK_ACTIVE;
	KEEP_MPI->open = 1;
	closed_update();
	*provided = KEEP_MPI->thread_level;
	coll_leave();
	return 0;
}

int back_Init(int *argc, char ***argv)
{
	int provided;

	(void)argc;
	(void)argv;
	return init_thread(SEAM_THREAD_SINGLE, &provided, "MPI_Init");
}

int back_Init_thread(int *argc, char ***argv, int required, int *provided)
{
	(void)argc;
	(void)argv;
	return init_thread(required, provided, "MPI_Init_thread");
}

int back_Is_thread_main(int *flag)
{
	if (__builtin_expect(!flag, 0))
		return ask_Is_thread_main(flag, ASK(SEAM_ERR_ARG));
	*flag = P2P && P2P->main == lower_self();
	return 0;
}

/* The native library knows how to end the whole job. */
int back_Abort(seam_comm comm, int errorcode)
{
	MPI_Comm c = real_comm(comm);

	/* MPICH looks at it first; Open MPI does not. */
	if (KEEP_MPI->open && !front_openmpi() && !desc_of(comm, DESC_COMM))
		return back_raise(NULL, SEAM_ERR_COMM, "MPI_Abort");
	if (KEEP_MPI->open)
		leave_job(c == MPI_COMM_NULL ? MPI_COMM_WORLD : c, errorcode);
	leave_process(errorcode);
}

static size_t name_length(const char *entry)
{
	const char *eq = strchr(entry, '=');

	return eq ? (size_t)(eq - entry) : strlen(entry);
}

static int env_has(char **envp, const char *entry)
{
	size_t n = name_length(entry);

	for (; *envp; envp++) {
		if (name_length(*envp) == n && !strncmp(*envp, entry, n))
			return 1;
	}
	return 0;
}

/* The application must not take away variables that mana_launch itself has
 * set. */
static int env_ours(const char *entry)
{
	return !strncmp(entry, "MANA_", 5) || !strncmp(entry, "LD_", 3);
}

static void env_unset(const char *entry)
{
	char name[256];
	size_t n = name_length(entry);

	if (n >= sizeof(name))
		return;
	memcpy(name, entry, n);
	name[n] = '\0';
	unsetenv(name);
}

/*
 * The application's environment as it is at MPI_Init: it may have set or
 * removed variables the MPI library reads.
 */
int back_environ(char **envp)
{
	extern char **environ;
	char **e, *copy;

	if (!envp)
		return 0;
	for (e = environ; e && *e;) {
		if (env_ours(*e) || launcher_owns(*e) || env_has(envp, *e)) {
			e++;
			continue;
		}
		env_unset(*e);
		e = environ; /* the array has moved up */
	}
	for (e = envp; *e; e++) {
		size_t n = name_length(*e);
		const char *now;

		if (env_ours(*e) || launcher_owns(*e) || !(*e)[n])
			continue;
		copy = strdup(*e); /* upper memory must not be pointed to */
		if (!copy)
			return SEAM_ERR_NO_MEM;
		copy[n] = '\0';
		now = getenv(copy);
		if (!now || strcmp(now, copy + n + 1))
			setenv(copy, copy + n + 1, 1);
		free(copy);
	}
	return 0;
}

int back_start(int level)
{
	int want = real_tlevel(level), native;
	int rc = native_start(want, &native);

	if (!rc && native >= want)
		return 0;
	lower_error("mana_restart: the MPI library did not start with the "
		    "thread level the program had: use the MPI it ran on");
	return -EIO;
}
