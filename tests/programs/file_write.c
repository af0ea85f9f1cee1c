/* SPDX-License-Identifier: MIT */
/* file_write.c - files appended to, seeked in, through dup'ed descriptors */
/* test: ranks=2 */
#define _GNU_SOURCE
#include <mpi.h>
#include <fcntl.h>
#include "check.h"

static long lines;

/* Every line of the log is there once and in order. */
static void verify_log(const char *name)
{
	FILE *f = fopen(name, "r");
	char line[64];
	long n = 0;

	CHECK(f != NULL);
	while (fgets(line, sizeof(line), f))
		CHECK_EQ(atol(line), ++n);
	CHECK_EQ(n, lines);
	fclose(f);
}

static void log_line(int fd)
{
	char line[64];
	int len = snprintf(line, sizeof(line), "%ld line\n", ++lines);

	CHECK_EQ(write(fd, line, (size_t)len), len);
}

/* Two descriptors share one offset; a third has its own. */
static void offsets(int fd, int twin, int own)
{
	long value = check.round, got = 0;
	off_t at = lseek(own, 0, SEEK_CUR);

	CHECK_EQ(lseek(fd, 0, SEEK_CUR), 8 * (check.round - 1));
	CHECK_EQ(write(check.round % 2 ? fd : twin, &value, 8), 8);
	CHECK_EQ(lseek(twin, 0, SEEK_CUR), 8 * check.round);
	CHECK_EQ(at, 8 * (check.round - 1));
	CHECK_EQ(read(own, &got, 8), 8);
	CHECK_EQ(got, value);
	CHECK_EQ(pread(fd, &got, 8, 0), 8);
	CHECK_EQ(got, 1);
}

int main(int argc, char **argv)
{
	char log_name[64], data_name[64];
	int log_fd, fd, twin, own;

	check_start(argc, argv);
	snprintf(log_name, sizeof(log_name), "log.%d", check.rank);
	snprintf(data_name, sizeof(data_name), "data.%d", check.rank);
	log_fd = open(log_name, O_WRONLY | O_CREAT | O_TRUNC | O_APPEND, 0600);
	fd = open(data_name, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	own = open(data_name, O_RDONLY);
	twin = fcntl(fd, F_DUPFD, 50);
	CHECK(log_fd >= 0 && fd >= 0 && own >= 0 && twin >= 50);
	while (check_more()) {
		log_line(log_fd);
		offsets(fd, twin, own);
		check_sleep(0.01);
		CHECK_EQ(fcntl(fd, F_GETFD), FD_CLOEXEC);
		CHECK(fcntl(log_fd, F_GETFL) & O_APPEND);
	}
	verify_log(log_name);
	CHECK(close(log_fd) == 0 && close(fd) == 0 && close(own) == 0);
	CHECK_EQ(close(twin), 0);
	return check_pass();
}
