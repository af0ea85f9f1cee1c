/* SPDX-License-Identifier: MIT */
/* test_gs.c - rewriting FS into GS: the list against objdump's, the effect */
#ifndef HAVE_ZYDIS
#include <stdio.h>

int main(void)
{
	puts("built without Zydis");
	return 77;
}
#else
#include <dlfcn.h>
#include <fcntl.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <cmocka.h>
#include "../../common/gate.h"
#include "../../lower-half/gs.h"
#include "../../lower-half/gs_scan.h"

static const char *const libs[] = { "/lib/x86_64-linux-gnu/libc.so.6",
				    "/lib/x86_64-linux-gnu/libm.so.6",
				    "/lib64/ld-linux-x86-64.so.2" };

static struct gs_list scan(const char *path, int whole)
{
	struct gs_list l = { 0 };
	int fd = open(path, O_RDONLY);

	assert_true(fd >= 0);
	assert_int_equal(gs_scan(fd, whole, &l), 0);
	close(fd);
	return l;
}

/* In these libraries code lies at its file offset, prefixes come first. */
static void as_objdump_says(void **state)
{
	char command[256], line[512];
	size_t i, n;

	(void)state;
	for (i = 0; i < sizeof(libs) / sizeof(libs[0]); i++) {
		struct gs_list l = scan(libs[i], 1);
		FILE *f;

		snprintf(command, sizeof(command),
			 "objdump -d --no-show-raw-insn %s | grep '%%fs:' | "
			 "grep -v '%%fs:0x28\\b'",
			 libs[i]);
		f = popen(command, "r");
		assert_non_null(f);
		for (n = 0; fgets(line, sizeof(line), f); n++) {
			uint64_t at = strtoul(line, NULL, 16);

			assert_true(n < l.n);
			assert_in_range(l.at[n] - at, 0, 2);
		}
		assert_int_equal(pclose(f), 0);
		assert_int_equal(n, l.n);
		assert_true(n > 20);
		free(l.at);
	}
}

static void most_need_nothing(void **state)
{
	struct gs_list l = scan("/lib/x86_64-linux-gnu/libz.so.1", 0);

	(void)state;
	assert_int_equal(l.n, 0);
}

/* Whatever a file holds, the scan ends and stays inside. */
static void damaged_files(void **state)
{
	char path[] = "/tmp/mana-gs-XXXXXX";
	int fd = mkstemp(path), from = open(libs[1], O_RDONLY), i;
	struct stat st;
	char *data;

	(void)state;
	assert_true(fd >= 0 && from >= 0 && fstat(from, &st) == 0);
	data = malloc((size_t)st.st_size);
	assert_non_null(data);
	assert_int_equal(read(from, data, (size_t)st.st_size), st.st_size);
	for (i = 0; i < 300; i++) {
		struct gs_list l = { 0 };
		long len = i < 100 ? st.st_size * i / 100 : st.st_size;
		long at = i < 100 ? 0 : random() % (i < 200 ? 1024 : len);
		char was = data[at];

		if (i >= 100)
			data[at] = (char)random();
		assert_int_equal(ftruncate(fd, 0), 0);
		assert_int_equal(pwrite(fd, data, (size_t)len, 0), len);
		data[at] = was;
		gs_scan(fd, 1, &l);
		free(l.at);
	}
	free(data);
	close(from);
	close(fd);
	unlink(path);
}

static void *bases(void *arg)
{
	uint64_t *v = arg;

	raw_syscall2(SYS_arch_prctl, ARCH_GET_FS_OP, (long)&v[0]);
	raw_syscall2(SYS_arch_prctl, ARCH_GET_GS_OP, (long)&v[1]);
	return NULL;
}

static void threads_follow(void **state)
{
	uint64_t v[2] = { 0, 1 };
	pthread_t t;

	(void)state;
	assert_int_equal(pthread_create(&t, NULL, bases, v), 0);
	assert_int_equal(pthread_join(t, NULL), 0);
	assert_true(v[0] && v[0] == v[1]);
}

/* A library that is loaded later reaches its TLS through GS. */
static void loaded_later(void **state)
{
	static uint64_t block[2];
	char dir[] = "/tmp/mana-gs-XXXXXX", text[512];
	char *(*where)(void), *normal, *moved;
	uint64_t gs;
	void *h;

	(void)state;
	assert_non_null(mkdtemp(dir));
	snprintf(text, sizeof(text),
		 "cd %s && echo '__thread char v; char *where(void)"
		 "{ return &v; }' > v.c && ${CC:-gcc} -O1 -shared -fPIC "
		 "-ftls-model=initial-exec v.c -o v.so",
		 dir);
	assert_int_equal(system(text), 0);
	snprintf(text, sizeof(text), "%s/v.so", dir);
	h = dlopen(text, RTLD_NOW);
	assert_non_null(h);
	*(void **)&where = dlsym(h, "where");
	assert_non_null(where);
	normal = where();
	raw_syscall2(SYS_arch_prctl, ARCH_GET_GS_OP, (long)&gs);
	block[0] = (uint64_t)block; /* the thread pointer points to itself */
	raw_syscall2(SYS_arch_prctl, ARCH_SET_GS_OP, (long)block);
	moved = where();
	raw_syscall2(SYS_arch_prctl, ARCH_SET_GS_OP, (long)gs);
	assert_true(moved - (char *)block == normal - (char *)gs);
	snprintf(text, sizeof(text), "rm -r %s", dir);
	assert_int_equal(system(text), 0);
}

int main(void)
{
	const char *why = gs_start();
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(as_objdump_says),
		cmocka_unit_test(most_need_nothing),
		cmocka_unit_test(damaged_files),
		cmocka_unit_test(threads_follow),
		cmocka_unit_test(loaded_later),
	};

	if (why) {
		printf("not rewritten: %s\n", why);
		return 1;
	}
	return cmocka_run_group_tests(tests, NULL, NULL);
}
#endif
