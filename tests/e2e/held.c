/* SPDX-License-Identifier: MIT */
/* held.c - held WHAT FILE: holds WHAT, which no checkpoint takes, until FILE is
 * there; then gives it up and goes on until FILE.end is */
#define _GNU_SOURCE
#include <mpi.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/shm.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/timerfd.h>
#include <unistd.h>

static int rank, buf[4];
static MPI_Win win;
static MPI_File file;
static MPI_Request request;
static int fd;

static void win_hold(void)
{
	MPI_Win_create(buf, sizeof(buf), sizeof(int), MPI_INFO_NULL,
		       MPI_COMM_WORLD, &win);
}

static void win_drop(void)
{
	MPI_Win_free(&win);
}

static void file_hold(void)
{
	MPI_File_open(MPI_COMM_WORLD, "held.data",
		      MPI_MODE_CREATE | MPI_MODE_RDWR, MPI_INFO_NULL, &file);
}

static void file_drop(void)
{
	MPI_File_close(&file);
}

static void fd_drop(void)
{
	close(fd);
}

static void signalfd_hold(void)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGUSR1);
	fd = signalfd(-1, &set, SFD_CLOEXEC);
}

static void timerfd_hold(void)
{
	fd = timerfd_create(CLOCK_MONOTONIC, 0);
}

static void socket_hold(void)
{
	fd = socket(AF_INET, SOCK_STREAM, 0);
}

static void epoll_hold(void)
{
	fd = epoll_create1(0);
}

static void *segment;

static void segment_hold(void)
{
	int id = shmget(IPC_PRIVATE, 4096, 0600);

	segment = shmat(id, NULL, 0);
	shmctl(id, IPC_RMID, NULL);
}

static void segment_drop(void)
{
	shmdt(segment);
}

static void request_drop(void)
{
	MPI_Request_free(&request);
}

static MPI_Comm other;
static char port[MPI_MAX_PORT_NAME];

/* With what is another job, as far as MPI goes. */
static void connected_hold(void)
{
	if (rank == 0)
		MPI_Open_port(MPI_INFO_NULL, port);
	MPI_Bcast(port, MPI_MAX_PORT_NAME, MPI_CHAR, 0, MPI_COMM_WORLD);
	if (rank == 0)
		MPI_Comm_accept(port, MPI_INFO_NULL, 0, MPI_COMM_SELF, &other);
	else
		MPI_Comm_connect(port, MPI_INFO_NULL, 0, MPI_COMM_SELF, &other);
}

static void connected_drop(void)
{
	MPI_Comm_disconnect(&other);
	if (rank == 0)
		MPI_Close_port(port);
}

static MPI_T_cvar_handle cvar;
static MPI_T_pvar_session pvars;

static void tool_init(void)
{
	int provided;

	MPI_T_init_thread(MPI_THREAD_SINGLE, &provided);
}

static void cvar_hold(void)
{
	int n;

	tool_init();
	MPI_T_cvar_handle_alloc(0, NULL, &cvar, &n);
}

static void cvar_drop(void)
{
	MPI_T_cvar_handle_free(&cvar);
}

static void pvars_hold(void)
{
	tool_init();
	MPI_T_pvar_session_create(&pvars);
}

static void pvars_drop(void) /* with what is in it */
{
	MPI_T_finalize();
}

#ifdef MPICH_VERSION
static MPI_Session session;

static void session_hold(void)
{
	MPI_Session_init(MPI_INFO_NULL, MPI_ERRORS_ARE_FATAL, &session);
}

static void session_drop(void)
{
	MPI_Session_finalize(&session);
}

static void barrier_hold(void)
{
	MPI_Barrier_init(MPI_COMM_WORLD, MPI_INFO_NULL, &request);
}

static void parts_hold(void)
{
	if (rank == 0)
		MPI_Psend_init(buf, 2, 1, MPI_INT, 1, 0, MPI_COMM_WORLD,
			       MPI_INFO_NULL, &request);
	else
		MPI_Precv_init(buf, 2, 1, MPI_INT, 0, 0, MPI_COMM_WORLD,
			       MPI_INFO_NULL, &request);
}
#endif

static const struct {
	const char *name;
	void (*hold)(void), (*drop)(void);
	int early; /* before MPI_Init, which comes before it is dropped */
} kinds[] = {
	{ "window", win_hold, win_drop },
	{ "file", file_hold, file_drop },
	{ "connected", connected_hold, connected_drop },
	{ "signalfd", signalfd_hold, fd_drop },
	{ "timerfd", timerfd_hold, fd_drop },
	{ "socket", socket_hold, fd_drop },
	{ "epoll", epoll_hold, fd_drop },
	{ "segment", segment_hold, segment_drop },
	{ "cvar", cvar_hold, cvar_drop },
	{ "pvars", pvars_hold, pvars_drop },
	{ "early_cvar", cvar_hold, cvar_drop, 1 },
	{ "early_pvars", pvars_hold, pvars_drop, 1 },
#ifdef MPICH_VERSION
	{ "session", session_hold, session_drop },
	{ "early_session", session_hold, session_drop, 1 },
	{ "barrier", barrier_hold, request_drop },
	{ "parts", parts_hold, request_drop },
#endif
};

/* All ranks see it at once. */
static void wait_for(const char *path)
{
	int there = 0;

	while (!there) {
		usleep(20000);
		if (rank == 0)
			there = access(path, F_OK) == 0;
		MPI_Bcast(&there, 1, MPI_INT, 0, MPI_COMM_WORLD);
	}
}

static void start(void)
{
	MPI_Init(NULL, NULL);
	MPI_Comm_rank(MPI_COMM_WORLD, &rank);
}

static void hold(size_t i, const char *until)
{
	if (!kinds[i].early)
		start();
	kinds[i].hold();
	puts("running");
	fflush(stdout);
	while (kinds[i].early && access(until, F_OK))
		usleep(20000);
	if (kinds[i].early)
		start();
	else
		wait_for(until);
}

int main(int argc, char **argv)
{
	char end[512];
	size_t i;

	if (argc != 3)
		return 2;
	snprintf(end, sizeof(end), "%s.end", argv[2]);
	for (i = 0; i < sizeof(kinds) / sizeof(*kinds); i++) {
		if (strcmp(kinds[i].name, argv[1]))
			continue;
		hold(i, argv[2]);
		kinds[i].drop();
		wait_for(end);
		puts("PASSED");
	}
	MPI_Finalize();
	return 0;
}
