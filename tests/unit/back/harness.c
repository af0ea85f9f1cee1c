/* SPDX-License-Identifier: MIT */
/* harness.c - a fake core: gate page, one thread, upcalls are calls */
#include <stdarg.h>
#include <sys/mman.h>
#include "harness.h"
#include "mpi-wrappers/back/core/init.h"
#include "mpi-wrappers/back/object/kind.h"
#include "upper-half/thread.h"

struct thread *harness_thread;

struct thread *lower_self(void)
{
	return harness_thread;
}

int thread_each(int (*fn)(struct thread *t, void *arg), void *arg)
{
	return fn(harness_thread, arg);
}

long lower_upcall(void *fn, long a, long b, long c, long d, long e, long f)
{
	return ((long (*)(long, long, long, long, long, long))fn)(a, b, c, d, e,
								  f);
}

void lower_error(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vfprintf(stderr, fmt, ap);
	va_end(ap);
	fputc('\n', stderr);
}

void lower_native_enter(struct lower_native *s)
{
	(void)s;
}

void lower_native_leave(const struct lower_native *s)
{
	(void)s;
}

void lower_exits(int code)
{
	(void)code;
}

void lower_exit(int code)
{
	exit(code);
}

int init_rank_of(void)
{
	return init_rank;
}

void harness_map(unsigned long at, size_t size, int fd)
{
	int flags = MAP_PRIVATE | MAP_FIXED_NOREPLACE |
		    (fd < 0 ? MAP_ANONYMOUS : 0);

	if (mmap((void *)at, size, PROT_READ | PROT_WRITE, flags, fd, 0) ==
	    MAP_FAILED) {
		perror("harness: mmap");
		exit(1);
	}
}

void harness_start(int level)
{
	int provided;

	harness_map(ARENA_BASE, GATE_SIZE, -1);
	CHECK(!keep_create());
	harness_thread = keep_alloc(sizeof(*harness_thread));
	KEEP_ROOT->threads = harness_thread;
	CHECK(back_Init_thread(NULL, NULL, level, &provided) == 0);
	CHECK(provided == level);
}

void harness_pending(enum gate_pending p)
{
	GATE->pending = p;
}

void harness_drain(void)
{
	uint64_t begun = back_drain_begun();
	int rc;

	MPI_Allreduce(MPI_IN_PLACE, &begun, 1, MPI_UINT64_T, MPI_MAX,
		      MPI_COMM_WORLD);
	CHECK(back_drain_begin(begun) == 0);
	while (!(rc = back_drain_finish()))
		;
	CHECK(rc == 1);
	/* As the coordinator does: nobody goes on before all are here. */
	MPI_Barrier(MPI_COMM_WORLD);
}

void harness_restart(void)
{
	struct desc *d;
	MPI_Request n;

	for (d = KEEP_MPI->live[DESC_REQUEST]; d; d = d->next) {
		struct desc_request *r = (struct desc_request *)d;

		n = request_native(r);
		d->real = 0x5a5a5a5a;
		if (n == MPI_REQUEST_NULL)
			continue;
		if (!r->done && (!r->persistent || r->active))
			MPI_Cancel(&n);
		if (!r->persistent)
			MPI_Wait(&n, MPI_STATUS_IGNORE);
		else
			MPI_Request_free(&n);
	}
	CHECK(back_rebuild() == 0);
}

void harness_restart_objects(void)
{
	struct desc *d;
	int k;

	for (k = 1; k < DESC_KINDS; k++)
		for (d = KEEP_MPI->live[k]; d; d = d->next)
			if (kinds[k].rebuild || k == DESC_GROUP)
				d->real = 0x5a5a5a5a;
	CHECK(back_rebuild() == 0);
}

void harness_end(void)
{
	CHECK(back_Finalize() == 0);
	CHECK(back_must_finish() == 1);
	while (!back_finish_step())
		;
	back_finish();
}
