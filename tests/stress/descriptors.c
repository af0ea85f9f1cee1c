/* SPDX-License-Identifier: MIT */
/*
 * descriptors.c - files, pipes and copies of descriptors, opened and closed by
 * several threads; each finds in its own what it has put there
 *
 * What is in files is always the same: a restart does not take them back.
 */
/* test: ranks=1 mpi=none threads=6 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <sys/stat.h>
#include "stress.h"

enum { THREADS = 5, SLOTS = 8, SPOT = 600 };

struct slot {
	int fd, other; /* other: a pipe's end to write to, -1: a file */
	int held;      /* bytes in the pipe */
	unsigned long seed;
};

static void open_file(struct slot *s, struct stress_random *r,
		      unsigned long who, unsigned long which)
{
	char path[64];
	unsigned char text[200];

	s->seed = 100 * who + which;
	snprintf(path, sizeof(path), "stress.%lu.%lu", who, which);
	s->fd = open(path,
		     O_RDWR | O_CREAT | (stress_below(r, 2) ? O_CLOEXEC : 0),
		     0600);
	CHECK(s->fd >= 0);
	s->other = -1;
	check_fill(text, sizeof(text), s->seed);
	CHECK_EQ(write(s->fd, text, sizeof(text)), sizeof(text));
}

static void open_pipe(struct slot *s, struct stress_random *r)
{
	int p[2];

	s->seed = stress_draw(r);
	CHECK_EQ(stress_below(r, 2) ? pipe(p) : pipe2(p, O_CLOEXEC), 0);
	s->fd = p[0];
	s->other = p[1];
	s->held = 0;
}

static void use_file(struct slot *s)
{
	unsigned char text[200];
	struct stat st;

	CHECK_EQ(fstat(s->fd, &st), 0);
	CHECK_EQ(st.st_size, sizeof(text));
	CHECK_EQ(lseek(s->fd, 0, SEEK_CUR), sizeof(text));
	CHECK_EQ(pread(s->fd, text, sizeof(text), 0), sizeof(text));
	check_same(text, sizeof(text), s->seed);
}

static void use_pipe(struct slot *s, struct stress_random *r)
{
	unsigned char text[100];

	if (!s->held) {
		s->held = 1 + (int)stress_below(r, sizeof(text));
		check_fill(text, (size_t)s->held, s->seed);
		CHECK_EQ(write(s->other, text, (size_t)s->held), s->held);
	} else {
		CHECK_EQ(read(s->fd, text, (size_t)s->held), s->held);
		check_same(text, (size_t)s->held, s->seed);
		s->held = 0;
	}
}

/* Another number for the same; the old one is closed. */
static void renumber(struct slot *s, struct stress_random *r, unsigned long who)
{
	int spot = SPOT + (int)who * SLOTS + (int)stress_below(r, SLOTS), fd;

	switch (stress_below(r, 4)) {
	case 0:
		fd = dup(s->fd);
		break;
	case 1:
		fd = fcntl(s->fd, F_DUPFD_CLOEXEC, 300);
		break;
	case 2: /* over a copy of itself */
		fd = dup(s->fd);
		CHECK_EQ(dup2(s->fd, fd), fd);
		break;
	default: /* a number of this thread's own, if it is free */
		fd = fcntl(spot, F_GETFD) < 0 ? dup3(s->fd, spot, 0) :
						dup(s->fd);
	}
	CHECK(fd >= 0);
	CHECK_EQ(close(s->fd), 0);
	s->fd = fd;
}

static void drop(struct slot *s)
{
	CHECK_EQ(close(s->fd), 0);
	if (s->other >= 0)
		CHECK_EQ(close(s->other), 0);
	s->fd = -1;
}

static void *worker(void *arg)
{
	unsigned long who = (unsigned long)arg;
	struct slot all[SLOTS], *s;
	struct stress_random r;
	int i;

	stress_begin(&r, who);
	stress_schedule(who);
	for (i = 0; i < SLOTS; i++)
		all[i].fd = -1;
	while (!stress_over) {
		stress_rest(&r);
		s = &all[stress_below(&r, SLOTS)];
		if (s->fd < 0 && stress_below(&r, 2))
			open_file(s, &r, who, (unsigned long)(s - all));
		else if (s->fd < 0)
			open_pipe(s, &r);
		else if (s->other < 0)
			use_file(s);
		else
			use_pipe(s, &r);
		switch (stress_below(&r, 5)) {
		case 0:
			renumber(s, &r, who);
			break;
		case 1:
			drop(s);
		}
	}
	for (i = 0; i < SLOTS; i++)
		if (all[i].fd >= 0)
			drop(&all[i]);
	return NULL;
}

int main(int argc, char **argv)
{
	pthread_t t[THREADS];
	unsigned long i;

	stress_args(argc, argv);
	for (i = 0; i < THREADS; i++)
		t[i] = stress_start(worker, i);
	stress_wait();
	for (i = 0; i < THREADS; i++)
		stress_join(t[i]);
	return check_pass();
}
