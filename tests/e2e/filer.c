/* SPDX-License-Identifier: MIT */
/* filer.c - filer WHAT FILE: has something open or mapped until FILE is there,
 * then gives it up and goes on until FILE.end is; other things that a program
 * does with descriptors, for tests/e2e/files */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/aio_abi.h>
#include <mqueue.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/shm.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>
#ifdef NO_MPI
#define MPI_Init(a, b)
#define MPI_Finalize()
#else
#include <mpi.h>
#endif

static int fd = -1;
static void *memory;
static const char *stop;

static void fail(const char *what)
{
	fprintf(stderr, "filer: %s: %s\n", what, strerror(errno));
	exit(3);
}

static void drop(void)
{
	if (fd >= 0 && close(fd))
		fail("close");
	if (memory && munmap(memory, 4096))
		fail("munmap");
}

/* Accepted, and the socket that listened is gone. */
static void accepted(void)
{
	struct sockaddr_un a = { .sun_family = AF_UNIX };
	int l = socket(AF_UNIX, SOCK_STREAM, 0);
	int c = socket(AF_UNIX, SOCK_STREAM, 0);
	socklen_t len = sizeof(a);

	if (bind(l, (struct sockaddr *)&a, sizeof(sa_family_t)) ||
	    getsockname(l, (struct sockaddr *)&a, &len) || listen(l, 1) ||
	    connect(c, (struct sockaddr *)&a, len))
		fail("connect");
	fd = accept(l, NULL, NULL);
	close(l);
	close(c);
}

/* It came in a message. */
static void passed(void)
{
	union {
		char buf[CMSG_SPACE(sizeof(int))];
		struct cmsghdr align;
	} u = { .buf = "" };
	char c = 'x';
	struct iovec io = { &c, 1 };
	struct msghdr m = { .msg_iov = &io,
			    .msg_iovlen = 1,
			    .msg_control = u.buf,
			    .msg_controllen = sizeof(u.buf) };
	struct cmsghdr *h = CMSG_FIRSTHDR(&m);
	int pair[2], e = epoll_create1(0);

	h->cmsg_level = SOL_SOCKET;
	h->cmsg_type = SCM_RIGHTS;
	h->cmsg_len = CMSG_LEN(sizeof(int));
	memcpy(CMSG_DATA(h), &e, sizeof(e));
	if (socketpair(AF_UNIX, SOCK_STREAM, 0, pair) ||
	    sendmsg(pair[0], &m, 0) != 1)
		fail("sendmsg");
	close(e);
	if (recvmsg(pair[1], &m, 0) != 1)
		fail("recvmsg");
	memcpy(&fd, CMSG_DATA(CMSG_FIRSTHDR(&m)), sizeof(fd));
	close(pair[0]);
	close(pair[1]);
}

static void queue(void)
{
	struct mq_attr a = { .mq_maxmsg = 1, .mq_msgsize = 8 };

	fd = mq_open("/mana-test-filer", O_RDWR | O_CREAT, 0600, &a);
	mq_unlink("/mana-test-filer");
}

static void terminal(void)
{
	fd = posix_openpt(O_RDWR | O_NOCTTY);
}

static void slave(void)
{
	int master = posix_openpt(O_RDWR | O_NOCTTY);

	if (master < 0 || grantpt(master) || unlockpt(master))
		fail("pty");
	fd = open(ptsname(master), O_RDWR | O_NOCTTY);
	close(master);
}

static void secret(void)
{
	fd = (int)syscall(447 /* memfd_secret */, 0);
}

static void huge(void)
{
	fd = memfd_create("huge", MFD_HUGETLB);
}

static aio_context_t aio;

static void contexts(void)
{
	if (syscall(SYS_io_setup, 8, &aio))
		fail("io_setup");
}

static void drop_contexts(void)
{
	syscall(SYS_io_destroy, aio);
}

static void segment(void)
{
	int id = shmget(IPC_PRIVATE, 4096, 0600);

	memory = shmat(id, NULL, 0);
	shmctl(id, IPC_RMID, NULL);
}

static void drop_segment(void)
{
	shmdt(memory);
}

static void rings(void)
{
	char params[256] = "";

	fd = (int)syscall(425 /* io_uring_setup */, 4, params);
}

/* Mapped, and the descriptor is closed. */
static void rings_mapped(void)
{
	rings();
	if (fd < 0)
		return;
	memory = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (memory == MAP_FAILED)
		fail("a ring");
	close(fd);
	fd = -1;
}

static void device(void)
{
	fd = open("/dev/kmsg", O_RDONLY | O_NONBLOCK);
}

static void parent(void)
{
	char path[64];

	snprintf(path, sizeof(path), "/proc/%d/stat", getppid());
	fd = open(path, O_RDONLY);
}

static void namespace(void)
{
	fd = open("/proc/self/ns/uts", O_RDONLY);
}

static void *open_own(void *arg)
{
	(void)arg;
	fd = open("/proc/thread-self/stat", O_RDONLY);
	for (;;)
		pause();
	return NULL;
}

static void thread(void)
{
	pthread_t t;

	if (pthread_create(&t, NULL, open_own, NULL))
		fail("thread");
	while (fd < 0)
		usleep(1000);
}

/* Its other name is somewhere else. */
static void lost(void)
{
	fd = open("lost", O_RDWR | O_CREAT, 0600);
	if (mkdir("else", 0700) || link("lost", "else/where") || unlink("lost"))
		fail("link");
}

/* The other end is another process's, which is no child of ours. */
static void pipe_out(void)
{
	int p[2];
	pid_t child;

	if (pipe(p))
		fail("pipe");
	child = fork();
	if (child == 0) {
		if (fork() == 0)
			while (access(stop, F_OK))
				usleep(10000);
		_exit(0);
	}
	close(p[1]);
	fd = p[0];
	while (waitpid(child, NULL, 0) < 0)
		;
}

/* What follows is saved. */

static void locked(void)
{
	struct flock l = { .l_type = F_WRLCK };

	fd = open("locked", O_RDWR | O_CREAT, 0600);
	if (fcntl(fd, F_SETLK, &l))
		fail("lock");
}

static void flocked(void)
{
	fd = open("locked", O_RDWR | O_CREAT, 0600);
	if (flock(fd, LOCK_EX))
		fail("flock");
}

static void named(void)
{
	fd = open("locked", O_RDWR | O_CREAT, 0600);
}

static void fifo(void)
{
	if (mkfifo("fifo", 0600))
		fail("mkfifo");
	fd = open("fifo", O_RDWR);
}

/* Which the name says of this process alone. */
static void shm(void)
{
	char name[64];

	snprintf(name, sizeof(name), "/dev/shm/mana-test-%s", getenv("FILER"));
	fd = open(name, O_RDWR | O_CREAT, 0600);
	if (ftruncate(fd, 4096))
		fail(name);
	memory = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	close(fd);
	fd = -1;
	memset(memory, 's', 4096);
}

static void shm_removed(void)
{
	fd = memfd_create("removed", 0);
	if (ftruncate(fd, 4096))
		fail("memfd");
	memory = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
}

static void high(void)
{
	fd = dup2(open("locked", O_RDWR | O_CREAT, 0600), 700);
}

static void closer(void)
{
	int n;

	for (n = 3; n < 3000; n++)
		close(n);
	if (close_range(3, ~0U, 0))
		fail("close_range");
	errno = 0;
}

/* Natively these numbers are closed, and stay so. */
static void no_input(void)
{
	close(0);
}

static void see_no_input(void)
{
	fd = open("/dev/null", O_RDONLY);
	if (fd != 0)
		fail("0 is open");
}

/* What is written to a copy of 1 comes out where 1 leads. */
static void copy(void)
{
	fd = dup(1);
}

static void see_copy(void)
{
	if (write(fd, "by the copy\n", 12) != 12)
		fail("copy");
}

/* Descriptor 7 is what the launcher gave us. */
static void inherited(void)
{
	if (write(7, "before\n", 7) != 7)
		fail("7");
}

static void see_inherited(void)
{
	signal(SIGPIPE, SIG_IGN);
	if (write(7, "after\n", 6) != 6)
		puts("nobody reads");
}

static const struct {
	const char *name;
	void (*hold)(void), (*drop)(void);
} kinds[] = {
	{ "accepted", accepted, drop },
	{ "passed", passed, drop },
	{ "queue", queue, drop },
	{ "terminal", terminal, drop },
	{ "slave", slave, drop },
	{ "secret", secret, drop },
	{ "huge", huge, drop },
	{ "contexts", contexts, drop_contexts },
	{ "segment", segment, drop_segment },
	{ "rings", rings, drop },
	{ "rings_mapped", rings_mapped, drop },
	{ "device", device, drop },
	{ "parent", parent, drop },
	{ "namespace", namespace, drop },
	{ "thread", thread, drop },
	{ "lost", lost, drop },
	{ "pipe_out", pipe_out, drop },
	{ "locked", locked, drop },
	{ "flocked", flocked, drop },
	{ "named", named, drop },
	{ "fifo", fifo, drop },
	{ "shm", shm, drop },
	{ "shm_removed", shm_removed, drop },
	{ "high", high, drop },
	{ "closer", closer, closer },
	{ "no_input", no_input, see_no_input },
	{ "copy", copy, see_copy },
	{ "inherited", inherited, see_inherited },
};

static void wait_for(const char *path)
{
	int there = 0;

	while (!there) {
		usleep(10000);
		there = access(path, F_OK) == 0;
#ifndef NO_MPI
		MPI_Bcast(&there, 1, MPI_INT, 0, MPI_COMM_WORLD);
#endif
	}
}

int main(int argc, char **argv)
{
	char end[512];
	size_t i;

	MPI_Init(&argc, &argv);
	if (argc != 3)
		return 2;
	stop = argv[2];
	snprintf(end, sizeof(end), "%s.end", stop);
	for (i = 0; i < sizeof(kinds) / sizeof(*kinds); i++) {
		if (strcmp(kinds[i].name, argv[1]))
			continue;
		errno = 0;
		kinds[i].hold();
		puts(errno && fd < 0 && !memory ? "not here" : "running");
		fflush(stdout);
		wait_for(stop);
		kinds[i].drop();
		wait_for(end);
		puts("PASSED");
	}
	MPI_Finalize();
	return 0;
}
