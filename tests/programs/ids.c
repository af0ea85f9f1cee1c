/* SPDX-License-Identifier: MIT */
/* ids.c - processes and threads keep the ids that the program knows, in every
 * call, for itself and for its children */
/* test: ranks=1 mpi=none threads=3 */
#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/ioprio.h>
#include <linux/kcmp.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <spawn.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <sys/xattr.h>
#include "check.h"

static pid_t pid, ppid, pgid, sid, main_tid, worker_tid;
static pthread_t worker;
static volatile int got, got_pid, got_code, got_value, worker_got, ticks;
static int lock_fd;

static pid_t tid(void)
{
	return (pid_t)syscall(SYS_gettid);
}

static void handler(int sig, siginfo_t *si, void *uc)
{
	(void)uc;
	if (tid() == worker_tid)
		worker_got++;
	got_pid = si->si_pid;
	got_code = si->si_code;
	got_value = si->si_value.sival_int;
	got = sig;
}

static void tick(int sig)
{
	(void)sig;
	ticks++;
}

static void *work(void *arg)
{
	worker_tid = tid();
	for (;;)
		pause();
	return arg;
}

static void await(volatile int *what, int value)
{
	int i;

	for (i = 0; i < 50000 && *what != value; i++)
		usleep(100);
	CHECK_EQ(*what, value);
}

static void signals(void)
{
	union sigval v = { .sival_int = (int)check.round };
	sigset_t set;
	siginfo_t si;
	int n = worker_got;

	got = 0;
	CHECK_EQ(kill(getpid(), SIGUSR1), 0);
	await(&got, SIGUSR1);
	CHECK_EQ(got_pid, pid);
	got = 0;
	CHECK_EQ(raise(SIGUSR2), 0);
	CHECK_EQ(got, SIGUSR2);
	CHECK_EQ(got_pid, pid);
	CHECK_EQ(got_code, SI_TKILL);
	got = 0;
	CHECK_EQ(pthread_kill(worker, SIGUSR1), 0);
	await(&worker_got, n + 1);
	CHECK_EQ(syscall(SYS_tgkill, pid, worker_tid, SIGUSR1), 0);
	await(&worker_got, n + 2);
	CHECK_EQ(syscall(SYS_tkill, worker_tid, SIGUSR1), 0);
	await(&worker_got, n + 3);
	CHECK_EQ(kill(0x3fffff, 0), -1);

	sigemptyset(&set);
	sigaddset(&set, SIGRTMIN + 3);
	CHECK_EQ(sigqueue(pid, SIGRTMIN + 3, v), 0);
	CHECK_EQ(sigwaitinfo(&set, &si), SIGRTMIN + 3);
	CHECK_EQ(si.si_pid, pid);
	CHECK_EQ(si.si_value.sival_int, v.sival_int);
}

static void names(void)
{
	char path[64], link[64] = "";
	struct stat st;
	int fd;

	CHECK_EQ(getpid(), pid);
	CHECK_EQ(getppid(), ppid);
	CHECK_EQ(getpgrp(), pgid);
	CHECK_EQ(getpgid(pid), pgid);
	CHECK_EQ(getsid(0), sid);
	CHECK_EQ(getsid(pid), sid);
	CHECK_EQ(tid(), main_tid);
	snprintf(path, sizeof(path), "/proc/%d/stat", pid);
	CHECK_EQ(access(path, R_OK), 0);
	CHECK_EQ(stat(path, &st), 0);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	CHECK(fd >= 0);
	CHECK_EQ(close(fd), 0);
	snprintf(path, sizeof(path), "/proc/self/task/%d/comm", worker_tid);
	CHECK_EQ(access(path, R_OK), 0);
	snprintf(path, sizeof(path), "//proc//%d/task/%d", pid, worker_tid);
	CHECK_EQ(stat(path, &st), 0);
	snprintf(path, sizeof(path), "/proc/%d", worker_tid);
	CHECK_EQ(access(path, X_OK), 0);
	CHECK(readlink("/proc/self", link, sizeof(link) - 1) > 0);
	CHECK_EQ(atoi(link), pid);
	snprintf(path, sizeof(path), "/proc/%d/cwd", pid);
	CHECK(readlink(path, link, sizeof(link) - 1) > 0);
}

/* Its threads are in the list, by their names. */
static void list(void)
{
	DIR *d = opendir("/proc/self/task");
	struct dirent *e;
	int found = 0;

	CHECK(d != NULL);
	while ((e = readdir(d)))
		found += atoi(e->d_name) == worker_tid ||
			 atoi(e->d_name) == main_tid;
	closedir(d);
	CHECK_EQ(found, 2);
}

static void scheduling(void)
{
	struct sched_param sp;
	struct rlimit rl;
	cpu_set_t set;

	errno = 0;
	CHECK(getpriority(PRIO_PROCESS, (id_t)pid) != -1 || errno == 0);
	CHECK(getpriority(PRIO_PROCESS, (id_t)worker_tid) != -1 || errno == 0);
	CHECK(getpriority(PRIO_PGRP, (id_t)pgid) != -1 || errno == 0);
	CHECK_EQ(setpriority(PRIO_PROCESS, (id_t)worker_tid, 0), 0);
	CHECK(sched_getscheduler(pid) >= 0);
	CHECK(sched_getscheduler(worker_tid) >= 0);
	CHECK_EQ(sched_getparam(worker_tid, &sp), 0);
	CHECK_EQ(sched_getaffinity(worker_tid, sizeof(set), &set), 0);
	CHECK_EQ(prlimit(pid, RLIMIT_CORE, NULL, &rl), 0);
	CHECK(syscall(SYS_ioprio_get, IOPRIO_WHO_PROCESS, worker_tid) >= 0);
}

static double seconds(clockid_t clock)
{
	struct timespec ts;

	CHECK_EQ(clock_gettime(clock, &ts), 0);
	return (double)ts.tv_sec + (double)ts.tv_nsec * 1e-9;
}

static void clocks(void)
{
	static double last[3];
	clockid_t c[3];
	double now;
	int i;

	CHECK_EQ(pthread_getcpuclockid(pthread_self(), &c[0]), 0);
	CHECK_EQ(pthread_getcpuclockid(worker, &c[1]), 0);
	CHECK_EQ(clock_getcpuclockid(pid, &c[2]), 0);
	for (i = 0; i < 3; i++) {
		now = seconds(c[i]);
		CHECK(now >= last[i]);
		last[i] = now;
	}
}

static void timers(void)
{
	struct sigevent ev = { .sigev_notify = SIGEV_THREAD_ID,
			       .sigev_signo = SIGRTMIN + 4 };
	struct itimerspec once = { .it_value.tv_nsec = 1000000 };
	int was = ticks;
	timer_t t;

	ev._sigev_un._tid = worker_tid;
	CHECK_EQ(timer_create(CLOCK_MONOTONIC, &ev, &t), 0);
	CHECK_EQ(timer_settime(t, 0, &once, NULL), 0);
	await(&ticks, was + 1);
	CHECK_EQ(timer_delete(t), 0);
}

static void files(void)
{
	struct f_owner_ex o = { F_OWNER_TID, worker_tid };

	CHECK_EQ(fcntl(lock_fd, F_SETOWN, pid), 0);
	CHECK_EQ(fcntl(lock_fd, F_GETOWN), pid);
	CHECK_EQ(fcntl(lock_fd, F_SETOWN, -pgid), 0);
	CHECK_EQ(fcntl(lock_fd, F_SETOWN_EX, &o), 0);
	o = (struct f_owner_ex){ 0 };
	CHECK_EQ(fcntl(lock_fd, F_GETOWN_EX, &o), 0);
	CHECK_EQ(o.type, F_OWNER_TID);
	CHECK_EQ(o.pid, worker_tid);
	CHECK_EQ(fcntl(lock_fd, F_SETOWN, 0), 0);
}

static void others(void)
{
	int word = 4711, copy = 0;
	struct iovec to = { &copy, sizeof(copy) }, from = { &word, 4 };

	CHECK_EQ(process_vm_readv(pid, &to, 1, &from, 1, 0), 4);
	CHECK_EQ(copy, 4711);
	CHECK_EQ(syscall(SYS_kcmp, pid, main_tid, KCMP_VM, 0, 0), 0);
	CHECK_EQ(setuid(getuid()), 0); /* glibc signals all threads */
}

static void *waits(void *arg)
{
	for (;;)
		pause();
	return arg;
}

static void cancel(void)
{
	pthread_t t;
	void *result;

	CHECK_EQ(pthread_create(&t, NULL, waits, NULL), 0);
	CHECK_EQ(pthread_cancel(t), 0);
	CHECK_EQ(pthread_join(t, &result), 0);
	CHECK(result == PTHREAD_CANCELED);
}

/* Of one message and of several, and what a socket knows of its other end. */
static void messages(void)
{
	struct ucred peer = { 0 }, me = { pid, getuid(), getgid() };
	socklen_t len = sizeof(peer);
	union {
		struct cmsghdr h;
		char room[CMSG_SPACE(sizeof(struct ucred))];
	} c[2] = { 0 };
	struct iovec v = { &len, 1 };
	struct mmsghdr m[2] = { 0 };
	int s[2], on = 1, i;

	CHECK_EQ(socketpair(AF_UNIX, SOCK_DGRAM, 0, s), 0);
	CHECK_EQ(getsockopt(s[0], SOL_SOCKET, SO_PEERCRED, &peer, &len), 0);
	CHECK_EQ(peer.pid, pid);
	CHECK_EQ(setsockopt(s[1], SOL_SOCKET, SO_PASSCRED, &on, 4), 0);
	for (i = 0; i < 2; i++) {
		m[i].msg_hdr = (struct msghdr){ .msg_iov = &v,
						.msg_iovlen = 1,
						.msg_control = &c[i],
						.msg_controllen = sizeof(*c) };
		c[i].h = (struct cmsghdr){ CMSG_LEN(sizeof(me)), SOL_SOCKET,
					   SCM_CREDENTIALS };
		memcpy(CMSG_DATA(&c[i].h), &me, sizeof(me));
	}
	CHECK_EQ(sendmsg(s[0], &m[0].msg_hdr, 0), 1);
	CHECK_EQ(sendmmsg(s[0], m, 2, 0), 2);
	memcpy(&peer, CMSG_DATA(&c[1].h), sizeof(peer));
	CHECK_EQ(peer.pid, pid);
	for (i = 0; i < 3; i++) {
		memset(c, 0, sizeof(c));
		CHECK_EQ(i ? recvmmsg(s[1], m, 1, 0, NULL) :
			     recvmsg(s[1], &m[0].msg_hdr, 0),
			 1);
		memcpy(&peer, CMSG_DATA(&c[0].h), sizeof(peer));
		CHECK_EQ(peer.pid, pid);
	}
	close(s[0]);
	close(s[1]);
}

/* By every call that takes a path. */
static void paths(void)
{
	struct {
		unsigned long flags, mode, resolve;
	} how = { 0 };
	char path[64], temp[64];
	int fd, made;

	snprintf(path, sizeof(path), "/proc/%d/task/%d/stat", pid, worker_tid);
	fd = (int)syscall(SYS_openat2, AT_FDCWD, path, &how, sizeof(how));
	CHECK(fd >= 0);
	close(fd);
	CHECK(listxattr(path, NULL, 0) >= 0);
	made = open(".", O_TMPFILE | O_RDWR, 0600);
	if (made < 0)
		return;
	snprintf(path, sizeof(path), "/proc/%d/fd/%d", pid, made);
	snprintf(temp, sizeof(temp), "ids-%d", pid);
	unlink(temp);
	CHECK_EQ(chmod(path, 0640), 0);
	CHECK_EQ(utimensat(AT_FDCWD, path, NULL, 0), 0);
	/* Before a restart that may have been done already. */
	CHECK(!linkat(AT_FDCWD, path, AT_FDCWD, temp, AT_SYMLINK_FOLLOW) ||
	      errno == EEXIST);
	CHECK(!unlink(temp) || errno == ENOENT);
	close(made);
}

static void in_child(void)
{
	struct flock l = { .l_type = F_WRLCK, .l_whence = SEEK_SET };
	char path[64];

	snprintf(path, sizeof(path), "/proc/%d/stat", getppid());
	_exit(getppid() != pid	? 2 :
	      getpid() == pid	? 3 :
	      getpgrp() != pgid ? 4 :
	      fcntl(lock_fd, F_GETLK, &l) || l.l_type == F_UNLCK ||
			      l.l_pid != pid ?
				  5 :
	      access(path, R_OK) ? 6 :
	      kill(pid, SIGUSR1) ? 7 :
				   0);
}

static void children(void)
{
	char *argv[] = { (char *)"true", NULL };
	siginfo_t si = { 0 };
	int status;
	pid_t p;

	got = 0;
	p = fork();
	if (p == 0)
		in_child();
	CHECK(p > 0);
	CHECK_EQ(waitid(P_PID, (id_t)p, &si, WEXITED | WNOWAIT), 0);
	CHECK_EQ(si.si_pid, p);
	CHECK_EQ(waitpid(p, &status, 0), p);
	CHECK_EQ(status, 0);
	await(&got, SIGUSR1);
	CHECK_EQ(got_pid, p);
	CHECK_EQ(posix_spawnp(&p, "true", NULL, NULL, argv, NULL), 0);
	CHECK_EQ(waitpid(p, &status, 0), p);
	CHECK_EQ(status, 0);
	CHECK_EQ(waitpid(-1, NULL, WNOHANG), -1);
	CHECK_EQ(errno, ECHILD);
}

int main(int argc, char **argv)
{
	struct sigaction a = { .sa_sigaction = handler,
			       .sa_flags = SA_SIGINFO | SA_RESTART };
	struct sigaction b = { .sa_handler = tick, .sa_flags = SA_RESTART };
	struct flock l = { .l_type = F_WRLCK, .l_whence = SEEK_SET };
	sigset_t queued;

	check_args(argc, argv);
	pid = getpid();
	ppid = getppid();
	pgid = getpgrp();
	sid = getsid(0);
	main_tid = tid();
	sigaction(SIGUSR1, &a, NULL);
	sigaction(SIGUSR2, &a, NULL);
	sigaction(SIGRTMIN + 4, &b, NULL);
	lock_fd = open("ids.tmp", O_RDWR | O_CREAT, 0600);
	CHECK(lock_fd >= 0);
	sigemptyset(&queued);
	sigaddset(&queued, SIGRTMIN + 3);
	pthread_sigmask(SIG_BLOCK, &queued, NULL);
	CHECK_EQ(pthread_create(&worker, NULL, work, NULL), 0);
	while (!worker_tid)
		usleep(100);
	while (check_more()) {
		CHECK_EQ(fcntl(lock_fd, F_SETLK, &l), 0);
		signals();
		names();
		list();
		scheduling();
		clocks();
		timers();
		files();
		others();
		cancel();
		if (check.round % 20 == 1) {
			children();
			messages();
			paths();
		}
		check_sleep(0.005);
	}
	return check_pass();
}
