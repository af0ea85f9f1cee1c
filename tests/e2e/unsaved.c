/* SPDX-License-Identifier: MIT */
/* unsaved.c - unsaved WHAT FILE: does WHAT, after which no checkpoint is taken,
 * and goes on until FILE is there. Exit code 77: it cannot be done here. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/filter.h>
#include <linux/landlock.h>
#include <linux/seccomp.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/io.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/sem.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>
#include <asm/ldt.h>

static long seccomp(void)
{
	struct sock_filter allow = BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW);
	struct sock_fprog prog = { 1, &allow };

	prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
	return prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &prog);
}

/* Only what a loop of ours needs: what our hooks need besides kills. */
static long sandbox(void)
{
	static struct sock_filter f[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, 0),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_access, 5, 0),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_clock_nanosleep, 4, 0),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_write, 3, 0),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_newfstatat, 2, 0),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_exit_group, 1, 0),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_KILL_PROCESS),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	struct sock_fprog prog = { sizeof(f) / sizeof(f[0]), f };

	prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
	return syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &prog);
}

static long landlock(void)
{
	struct landlock_ruleset_attr a = {
		.handled_access_fs = LANDLOCK_ACCESS_FS_MAKE_BLOCK,
	};
	long fd = syscall(SYS_landlock_create_ruleset, &a, sizeof(a), 0), r;

	prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
	r = fd < 0 ? fd : syscall(SYS_landlock_restrict_self, fd, 0);
	close((int)fd);
	return r;
}

static long undo(void)
{
	int id = semget(IPC_PRIVATE, 1, 0600 | IPC_CREAT);
	struct sembuf up = { 0, 1, SEM_UNDO };
	long r = id < 0 ? -1 : semop(id, &up, 1);

	semctl(id, 0, IPC_RMID);
	return r;
}

static long pkey(void)
{
	return pkey_alloc(0, 0);
}

static long ports(void)
{
	return ioperm(0x80, 1, 1);
}

static long segments(void)
{
	struct user_desc d = {
		.entry_number = 0, .limit = 1, .seg_32bit = 1, .useable = 1
	};

	return syscall(SYS_modify_ldt, 1, &d, sizeof(d));
}

static long namespace(void)
{
	return unshare(CLONE_NEWUTS);
}

static long root(void)
{
	return chroot("/");
}

static void *alone(void *arg)
{
	*(long *)arg = unshare(CLONE_FS);
	return NULL;
}

static long unshared(void)
{
	pthread_t t;
	long r = -1;

	pthread_create(&t, NULL, alone, &r);
	pthread_join(t, NULL);
	return r;
}

static long dnotify(void)
{
	int fd = open(".", O_RDONLY | O_DIRECTORY);

	signal(SIGIO, SIG_IGN);
	return fcntl(fd, F_NOTIFY, DN_CREATE | DN_MULTISHOT);
}

static long growsdown(void)
{
	return (long)mmap(NULL, 65536, PROT_READ | PROT_WRITE,
			  MAP_PRIVATE | MAP_ANONYMOUS | MAP_GROWSDOWN, -1, 0);
}

/* Children that have ended, one by a signal, and nobody has waited for. */
static long zombies(void)
{
	siginfo_t si;
	pid_t pid;
	int i;

	for (i = 0; i < 2; i++) {
		pid = fork();
		if (pid == 0 && i == 0)
			_exit(3);
		if (pid == 0)
			raise(SIGKILL);
		if (pid < 0 ||
		    waitid(P_PID, (id_t)pid, &si, WEXITED | WNOWAIT) < 0)
			return -1;
	}
	return 0;
}

static int none_of(int what)
{
	struct rlimit none = { 0, 0 };

	return setrlimit(what, &none);
}

/* As many signals wait as may. */
static long crowded(void)
{
	return none_of(RLIMIT_SIGPENDING);
}

static long no_files(void)
{
	return none_of(RLIMIT_NOFILE);
}

static long no_memory(void)
{
	struct rlimit little = { 20 << 20, 20 << 20 };

	return setrlimit(RLIMIT_AS, &little);
}

static const struct {
	const char *name;
	long (*done)(void);
} kinds[] = {
	{ "seccomp", seccomp },	  { "sandbox", sandbox },
	{ "landlock", landlock }, { "undo", undo },
	{ "pkey", pkey },	  { "ports", ports },
	{ "segments", segments }, { "namespace", namespace },
	{ "root", root },	  { "unshared", unshared },
	{ "dnotify", dnotify },	  { "growsdown", growsdown },
	{ "zombies", zombies },	  { "crowded", crowded },
	{ "no_files", no_files }, { "no_memory", no_memory },
};

int main(int argc, char **argv)
{
	struct timespec ms = { 0, 10000000 };
	size_t i;

	if (argc != 3)
		return 2;
	for (i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
		if (!strcmp(kinds[i].name, argv[1]))
			break;
	if (i == sizeof(kinds) / sizeof(kinds[0]))
		return 2;
	setvbuf(stdout, NULL, _IONBF, 0);
	if (kinds[i].done() < 0) {
		perror(argv[1]);
		return 77;
	}
	printf("running\n");
	while (access(argv[2], F_OK) < 0)
		clock_nanosleep(CLOCK_MONOTONIC, 0, &ms, NULL);
	printf("PASSED\n");
	_exit(0);
}
