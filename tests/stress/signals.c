/* SPDX-License-Identifier: MIT */
/*
 * signals.c - signals at a high rate, whose handlers make the system calls that
 * have hooks, nest, run on their own stacks and leave by siglongjmp
 */
/* test: ranks=1 mpi=none threads=8 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <setjmp.h>
#include <sys/mman.h>
#include <sys/time.h>
#include "stress.h"

enum { JUMPERS = 2, WORKERS = 3, QUEUE = 3 };

static long handled[4], sent[4]; /* of SIGUSR1, USR2, RTMIN, jumps */
static __thread volatile int depth_now;
static pthread_t threads[JUMPERS + WORKERS];
static __thread sigjmp_buf back;
static __thread volatile int may_jump;
static __thread char alternate[1 << 16];
static __thread volatile unsigned long drawn; /* in handlers */

static void map_some(void)
{
	size_t len = 4096 * (1 + drawn++ % 40);
	unsigned char *p = mmap(NULL, len, PROT_READ | PROT_WRITE,
				MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	CHECK(p != MAP_FAILED);
	p[0] = p[len - 1] = 1;
	CHECK_EQ(munmap(p, len), 0);
}

static void open_some(void)
{
	int fd = open("/dev/null", O_RDWR), copy;

	CHECK(fd >= 0);
	copy = dup(fd);
	CHECK(copy >= 0);
	CHECK_EQ(write(copy, "x", 1), 1);
	CHECK_EQ(close(fd), 0);
	CHECK_EQ(close(copy), 0);
}

static void calls(void)
{
	int e = errno;
	unsigned long n = drawn++;

	map_some();
	if (n % 4 == 0)
		open_some();
	errno = e;
}

static void on_user1(int sig)
{
	__atomic_fetch_add(&handled[0], sig == SIGUSR1, __ATOMIC_SEQ_CST);
	calls();
}

/* On the alternate stack, and upon itself. */
static void on_user2(int sig, siginfo_t *info, void *context)
{
	__atomic_fetch_add(&handled[1], sig == SIGUSR2, __ATOMIC_SEQ_CST);
	CHECK(info && context);
	if (++depth_now < 8)
		calls();
	depth_now--;
}

static void on_queued(int sig, siginfo_t *info, void *context)
{
	(void)context;
	CHECK_EQ(sig, SIGRTMIN);
	CHECK_EQ(info->si_value.sival_int, 4711);
	__atomic_fetch_add(&handled[2], 1, __ATOMIC_SEQ_CST);
}

static void on_jump(int sig)
{
	(void)sig;
	if (!may_jump)
		return;
	may_jump = 0;
	siglongjmp(back, 1);
}

static void install(int sig, int flags, void *fn)
{
	struct sigaction a;

	memset(&a, 0, sizeof(a));
	sigemptyset(&a.sa_mask);
	a.sa_flags = flags;
	a.sa_sigaction = (void (*)(int, siginfo_t *, void *))fn;
	CHECK_EQ(sigaction(sig, &a, NULL), 0);
}

static void own_stack(void)
{
	stack_t s = { .ss_sp = alternate, .ss_size = sizeof(alternate) };

	CHECK_EQ(sigaltstack(&s, NULL), 0);
}

/* What a handler leaves behind by its jump may be lost: nothing here is. */
static void *jumper(void *arg)
{
	unsigned char *at;
	struct stress_random r;
	sigset_t counted;

	sigemptyset(&counted);
	sigaddset(&counted, SIGRTMIN);
	pthread_sigmask(SIG_BLOCK, &counted, NULL);
	stress_begin(&r, (unsigned long)arg);
	own_stack();
	at = mmap(NULL, 1 << 16, PROT_READ | PROT_WRITE,
		  MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	CHECK(at != MAP_FAILED);
	while (!stress_over) {
		if (sigsetjmp(back, 1)) {
			__atomic_fetch_add(&handled[3], 1, __ATOMIC_SEQ_CST);
			depth_now = 0;
			continue;
		}
		may_jump = 1;
		while (may_jump && !stress_over) {
			CHECK_EQ(madvise(at, 1 << 16, MADV_DONTNEED), 0);
			CHECK(mmap(at, 4096, PROT_READ | PROT_WRITE,
				   MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1,
				   0) == at);
			CHECK(close(-1) < 0);
			if (stress_below(&r, 64) == 0)
				usleep(stress_below(&r, 100));
		}
	}
	may_jump = 0;
	return NULL;
}

static void *worker(void *arg)
{
	struct stress_random r;
	unsigned long i;

	stress_begin(&r, (unsigned long)arg + 100);
	if (stress_below(&r, 2))
		own_stack();
	stress_schedule((unsigned long)arg);
	while (!stress_over) {
		map_some();
		open_some();
		for (i = stress_below(&r, 5000); i > 0; i--)
			__asm__ volatile("");
		errno = 12345;
		usleep(stress_below(&r, 50));
		CHECK(errno == 12345 || errno == EINTR);
	}
	return NULL;
}

static void *sender(void *arg)
{
	static const int sig[] = { SIGUSR1, SIGUSR2, SIGALRM };
	union sigval v = { .sival_int = 4711 };
	struct stress_random r;
	unsigned i;

	stress_begin(&r, (unsigned long)arg + 200);
	while (!stress_over) {
		i = stress_below(&r, JUMPERS + WORKERS);
		CHECK_EQ(pthread_kill(threads[i], sig[stress_below(&r, 3)]), 0);
		if (__atomic_load_n(&sent[2], __ATOMIC_SEQ_CST) <
			    __atomic_load_n(&handled[2], __ATOMIC_SEQ_CST) +
				    QUEUE &&
		    sigqueue(getpid(), SIGRTMIN, v) == 0)
			sent[2]++;
		if (stress_below(&r, 4) == 0)
			usleep(stress_below(&r, 200));
	}
	return NULL;
}

int main(int argc, char **argv)
{
	struct itimerval it = { { 0, 1700 }, { 0, 1700 } };
	unsigned long i;
	pthread_t from;
	sigset_t all;
	int tries;

	stress_args(argc, argv);
	install(SIGUSR1, SA_RESTART, on_user1);
	install(SIGUSR2, SA_SIGINFO | SA_ONSTACK | SA_NODEFER | SA_RESTART,
		on_user2);
	install(SIGRTMIN, SA_SIGINFO | SA_RESTART, on_queued);
	install(SIGALRM, SA_ONSTACK | SA_RESTART, on_jump);
	for (i = 0; i < JUMPERS + WORKERS; i++)
		threads[i] = stress_start(i < JUMPERS ? jumper : worker, i);
	sigfillset(&all);
	pthread_sigmask(SIG_BLOCK, &all, NULL);
	from = stress_start(sender, 0);
	CHECK_EQ(setitimer(ITIMER_REAL, &it, NULL), 0);
	stress_wait();
	stress_join(from);
	memset(&it, 0, sizeof(it));
	CHECK_EQ(setitimer(ITIMER_REAL, &it, NULL), 0);
	sigemptyset(&all); /* the others may have ended */
	pthread_sigmask(SIG_SETMASK, &all, NULL);
	for (tries = 0; tries < 5000 && handled[2] != sent[2]; tries++)
		usleep(1000);
	CHECK_EQ(handled[2], sent[2]);
	for (i = 0; i < JUMPERS + WORKERS; i++)
		stress_join(threads[i]);
	CHECK_EQ(handled[2], sent[2]);
	CHECK(handled[0] > 0 && handled[1] > 0 && handled[3] > 0);
	return check_pass();
}
