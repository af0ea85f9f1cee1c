/* SPDX-License-Identifier: MIT */
/* test_own.c - the lower half knows its own descriptors and mappings, and those
 * only, while threads make and give up others all the time */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/inotify.h>
#include <sys/mman.h>
#include <sys/shm.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/timerfd.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
#include <cmocka.h>
#include "../../lower-half/own.h"
#include "../../upper-half/vm.h"

/* As the application would: no libc has seen it. */
static long stranger(long nr, long a, long b, long c, long d, long e, long f)
{
	return raw_syscall6(nr, a, b, c, d, e, f);
}

static void known(int fd)
{
	assert_true(fd >= 0);
	assert_true(own_has(fd));
	assert_int_equal(close(fd), 0);
	assert_false(own_has(fd));
}

static void test_started(void **state)
{
	struct own_given g;
	size_t i;

	(void)state;
	assert_null(own_ready());
	for (i = 0; own_given(i, &g); i++)
		assert_false(own_has(g.fd));
	assert_true(i >= 3);
}

static void test_calls(void **state)
{
	char name[] = "/tmp/mana-unit-XXXXXX";
	int two[2];
	sigset_t set;
	DIR *d;
	FILE *f;

	(void)state;
	sigemptyset(&set);
	known(open("/", O_RDONLY));
	known(openat(AT_FDCWD, "/", O_RDONLY));
	known(dup(0));
	known(fcntl(0, F_DUPFD_CLOEXEC, 300));
	known(dup2(0, 200));
	known(dup3(0, 201, O_CLOEXEC));
	known(socket(AF_UNIX, SOCK_STREAM, 0));
	known(eventfd(0, 0));
	known(epoll_create(1));
	known(epoll_create1(0));
	known(timerfd_create(CLOCK_MONOTONIC, 0));
	known(signalfd(-1, &set, 0));
	known(inotify_init());
	known(memfd_create("x", 0));
	known((int)syscall(SYS_openat, AT_FDCWD, "/", O_RDONLY));
	known(mkstemp(name));
	unlink(name);
	assert_int_equal(pipe(two), 0);
	known(two[0]);
	known(two[1]);
	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, two), 0);
	known(two[0]);
	known(two[1]);
	f = fopen("/etc/passwd", "r");
	d = opendir("/");
	assert_true(own_has(fileno(f)));
	assert_true(own_has(dirfd(d)));
	fclose(f);
	closedir(d);
}

static void test_accepted(void **state)
{
	struct sockaddr_un a = { .sun_family = AF_UNIX };
	int l = socket(AF_UNIX, SOCK_STREAM, 0);
	int c = socket(AF_UNIX, SOCK_STREAM, 0);
	socklen_t len = sizeof(a);

	(void)state;
	assert_int_equal(bind(l, (struct sockaddr *)&a, sizeof(sa_family_t)),
			 0);
	assert_int_equal(getsockname(l, (struct sockaddr *)&a, &len), 0);
	assert_int_equal(listen(l, 1), 0);
	assert_int_equal(connect(c, (struct sockaddr *)&a, len), 0);
	known(accept(l, NULL, NULL));
	known(c);
	known(l);
}

static void test_received(void **state)
{
	union {
		char buf[CMSG_SPACE(2 * sizeof(int))];
		struct cmsghdr align;
	} u = { .buf = "" };
	char x = 'x';
	struct iovec io = { &x, 1 };
	struct msghdr m = { .msg_iov = &io,
			    .msg_iovlen = 1,
			    .msg_control = u.buf,
			    .msg_controllen = sizeof(u.buf) };
	struct cmsghdr *h = CMSG_FIRSTHDR(&m);
	int pair[2], two[2] = { 0, 1 };

	(void)state;
	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, pair), 0);
	h->cmsg_level = SOL_SOCKET;
	h->cmsg_type = SCM_RIGHTS;
	h->cmsg_len = CMSG_LEN(sizeof(two));
	memcpy(CMSG_DATA(h), two, sizeof(two));
	assert_int_equal(sendmsg(pair[0], &m, 0), 1);
	assert_int_equal(recvmsg(pair[1], &m, 0), 1);
	memcpy(two, CMSG_DATA(CMSG_FIRSTHDR(&m)), sizeof(two));
	known(two[0]);
	known(two[1]);
	known(pair[0]);
	known(pair[1]);
}

static void test_strange_descriptor(void **state)
{
	int fd = (int)stranger(SYS_open, (long)"/etc/passwd", O_RDONLY, 0, 0, 0,
			       0);
	int other;

	(void)state;
	assert_false(own_has(fd));
	close(fd);
	/* A close that was not seen: another file's descriptor is not ours. */
	other = eventfd(0, 0);
	assert_true(own_has(other));
	stranger(SYS_close, other, 0, 0, 0, 0, 0);
	assert_int_equal(
		stranger(SYS_open, (long)"/etc/passwd", O_RDONLY, 0, 0, 0, 0),
		other);
	assert_false(own_has(other));
	close(other);
}

static int strangers(struct range *r)
{
	int n = own_strangers(r, 16);

	assert_true(n >= 0);
	return n;
}

static void test_mappings(void **state)
{
	struct range r[16];
	char *p, *q;
	int id;

	(void)state;
	assert_int_equal(strangers(r), 0);
	p = mmap(NULL, 1 << 20, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	assert_int_equal(strangers(r), 0);
	p = mremap(p, 1 << 20, 1 << 22, MREMAP_MAYMOVE);
	assert_int_equal(munmap(p + 4096, 4096), 0);
	assert_int_equal(strangers(r), 0);
	q = (char *)stranger(SYS_mmap, 0, 8192, PROT_READ,
			     MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	assert_int_equal(strangers(r), 1);
	assert_int_equal(r[0].start, (uint64_t)q);
	assert_int_equal(r[0].end, (uint64_t)q + 8192);
	vm_account((uint64_t)q, 8192);
	assert_int_equal(strangers(r), 0);
	/* In its place comes one of ours. */
	stranger(SYS_munmap, (long)q, 8192, 0, 0, 0, 0);
	assert_ptr_equal(mmap(q, 8192, PROT_READ,
			      MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0),
			 q);
	assert_int_equal(strangers(r), 0);
	assert_false(vm_is_upper((uint64_t)q));
	/* What lies where the application's memory does would be saved. */
	p = mmap((void *)(ARENA_END - (1UL << 30)), 4096, PROT_READ,
		 MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	assert_false((uint64_t)p >= ARENA_BASE && (uint64_t)p < ARENA_END);
	assert_int_equal(strangers(r), 0);
	id = shmget(IPC_PRIVATE, 4096, 0600);
	if (id < 0)
		return;
	q = shmat(id, NULL, 0);
	shmctl(id, IPC_RMID, NULL);
	assert_int_equal(strangers(r), 0);
	assert_int_equal(shmdt(q), 0);
}

static int stop;

static void *churn(void *arg)
{
	int two[2], fd;
	char *p;
	FILE *f;

	(void)arg;
	while (!__atomic_load_n(&stop, __ATOMIC_ACQUIRE)) {
		fd = open("/etc/passwd", O_RDONLY);
		if (pipe(two) == 0) {
			close(two[0]);
			close(two[1]);
		}
		f = fopen("/proc/self/stat", "r");
		p = mmap(NULL, 1 << 16, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS,
			 -1, 0);
		free(malloc(1 << 18));
		munmap(p, 1 << 16);
		fclose(f);
		close(fd);
	}
	return NULL;
}

static int was_given(int fd)
{
	struct own_given g;
	size_t i;

	for (i = 0; own_given(i, &g); i++)
		if (g.fd == fd)
			return 1;
	return 0;
}

/* 1: all that was seen is known; 0: the look was no good; -1: it is not. */
static int look(DIR *d)
{
	uint32_t since = own_look();
	struct dirent *e;
	int unknown = 0, fd;

	rewinddir(d);
	while ((e = readdir(d))) {
		fd = atoi(e->d_name);
		if (e->d_name[0] != '.' && !was_given(fd) &&
		    fcntl(fd, F_GETFD) >= 0)
			unknown |= !own_has(fd);
	}
	return !own_looked(since) ? 0 : unknown ? -1 : 1;
}

static void test_churn(void **state)
{
	enum { THREADS = 3 };
	pthread_t t[THREADS];
	struct range r[16];
	int i, good = 0, looks = 0;
	DIR *d;

	(void)state;
	d = opendir("/proc/self/fd");
	for (i = 0; i < THREADS; i++)
		assert_int_equal(pthread_create(&t[i], NULL, churn, NULL), 0);
	for (looks = 0; looks < 20000 && good < 300; looks++) {
		i = look(d);
		assert_true(i >= 0);
		good += i;
	}
	for (i = 0; i < 300; i++)
		assert_int_equal(strangers(r), 0);
	__atomic_store_n(&stop, 1, __ATOMIC_RELEASE);
	for (i = 0; i < THREADS; i++)
		pthread_join(t[i], NULL);
	assert_true(look(d) == 1);
	closedir(d);
	printf("%d looks, %d good\n", looks, good);
}

/* What a child closes is open for its parent. */
static void test_child(void **state)
{
	int fd = eventfd(0, 0), status;
	pid_t p = fork();

	(void)state;
	if (p == 0) {
		close(fd);
		_exit(open("/", O_RDONLY) < 0);
	}
	assert_int_equal(waitpid(p, &status, 0), p);
	assert_int_equal(status, 0);
	known(fd);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_started),
		cmocka_unit_test(test_calls),
		cmocka_unit_test(test_accepted),
		cmocka_unit_test(test_received),
		cmocka_unit_test(test_strange_descriptor),
		cmocka_unit_test(test_mappings),
		cmocka_unit_test(test_churn),
		cmocka_unit_test(test_child),
	};

	if (keep_create() < 0 || vm_create() < 0)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
