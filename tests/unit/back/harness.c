/* SPDX-License-Identifier: MIT */
/* harness.c - a fake core: gate page, one thread, upcalls are calls */
#include <stdarg.h>
#include <sys/mman.h>
#include "harness.h"
#include "mpi-wrappers/back/init.h"
#include "upper-half/thread.h"

static struct thread *me;

struct thread *half_self(void)
{
	return me;
}

int thread_each(int (*fn)(struct thread *t, void *arg), void *arg)
{
	return fn(me, arg);
}

long half_upcall(void *fn, long a, long b, long c, long d, long e, long f)
{
	return ((long (*)(long, long, long, long, long, long))fn)(a, b, c, d, e,
								  f);
}

void half_error(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vfprintf(stderr, fmt, ap);
	va_end(ap);
	fputc('\n', stderr);
}

void half_native_enter(struct half_native *s)
{
	(void)s;
}

void half_native_leave(const struct half_native *s)
{
	(void)s;
}

void half_exit(int code)
{
	exit(code);
}

int init_rank_of(void)
{
	return init_rank;
}

void harness_start(int level)
{
	int provided;

	if (mmap((void *)ARENA_BASE, GATE_SIZE, PROT_READ | PROT_WRITE,
		 MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1,
		 0) == MAP_FAILED ||
	    keep_create()) {
		perror("harness: arena");
		exit(1);
	}
	me = keep_alloc(sizeof(*me));
	KEEP_ROOT->threads = me;
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

void harness_end(void)
{
	CHECK(back_Finalize() == 0);
	CHECK(back_must_finish() == 1);
	while (!back_finish_step())
		;
	back_finish();
}
