/* SPDX-License-Identifier: MIT */
/* test_saved_files.c - tables of open files that no writer writes are refused
 *
 * Each wrong field is tried alone, in an image whose sums are right.
 */
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <cmocka.h>
#include "../../restart/saved_files.h"

enum { FILES = 4 };

static char path[] = "/tmp/test_saved_files_XXXXXX";
static struct saved_file f[FILES];
static struct saved_lock lock;
static struct saved_inode inode;
static struct {
	struct pipe_piece piece;
	char data[4];
} pipes;
static char names[] = "\0/tmp/name\0host 00:01 7";

static void good(void)
{
	int i;

	memset(f, 0, sizeof(f));
	for (i = 0; i < FILES; i++)
		f[i] = (struct saved_file){
			.fd = 3 + i, .same_as = -1, .std = -1, .name = 1
		};
	f[0].kind = FILE_REGULAR;
	f[1].kind = FILE_PIPE;
	f[1].size = sizeof(pipes);
	f[2].kind = FILE_INODE;
	f[3].kind = FILE_REGULAR;
	f[3].same_as = 3;
	lock = (struct saved_lock){ .fd = 3, .kind = LOCK_POSIX };
	inode = (struct saved_inode){ .kind = INODE_SHMEM,
				      .name = 1,
				      .key = 11 };
	pipes.piece.len = 4;
	memcpy(names, "\0/tmp/name\0host 00:01 7", sizeof(names));
}

static int load(size_t files_len, size_t names_len)
{
	const struct image_section s[] = {
		{ FD_SECTION, f, files_len },
		{ LOCK_SECTION, &lock, sizeof(lock) },
		{ INODE_SECTION, &inode, sizeof(inode) },
		{ PIPE_SECTION, &pipes, sizeof(pipes) },
		{ NAME_SECTION, names, names_len },
	};
	const struct image_options o = { .no_fsync = 1 };
	struct image_result res;
	struct saved_files x;
	struct image *img;
	int e;

	assert_int_equal(image_write(AT_FDCWD, path, path, NULL, 0, s, 5, &o,
				     &res, NULL, 0),
			 0);
	assert_int_equal(image_open(open(path, O_RDONLY), path, &img, NULL, 0),
			 0);
	e = saved_files_load(img, &x);
	image_close(img);
	return e;
}

#define REFUSED(change)                                                        \
	do {                                                                   \
		good();                                                        \
		change;                                                        \
		assert_int_equal(load(sizeof(f), sizeof(names)), -EINVAL);     \
	} while (0)

static void test_good(void **state)
{
	(void)state;
	good();
	assert_int_equal(load(sizeof(f), sizeof(names)), 0);
}

static void test_files(void **state)
{
	(void)state;
	REFUSED(f[0].fd = -1);
	REFUSED(f[0].fd = f[1].fd);
	REFUSED(f[3].fd = 1 << 30);
	REFUSED(f[0].kind = 0);
	REFUSED(f[0].kind = 99);
	REFUSED(f[0].name = sizeof(names));
	REFUSED((f[0].kind = FILE_STD, f[0].std = 3));
	REFUSED((f[0].kind = FILE_STREAM, f[0].std = -1));
	REFUSED(f[3].same_as = 6);
	REFUSED(f[3].same_as = 7);
	REFUSED(f[2].same_as = 6);
	REFUSED(f[2].inode = 1);
	good();
	assert_int_equal(load(sizeof(f) - 1, sizeof(names)), -EINVAL);
	names[sizeof(names) - 1] = 'x';
	assert_int_equal(load(sizeof(f), sizeof(names)), -EINVAL);
}

static void test_pipes(void **state)
{
	(void)state;
	REFUSED(f[1].offset = sizeof(pipes) + 4);
	REFUSED(f[1].offset = 2);
	REFUSED(f[1].size = sizeof(pipes) + 1);
	REFUSED(f[1].size = ~0UL);
	REFUSED(f[1].size = 2);
	REFUSED(pipes.piece.len = 5);
	REFUSED(pipes.piece.len = ~0U);
}

static void test_others(void **state)
{
	(void)state;
	REFUSED(lock.fd = 8);
	REFUSED(inode.kind = 0);
	REFUSED(inode.kind = 77);
	REFUSED(inode.size = ~0UL);
	REFUSED(inode.key = sizeof(names));
	REFUSED(inode.name = sizeof(names));
}

static int setup(void **state)
{
	int fd = mkstemp(path);

	(void)state;
	close(fd);
	return fd < 0 ? -1 : 0;
}

static int teardown(void **state)
{
	(void)state;
	return unlink(path);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_good),
		cmocka_unit_test(test_files),
		cmocka_unit_test(test_pipes),
		cmocka_unit_test(test_others),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
