/* SPDX-License-Identifier: MIT */
/* test_shared.c - a segment in /dev/shm that is gone, made by many at once */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>
#include <cmocka.h>
#include "../../restart/inodes.h"
#include "../../restart/shared.h"

enum { RANKS = 6, ROUNDS = 300, SIZE = 3 << 20 };

static char path[64];
static const struct image_region region = { .len = SIZE,
					    .prot = PROT_READ | PROT_WRITE,
					    .flags =
						    REGION_SHARED | REGION_FILE,
					    .path = path };

/* A rank: waits until all are there, and opens it. */
static int rank(int go)
{
	struct stat st;
	char c;
	int fd;

	if (read(go, &c, 1) != 0)
		return 10;
	fd = shared_open(&region);
	if (fd < 0)
		return -fd;
	return fstat(fd, &st) || st.st_size < SIZE ? 11 : 0;
}

static void all_get_it_whole(void **state)
{
	int round, i, go[2], status;
	pid_t pid[RANKS];

	(void)state;
	snprintf(path, sizeof(path), "/dev/shm/mana-unit-%d", getpid());
	for (round = 0; round < ROUNDS; round++) {
		unlink(path);
		assert_int_equal(pipe(go), 0);
		for (i = 0; i < RANKS; i++) {
			pid[i] = fork();
			assert_true(pid[i] >= 0);
			if (!pid[i]) {
				close(go[1]);
				_exit(rank(go[0]));
			}
		}
		close(go[1]);
		close(go[0]);
		for (i = 0; i < RANKS; i++) {
			waitpid(pid[i], &status, 0);
			assert_int_equal(status, 0);
		}
	}
	unlink(path);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(all_get_it_whole),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
