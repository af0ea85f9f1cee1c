/* SPDX-License-Identifier: MIT */
/* own.c - what of this process is the lower half's own: the marks
 *
 * Freestanding but for own_strangers: hooks and own_call.c use it.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include "../common/gate.h"
#include "../common/lower_hooks.h"
#include "../upper-half/vm.h"
#include "own.h"

#define NUMBERS	   (1 << 20) /* descriptors from there on are not marked */
#define MAPS	   65536
#define GIVEN	   1024
#define MAPS_TEXT  (1UL << 20)
#define MAPS_LIMIT (1UL << 30)

static uint64_t mark[NUMBERS]; /* the file that it was; 0: not ours */
static struct range map_array[MAPS];
static struct own_given given[GIVEN];
static size_t n_given;
static uint32_t maps_lock;

struct own own = { .maps = { .at = map_array, .cap = MAPS, .fixed = 1 } };

int own_mine(void)
{
	return raw_syscall0(SYS_getpid) == own.pid;
}

/* A number for the file that fd leads to, never 0. Two descriptors of the
 * kernel that are no files, such as event counters, may have the same. */
static uint64_t file_of(int fd)
{
	struct stat st;

	if (raw_syscall2(SYS_fstat, fd, (long)&st) < 0)
		return 1;
	return ((st.st_ino * 0x9e3779b97f4a7c15UL) ^ st.st_dev) | 1;
}

void own_take(int fd)
{
	int most = __atomic_load_n(&own.most, __ATOMIC_RELAXED);

	if (fd < 0 || fd >= NUMBERS)
		return;
	__atomic_store_n(&mark[fd], file_of(fd), __ATOMIC_RELEASE);
	while (fd > most &&
	       !__atomic_compare_exchange_n(&own.most, &most, fd, 0,
					    __ATOMIC_RELAXED, __ATOMIC_RELAXED))
		;
}

void own_give(int fd)
{
	if (fd >= 0 && fd < NUMBERS && mark[fd])
		__atomic_store_n(&mark[fd], 0, __ATOMIC_RELEASE);
}

int own_has(int fd)
{
	uint64_t m;

	if (fd < 0 || fd >= NUMBERS)
		return 0;
	m = __atomic_load_n(&mark[fd], __ATOMIC_ACQUIRE);
	return m && m == file_of(fd);
}

int lower_owns(int fd)
{
	return own_has(fd);
}

int lower_owns_most(void)
{
	return own.most;
}

/* 1: all calls that had begun have ended; *begun is how many had. */
static int quiet(uint32_t *begun)
{
	uint32_t ended = __atomic_load_n(&own.ended, __ATOMIC_SEQ_CST);

	*begun = __atomic_load_n(&own.begun, __ATOMIC_SEQ_CST);
	return *begun == ended;
}

uint32_t own_look(void)
{
	struct timespec ms = { .tv_nsec = 1000000 };
	uint32_t begun;
	int patience = 100;

	while (!quiet(&begun) && patience--)
		raw_syscall2(SYS_nanosleep, (long)&ms, 0);
	return begun;
}

int own_looked(uint32_t since)
{
	uint32_t begun;

	return quiet(&begun) && begun == since;
}

void own_watch_code(long (*fn)(uint64_t addr, uint64_t len, int prot, int fd,
			       uint64_t off))
{
	own.code = fn;
}

void own_lock(struct hold *h)
{
	sync_mask(h);
	sync_word_lock(&maps_lock);
}

void own_unlock(const struct hold *h)
{
	sync_word_unlock(&maps_lock);
	sync_unmask(h);
}

void lower_gives(uint64_t start, uint64_t end)
{
	struct hold h;

	if (lower_is_child()) /* a thread it has not may hold the lock */
		return;
	own_lock(&h);
	range_remove(&own.maps, start, end);
	own_unlock(&h);
}

/* Descriptors and mappings that were there before this process ran */

struct dirent64 {
	uint64_t ino;
	int64_t off;
	uint16_t len;
	uint8_t type;
	char name[];
};

static void note_given(int fd)
{
	struct stat st;

	if (n_given == GIVEN || raw_syscall2(SYS_fstat, fd, (long)&st) < 0)
		return;
	given[n_given++] = (struct own_given){ fd, st.st_dev, st.st_ino };
}

static int number(const char *s)
{
	int n = 0;

	for (; *s >= '0' && *s <= '9'; s++)
		n = 10 * n + (*s - '0');
	return n;
}

static void note_entries(const char *buf, long n, long dir)
{
	const struct dirent64 *e;

	for (; n > 0; n -= e->len, buf += e->len) {
		e = (const void *)buf;
		if (e->name[0] != '.' && number(e->name) != dir)
			note_given(number(e->name));
	}
}

static long read_given(void)
{
	long dir = raw_syscall3(SYS_open, (long)"/proc/self/fd",
				O_RDONLY | O_DIRECTORY | O_CLOEXEC, 0),
	     n;
	char buf[2048] __attribute__((aligned(8)));

	if (dir < 0)
		return dir;
	do {
		n = raw_syscall3(SYS_getdents64, dir, (long)buf, sizeof(buf));
		note_entries(buf, n, dir);
	} while (n > 0);
	raw_syscall1(SYS_close, dir);
	return n;
}

int own_given(size_t i, struct own_given *g)
{
	if (i >= n_given)
		return 0;
	*g = given[i];
	return 1;
}

/* A line of /proc/self/maps: START-END ... */
static const char *hex(const char *p, uint64_t *v)
{
	int d;

	for (*v = 0;; p++) {
		d = *p >= '0' && *p <= '9' ? *p - '0' :
		    *p >= 'a' && *p <= 'f' ? *p - 'a' + 10 :
					     -1;
		if (d < 0)
			return p;
		*v = *v << 4 | (uint64_t)d;
	}
}

/* Reads all of /proc/self/maps into buf, with a NUL; -E2BIG: there is more than
 * fits. */
static long read_maps(char *buf, size_t size)
{
	long fd = raw_syscall3(SYS_open, (long)"/proc/thread-self/maps",
			       O_RDONLY | O_CLOEXEC, 0),
	     n = 1;
	size_t at = 0;

	if (fd < 0)
		return fd;
	while (n > 0 && at + 4096 < size) {
		n = raw_syscall3(SYS_read, fd, (long)(buf + at),
				 (long)(size - at - 1));
		at += n > 0 ? (size_t)n : 0;
	}
	raw_syscall1(SYS_close, fd);
	buf[at] = 0;
	return n > 0 ? -E2BIG : n < 0 ? n : (long)at;
}

static const char *next_line(const char *p)
{
	while (*p && *p++ != '\n')
		;
	return p;
}

/* The name begins after five fields. */
static const char *name_of(const char *p)
{
	int field;

	for (field = 0; field < 5; field++) {
		while (*p && *p != ' ' && *p != '\n')
			p++;
		while (*p == ' ')
			p++;
	}
	return p;
}

int own_begin(void)
{
	own.pid = (int)raw_syscall0(SYS_getpid);
	return (int)read_given();
}

int own_begin_maps(void)
{
	static char text[1 << 17];
	long rc = read_maps(text, sizeof(text));
	const char *p = text;
	uint64_t start, end;

	for (; rc >= 0 && *p; p = next_line(p)) {
		hex(hex(p, &start) + 1, &end);
		range_add(&own.maps, start, end);
		if (!strncmp(name_of(p), "[stack]", 7))
			own.stack = end - 1;
	}
	return rc < 0 ? (int)rc : 0;
}

/* Is it a mapping of the kernel's, or one that the kernel makes longer by
 * itself? The stack that this process began on has grown, and lost its name to
 * that of the application (mm_show.c). */
static int is_kernels(uint64_t start, uint64_t end, const char *name)
{
	return (*name == '[' && strncmp(name, "[anon", 5) != 0) ||
	       (start <= own.stack && own.stack < end);
}

static int is_own_segment(uint64_t start, const char *name)
{
	int i;

	if (strncmp(name, "/SYSV", 5) != 0)
		return 0;
	for (i = 0; i < OWN_SEGMENTS; i++)
		if (own.segment[i] == start)
			return 1;
	return 0;
}

/* The application may have given up a mapping unseen, in whose place the lower
 * half has one by now: that is not the application's any more. The application
 * stands still. */
static void forget_gone(void)
{
	struct range x, y;
	size_t i = 0, k;

	while (vm_extra(i, &x)) {
		k = range_find(&own.maps, x.start);
		if (k < own.maps.n && own.maps.at[k].start < x.end)
			vm_forget(own.maps.at[k].start, own.maps.at[k].end);
		if (vm_extra(i, &y) && y.start == x.start && y.end == x.end)
			i++;
	}
}

/* Puts the parts of [start, end) that nobody knows into out, from n on. */
static int unknown_parts(uint64_t start, uint64_t end, struct range *out, int n,
			 int max)
{
	struct range part[64] = { { 0, 0 } }, x;
	struct range_list left = { .at = part, .cap = 64, .fixed = 1 };
	size_t i;

	range_add(&left, start, end);
	range_remove(&left, ARENA_BASE, ARENA_END);
	for (i = range_find(&own.maps, start);
	     i < own.maps.n && own.maps.at[i].start < end; i++)
		range_remove(&left, own.maps.at[i].start, own.maps.at[i].end);
	for (i = 0; vm_extra(i, &x); i++)
		range_remove(&left, x.start, x.end);
	for (i = 0; i < left.n && n < max; i++)
		out[n++] = part[i];
	return left.lost ? 0 : n;
}

static int strangers_in(const char *p, struct range *out, int max)
{
	uint64_t start, end;
	const char *name;
	int n = 0;

	for (; *p; p = next_line(p)) {
		hex(hex(p, &start) + 1, &end);
		name = name_of(p);
		if (!is_kernels(start, end, name) &&
		    !is_own_segment(start, name))
			n = unknown_parts(start, end, out, n, max);
	}
	return own.maps.lost ? 0 : n;
}

int own_strangers(struct range *at, int max)
{
	size_t size = MAPS_TEXT;
	struct hold h;
	char *text = NULL;
	long rc = -E2BIG;

	for (; rc == -E2BIG && size <= MAPS_LIMIT; size *= 2) {
		free(text);
		text = malloc(size);
		if (!text)
			return -ENOMEM;
		own_lock(&h);
		forget_gone();
		rc = read_maps(text, size);
		if (rc >= 0)
			rc = strangers_in(text, at, max);
		own_unlock(&h);
	}
	free(text);
	return (int)rc;
}
