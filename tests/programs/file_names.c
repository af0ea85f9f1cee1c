/* SPDX-License-Identifier: MIT */
/*
 * file_names.c - open files are found again, whatever has become of their names
 *
 * Renamed, linked elsewhere and the first name removed, with names that look as
 * what the kernel says of others; mappings of such; directories, removed ones,
 * too; places (O_PATH); files of /proc.
 */
/* test: ranks=1 mpi=none threads=1 begins=late */
#define _GNU_SOURCE
#include <dirent.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include "check.h"

enum { NAMES = 6, SIZE = 4096 };

static const char *const name[NAMES] = { "renamed",	  "linked",
					 "odd (deleted)", "odd\nname",
					 "odd\\012name",  "linked (deleted)" };
static int fd[NAMES], dir, place, link_place, gone, entries, own, memory;
static char *mapped[NAMES];

static int make(const char *path)
{
	int f = open(path, O_RDWR | O_CREAT | O_TRUNC, 0600);

	CHECK(f >= 0);
	CHECK_EQ(ftruncate(f, SIZE), 0);
	return f;
}

static void start_names(void)
{
	int i;

	for (i = 0; i < NAMES; i++) {
		fd[i] = make(i < 2 || i == 5 ? "first" : name[i]);
		if (i == 0)
			CHECK_EQ(rename("first", name[i]), 0);
		if (i == 1 || i == 5) {
			CHECK_EQ(link("first", name[i]), 0);
			CHECK_EQ(unlink("first"), 0);
		}
		mapped[i] = mmap(NULL, SIZE, PROT_READ | PROT_WRITE, MAP_SHARED,
				 fd[i], 0);
		CHECK(mapped[i] != MAP_FAILED);
	}
}

static void start_places(void)
{
	CHECK_EQ(mkdir("dir", 0700), 0);
	CHECK_EQ(mkdir("gone", 0700), 0);
	CHECK_EQ(symlink("nowhere", "link"), 0);
	close(make("dir/x"));
	dir = open("dir", O_RDONLY | O_DIRECTORY);
	place = open("dir", O_PATH);
	link_place = open("link", O_PATH | O_NOFOLLOW);
	gone = open("gone", O_RDONLY | O_DIRECTORY);
	CHECK(dir >= 0 && place >= 0 && link_place >= 0 && gone >= 0);
	CHECK_EQ(rmdir("gone"), 0);
	entries = open("/proc/self/fd", O_RDONLY | O_DIRECTORY);
	own = open("/proc/thread-self/status", O_RDONLY);
	memory = open("/proc/self/mem", O_RDWR);
	CHECK(entries >= 0 && own >= 0 && memory >= 0);
}

static void see_places(void)
{
	char text[64] = "";
	struct stat st;
	long was = check.round, now = 0;

	CHECK_EQ(faccessat(dir, "x", F_OK, 0), 0);
	CHECK_EQ(faccessat(place, "x", F_OK, 0), 0);
	CHECK(fcntl(place, F_GETFL) & O_PATH);
	CHECK_EQ(readlinkat(link_place, "", text, sizeof(text)), 7);
	CHECK_EQ(memcmp(text, "nowhere", 7), 0);
	CHECK_EQ(fstat(gone, &st), 0);
	CHECK(S_ISDIR(st.st_mode));
	CHECK_EQ(faccessat(gone, "x", F_OK, 0), -1);
	CHECK_EQ(mkdirat(gone, "x", 0700), -1);
	snprintf(text, sizeof(text), "%d", entries);
	CHECK_EQ(faccessat(entries, text, F_OK, 0), 0);
	CHECK_EQ(pread(own, text, 5, 0), 5);
	CHECK_EQ(memcmp(text, "Name:", 5), 0);
	CHECK_EQ(pread(memory, &now, sizeof(now), (off_t)(long)&was), 8);
	CHECK_EQ(now, was);
}

int main(int argc, char **argv)
{
	static char buf[SIZE];
	struct stat st, want;
	int i;

	check_args(argc, argv);
	start_names();
	start_places();
	while (check_more()) {
		for (i = 0; i < NAMES; i++)
			check_fill(mapped[i], SIZE,
				   (unsigned long)(check.round + i));
		check_sleep(0.1);
		see_places();
		for (i = 0; i < NAMES; i++) {
			CHECK_EQ(pread(fd[i], buf, SIZE, 0), SIZE);
			check_same(buf, SIZE, (unsigned long)(check.round + i));
			CHECK_EQ(fstat(fd[i], &st), 0);
			CHECK_EQ(stat(name[i], &want), 0);
			CHECK_EQ(st.st_ino, want.st_ino);
		}
	}
	return check_pass();
}
