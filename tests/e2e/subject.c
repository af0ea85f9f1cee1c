/* SPDX-License-Identifier: MIT */
/* subject.c - a program to be ill-treated: what it does is its arguments
 *
 * usage: subject WHAT [SECONDS] [MORE]; WHAT is one of the table's names.
 * All begin with "running" from rank 0 and end with "PASSED" from rank 0.
 */
#include "subject.h"
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <setjmp.h>
#include <signal.h>
#include <spawn.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>

extern char **environ;

static void segv(void)
{
	loop();
	if (rank == size - 1)
		raise(SIGSEGV);
	loop();
}

static void do_abort(void)
{
	loop();
	if (rank == size - 1)
		abort();
	loop();
}

static void mpi_abort(void)
{
	loop();
	if (rank == size - 1)
		MPI_Abort(MPI_COMM_WORLD, 7);
	sleep(60);
}

static void do_exit(void)
{
	loop();
	MPI_Finalize();
	exit(atoi(more));
}

static void no_finalize(void)
{
	loop();
	exit(rank == size - 1 ? 5 : 0);
}

static void *idle(void *arg)
{
	pthread_mutex_lock(arg);
	pthread_mutex_unlock(arg);
	return NULL;
}

static void threads(void)
{
	static pthread_mutex_t m = PTHREAD_MUTEX_INITIALIZER;
	int n = atoi(more), i;
	pthread_t *t = calloc((size_t)n, sizeof(*t));
	pthread_attr_t a;

	pthread_attr_init(&a);
	pthread_attr_setstacksize(&a, 65536);
	pthread_mutex_lock(&m);
	for (i = 0; i < n; i++)
		if (pthread_create(&t[i], &a, idle, &m))
			fail("no thread");
	say("threads");
	loop();
	pthread_mutex_unlock(&m);
	for (i = 0; i < n; i++)
		pthread_join(t[i], NULL);
}

/* Rank 0 says "made" when there are some. */
static void objects(void)
{
#ifndef NO_MPI
	MPI_Comm a, b;
	MPI_Datatype t;

	MPI_Comm_dup(MPI_COMM_WORLD, &a);
	MPI_Comm_dup(a, &b);
	MPI_Type_contiguous(3, MPI_INT, &t);
	say("made");
	loop();
	MPI_Type_free(&t);
	MPI_Comm_free(&b);
	MPI_Comm_free(&a);
#endif
}

/* A second thread, on the last of the processors there are. */
static void bound(void)
{
	static pthread_mutex_t m = PTHREAD_MUTEX_INITIALIZER;
	cpu_set_t all, last;
	pthread_t t;
	int i;

	CPU_ZERO(&last);
	pthread_mutex_lock(&m);
	if (sched_getaffinity(0, sizeof(all), &all) ||
	    pthread_create(&t, NULL, idle, &m) ||
	    pthread_setname_np(t, "bound"))
		fail("no thread");
	for (i = CPU_SETSIZE - 1; !CPU_ISSET(i, &all); i--)
		;
	CPU_SET(i, &last);
	if (pthread_setaffinity_np(t, sizeof(last), &last))
		fail("not bound");
	say("bound");
	loop();
	pthread_mutex_unlock(&m);
	pthread_join(t, NULL);
}

static void fds(void)
{
	int n = atoi(more), *fd = calloc((size_t)n, sizeof(*fd)), i;
	char name[64], c;

	for (i = 0; i < n; i++) {
		snprintf(name, sizeof(name), "fd-%d-%d", rank, i);
		fd[i] = open(name, O_RDWR | O_CREAT | O_TRUNC, 0600);
		if (fd[i] < 0 || write(fd[i], "ab", 2) != 2 ||
		    lseek(fd[i], 1, SEEK_SET) != 1)
			fail("no file");
	}
	say("files");
	loop();
	for (i = 0; i < n; i++)
		if (read(fd[i], &c, 1) != 1 || c != 'b')
			fail("file not as it was");
}

static int run_child(void)
{
	char *argv[] = { "true", NULL };
	int status = -1;
	FILE *f;
	char text[16] = "";
	pid_t pid;

	if (system("exit 3") != 3 << 8)
		return -1;
	f = popen("echo hello", "r");
	if (!f || !fgets(text, sizeof(text), f) || pclose(f) ||
	    strcmp(text, "hello\n"))
		return -2;
	if (posix_spawn(&pid, "/bin/true", NULL, NULL, argv, environ) ||
	    waitpid(pid, &status, 0) != pid || status)
		return -3;
	pid = fork();
	if (pid == 0)
		_exit(9);
	if (pid < 0)
		return -5;
	if (waitpid(pid, &status, 0) != pid || WEXITSTATUS(status) != 9)
		return -4;
	return 0;
}

static void forks(void)
{
	double end = now() + seconds;
	int i = 0, e;
	char text[64];

	while (go_on(end)) {
		e = run_child();
		snprintf(text, sizeof(text), "child: %d (%s)", e,
			 strerror(errno));
		if (e)
			fail(text);
		step(i++ & 0xffff);
	}
}

static void change_dir(void)
{
	char here[4096] = "";

	if (chdir(more))
		fail("chdir");
	loop();
	if (!getcwd(here, sizeof(here)) || strcmp(here, more))
		fail(here);
}

static void redirect(void)
{
	int fd = open("redirected", O_WRONLY | O_CREAT | O_APPEND, 0600);

	close(0);
	if (dup2(fd, 1) < 0)
		fail("dup2");
	close(fd);
	loop();
	if (write(1, "after\n", 6) != 6)
		fail("redirected");
}

/* Its descriptor 2 is a file of its own, and it writes to another. */
static void own_stderr(void)
{
	int fd = open("errors", O_WRONLY | O_CREAT | O_APPEND, 0600);

	if (dup2(fd, 2) < 0)
		fail("dup2");
	close(fd);
	fd = open("data", O_WRONLY | O_CREAT, 0600);
	if (write(fd, "0123456789", 10) != 10)
		fail("data");
	wait_for_file();
	close(fd);
}

static void on_child(int sig)
{
	(void)sig;
	if (write(2, "SIGCHLD\n", 8) < 0 || 1)
		_exit(3);
}

/* It has no child, whatever is started beside it. */
static void childless(void)
{
	int i = 0;

	signal(SIGCHLD, on_child);
	while (access(more, F_OK)) {
		if (waitpid(-1, NULL, WNOHANG) != -1 || errno != ECHILD)
			fail("a child");
		step(i++ & 0xffff);
	}
}

static void read_stdin(void)
{
	char line[64];
	int n = 0;

	loop();
	if (rank)
		return;
	while (fgets(line, sizeof(line), stdin))
		if (atoi(line) != ++n)
			fail("stdin");
	if (n != atoi(more))
		fail("stdin too short");
}

static void chatter(void)
{
	double end = now() + seconds;

	signal(SIGPIPE, SIG_IGN);
	while (go_on(end))
		if (rank == 0)
			puts("a line of output that somebody may not read");
}

static void memory(void)
{
	size_t n = (size_t)atol(more) << 20, i;
	unsigned int *p = malloc(n), x = 1;

	if (!p)
		fail("no memory");
	for (i = 0; i < n / 4; i++)
		p[i] = x = x * 1664525 + 1013904223;
	say("filled");
	loop();
	for (x = 1, i = 0; i < n / 4; i++)
		if (p[i] != (x = x * 1664525 + 1013904223))
			fail("memory not as it was");
}

/* Nearly always in the MPI library: nobody sends. */
static void poll_all(void)
{
#ifndef NO_MPI
	int there = 0, i = 0;

	while ((++i % 10000 || access(more, F_OK)) && !there)
		MPI_Iprobe(MPI_ANY_SOURCE, MPI_ANY_TAG, MPI_COMM_WORLD, &there,
			   MPI_STATUS_IGNORE);
	if (there)
		fail("a message from nobody");
#endif
}

static sigjmp_buf back;

static void jump(int sig)
{
	siglongjmp(back, sig);
}

/*
 * Give up waiting for a message that does not come. MPI is of no use
 * afterwards: UCX aborts when its progress was left half way.
 */
static void jumps(void)
{
#ifndef NO_MPI
	int nothing;

	signal(SIGALRM, jump);
	if (!sigsetjmp(back, 1)) {
		alarm(1);
		MPI_Recv(&nothing, 1, MPI_INT, 0, 9, MPI_COMM_SELF,
			 MPI_STATUS_IGNORE);
	}
	say("jumped");
#endif
	for (;;)
		pause();
}

/* Memory at an address that the program chose. */
static void fixed(void)
{
	void *at = (void *)strtoul(more, NULL, 16);
	char *p =
		mmap(at, 4096, PROT_READ | PROT_WRITE,
		     MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0);

	if (p != at)
		fail("cannot map");
	p[0] = 1;
	loop();
}

static void late(void)
{
	loop();
}

/* What the MPI library does with signals (UCX takes SIGSEGV) is not ours. */
static void no_handlers(void)
{
	struct sigaction a;
	int sig;

	for (sig = 1; sig < 32; sig++)
		if (!sigaction(sig, NULL, &a) && a.sa_handler != SIG_DFL &&
		    a.sa_handler != SIG_IGN)
			fail(strsignal(sig));
}

static void handlers(void)
{
	stack_t stack;

	no_handlers();
	if (sigaltstack(NULL, &stack) || !(stack.ss_flags & SS_DISABLE))
		fail("alternate stack");
	loop();
	no_handlers();
	if (sigaltstack(NULL, &stack) || !(stack.ss_flags & SS_DISABLE))
		fail("alternate stack");
}

static const struct {
	const char *name;
	void (*run)(void);
} table[] = {
	{ "loop", loop },
	{ "file", wait_for_file },
	{ "segv", segv },
	{ "abort", do_abort },
	{ "mpiabort", mpi_abort },
	{ "exit", do_exit },
	{ "nofinalize", no_finalize },
	{ "threads", threads },
	{ "objects", objects },
	{ "fds", fds },
	{ "forks", forks },
	{ "chdir", change_dir },
	{ "redirect", redirect },
	{ "stdin", read_stdin },
	{ "chatter", chatter },
	{ "memory", memory },
	{ "late", late },
	{ "handlers", handlers },
	{ "bound", bound },
	{ "jumps", jumps },
	{ "poll", poll_all },
	{ "fixed", fixed },
	{ "stderr", own_stderr },
	{ "childless", childless },
};

int main(int argc, char **argv)
{
	size_t i, n = sizeof(table) / sizeof(table[0]);

	if (argc > 2)
		seconds = atof(argv[2]);
	if (argc > 3)
		more = argv[3];
	if (argc > 1 && !strcmp(argv[1], "late")) {
		puts("before");
		fflush(stdout);
		usleep((useconds_t)(atof(more) * 1e6));
	}
	MPI_Init(&argc, &argv);
#ifndef NO_MPI
	MPI_Comm_rank(MPI_COMM_WORLD, &rank);
	MPI_Comm_size(MPI_COMM_WORLD, &size);
#endif
	say("running");
	for (i = 0; i < n; i++)
		if (argc > 1 && !strcmp(argv[1], table[i].name))
			table[i].run();
	say("PASSED");
	MPI_Finalize();
	return 0;
}
