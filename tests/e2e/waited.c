/* SPDX-License-Identifier: MIT */
/* waited.c - a checkpoint waits for ranks that are in calls of every kind
 *
 * Each argument is a scene, played by two ranks until the file go.N is there,
 * N being the number of the scene from 1 on. What a scene computes is checked.
 */
#include <mpi.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static int rank, scene;

static void fail(const char *what)
{
	fprintf(stderr, "scene %d: %s\n", scene, what);
	MPI_Abort(MPI_COMM_WORLD, 1);
}

static int released(void)
{
	char name[32];

	snprintf(name, sizeof(name), "go.%d", scene);
	return access(name, F_OK) == 0;
}

static void compute(void)
{
	volatile unsigned long n;

	while (!released())
		for (n = 0; n < 20000000; n++)
			;
}

static void doze(void)
{
	const struct timespec t = { .tv_nsec = 200000000 };

	while (!released())
		nanosleep(&t, NULL);
}

static void *send_later(void *arg)
{
	doze();
	MPI_Send(&scene, 1, MPI_INT, 0, 7, MPI_COMM_WORLD);
	return arg;
}

/* Polls until the message is there. */
static void poll_message(int test)
{
	MPI_Request q = MPI_REQUEST_NULL;
	int there = 0, got = 0;

	if (test)
		MPI_Irecv(&got, 1, MPI_INT, 1, 7, MPI_COMM_WORLD, &q);
	while (!there)
		if (test)
			MPI_Test(&q, &there, MPI_STATUS_IGNORE);
		else
			MPI_Iprobe(1, 7, MPI_COMM_WORLD, &there,
				   MPI_STATUS_IGNORE);
	if (!test)
		MPI_Recv(&got, 1, MPI_INT, 1, 7, MPI_COMM_WORLD,
			 MPI_STATUS_IGNORE);
	if (got != scene)
		fail("another message");
}

static void wait_message(int request)
{
	MPI_Request q;
	int got = 0;

	if (request) {
		MPI_Irecv(&got, 1, MPI_INT, 1, 7, MPI_COMM_WORLD, &q);
		MPI_Wait(&q, MPI_STATUS_IGNORE);
	} else {
		MPI_Recv(&got, 1, MPI_INT, 1, 7, MPI_COMM_WORLD,
			 MPI_STATUS_IGNORE);
	}
	if (got != scene)
		fail("another message");
}

static void together(void)
{
	int sum = 0, one = 1;

	MPI_Allreduce(&one, &sum, 1, MPI_INT, MPI_SUM, MPI_COMM_WORLD);
	if (sum != 2)
		fail("not the sum");
}

/* Rank 0 is late for a collective, which rank 1 is in; a thread of rank 1 sends
 * what rank 0 waits for. */
static void late(void (*what)(int), int how)
{
	pthread_t id;

	if (rank == 0) {
		what(how);
		together();
		return;
	}
	pthread_create(&id, NULL, send_later, NULL);
	together();
	pthread_join(id, NULL);
}

static int copies;

static int copy(MPI_Comm c, int key, void *extra, void *in, void *out,
		int *flag)
{
	(void)c;
	(void)key;
	*(void **)out = in;
	*flag = 1;
	copies++;
	if (!extra)
		compute();
	else if (rank == 0)
		wait_message(0);
	return MPI_SUCCESS;
}

/* Both are in MPI_Comm_dup, rank 0 in a callback of it. */
static void callback(int receives)
{
	static int some;
	MPI_Comm a, b;
	pthread_t id;
	int key;

	MPI_Comm_create_keyval(copy, MPI_COMM_NULL_DELETE_FN, &key,
			       receives ? &some : NULL);
	MPI_Comm_dup(MPI_COMM_WORLD, &a);
	if (rank == 0)
		MPI_Comm_set_attr(a, key, &some);
	if (receives && rank == 1)
		pthread_create(&id, NULL, send_later, NULL);
	copies = 0;
	MPI_Comm_dup(a, &b);
	if (receives && rank == 1)
		pthread_join(id, NULL);
	if (copies != (rank == 0))
		fail("not called");
	MPI_Comm_free(&a);
	MPI_Comm_free(&b);
	MPI_Comm_free_keyval(&key);
}

static void alone(int computes)
{
	if (computes)
		compute();
	else
		doze();
}

static void other(const char *name)
{
	MPI_Comm c;

	if (rank == 0)
		alone(!strcmp(name, "compute-dup"));
	if (!strcmp(name, "compute-dup")) {
		MPI_Comm_dup(MPI_COMM_WORLD, &c);
		MPI_Comm_free(&c);
	} else {
		MPI_Barrier(MPI_COMM_WORLD);
	}
}

static void play(const char *name)
{
	if (!strcmp(name, "iprobe"))
		late(poll_message, 0);
	else if (!strcmp(name, "test"))
		late(poll_message, 1);
	else if (!strcmp(name, "recv"))
		late(wait_message, 0);
	else if (!strcmp(name, "wait"))
		late(wait_message, 1);
	else if (!strcmp(name, "callback"))
		callback(0);
	else if (!strcmp(name, "callback-recv"))
		callback(1);
	else
		other(name);
}

int main(int argc, char **argv)
{
	int level;

	MPI_Init_thread(&argc, &argv, MPI_THREAD_MULTIPLE, &level);
	MPI_Comm_rank(MPI_COMM_WORLD, &rank);
	if (level < MPI_THREAD_MULTIPLE)
		fail("no threads");
	for (scene = 1; scene < argc; scene++) {
		MPI_Barrier(MPI_COMM_WORLD);
		printf("scene %d rank %d\n", scene, rank);
		fflush(stdout);
		play(argv[scene]);
	}
	sleep(2); /* a program that ends has no more checkpoints */
	if (rank == 0)
		puts("PASSED");
	MPI_Finalize();
	return 0;
}
