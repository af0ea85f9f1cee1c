/* SPDX-License-Identifier: MIT */
/* requests_passed.c - requests that a checkpoint refuses, ended in every way
 *
 * Of MPI-IO, one-sided, persistent collective and partitioned.
 */
/* test: ranks=2 ckpt=may */
#include <mpi.h>
#ifdef OPEN_MPI
#include <mpi-ext.h>
#if OMPI_MAJOR_VERSION < 5 /* 5 is MPI 3.1, with this much of MPI 4 */
#define MPI_Allreduce_init MPIX_Allreduce_init
#define MPI_Bcast_init	   MPIX_Bcast_init
#endif
#endif
#include "check.h"
#include "ways.h"

enum { LEN = 100 };

static MPI_File file;
static MPI_Win win;
static int out[LEN], in[LEN], *shown;

static void start_iwrite_at(MPI_Request *r)
{
	MPI_File_iwrite_at(file, check.rank * LEN, out, LEN, MPI_INT, r);
}

static void start_iread_at(MPI_Request *r)
{
	MPI_File_write_at(file, check.rank * LEN, out, LEN, MPI_INT,
			  MPI_STATUS_IGNORE);
	MPI_File_iread_at(file, check.rank * LEN, in, LEN, MPI_INT, r);
}

static void start_iwrite(MPI_Request *r)
{
	MPI_File_seek(file, check.rank * LEN, MPI_SEEK_SET);
	MPI_File_iwrite(file, out, LEN, MPI_INT, r);
}

static void start_iread(MPI_Request *r)
{
	MPI_File_write_at(file, check.rank * LEN, out, LEN, MPI_INT,
			  MPI_STATUS_IGNORE);
	MPI_File_seek(file, check.rank * LEN, MPI_SEEK_SET);
	MPI_File_iread(file, in, LEN, MPI_INT, r);
}

static void start_iwrite_all(MPI_Request *r)
{
	MPI_File_seek(file, check.rank * LEN, MPI_SEEK_SET);
	MPI_File_iwrite_all(file, out, LEN, MPI_INT, r);
}

static void start_iread_at_all(MPI_Request *r)
{
	MPI_File_write_at(file, check.rank * LEN, out, LEN, MPI_INT,
			  MPI_STATUS_IGNORE);
	MPI_File_iread_at_all(file, check.rank * LEN, in, LEN, MPI_INT, r);
}

static void start_iwrite_shared(MPI_Request *r)
{
	MPI_File_iwrite_shared(file, out, LEN, MPI_INT, r);
}

static void start_rput(MPI_Request *r)
{
	MPI_Rput(out, LEN, MPI_INT, 1 - check.rank, 0, LEN, MPI_INT, win, r);
}

static void start_rget(MPI_Request *r)
{
	MPI_Rget(in, LEN, MPI_INT, 1 - check.rank, LEN, LEN, MPI_INT, win, r);
}

static void start_raccumulate(MPI_Request *r)
{
	MPI_Raccumulate(out, LEN, MPI_INT, 1 - check.rank, 0, LEN, MPI_INT,
			MPI_REPLACE, win, r);
}

static void start_rget_accumulate(MPI_Request *r)
{
	MPI_Rget_accumulate(out, LEN, MPI_INT, in, LEN, MPI_INT, 1 - check.rank,
			    LEN, LEN, MPI_INT, MPI_NO_OP, win, r);
}

static void start_allreduce_init(MPI_Request *r)
{
	MPI_Allreduce_init(out, in, LEN, MPI_INT, MPI_MAX, MPI_COMM_WORLD,
			   MPI_INFO_NULL, r);
	MPI_Start(r);
}

static void start_bcast_init(MPI_Request *r)
{
	memcpy(in, out, check.rank == 0 ? sizeof(in) : 0);
	MPI_Bcast_init(in, LEN, MPI_INT, 0, MPI_COMM_WORLD, MPI_INFO_NULL, r);
	MPI_Startall(1, r);
}

static const struct {
	const char *name;
	void (*start)(MPI_Request *r);
	int reads, io, keeps; /* in is filled; is MPI-IO; is persistent */
} kinds[] = {
	{ "iwrite_at", start_iwrite_at, 0, 1, 0 },
	{ "iread_at", start_iread_at, 1, 1, 0 },
	{ "iwrite", start_iwrite, 0, 1, 0 },
	{ "iread", start_iread, 1, 1, 0 },
	{ "iwrite_all", start_iwrite_all, 0, 1, 0 },
	{ "iread_at_all", start_iread_at_all, 1, 1, 0 },
	{ "iwrite_shared", start_iwrite_shared, 0, 1, 0 },
	{ "rput", start_rput, 0, 0, 0 },
	{ "rget", start_rget, 1, 0, 0 },
	{ "raccumulate", start_raccumulate, 0, 0, 0 },
	{ "rget_accumulate", start_rget_accumulate, 1, 0, 0 },
	{ "allreduce_init", start_allreduce_init, 1, 0, 1 },
	{ "bcast_init", start_bcast_init, 1, 0, 1 },
};

/* MPICH 4.0's own MPI_Testall does not know the kinds that stay. */
static int way_kept(int way)
{
	return way == WAY_TESTALL ? WAY_TEST : way;
}

static void one(unsigned kind, int way)
{
	MPI_Request r = MPI_REQUEST_NULL;
	MPI_Status st;
	int count;

	memset(in, 0, sizeof(in));
	kinds[kind].start(&r);
	if (kinds[kind].keeps)
		way = way_kept(way);
	ways_end(way, kinds[kind].io ? 1 : -1, &r, &st);
	CHECK_EQ(r == MPI_REQUEST_NULL, !kinds[kind].keeps);
	if (kinds[kind].io) {
		MPI_Get_count(&st, MPI_INT, &count);
		CHECK_EQ(count, LEN);
	}
	if (kinds[kind].keeps)
		MPI_Request_free(&r);
	if (kinds[kind].reads)
		CHECK_EQ(memcmp(in, out, sizeof(in)), 0);
}

/* Sends and receives in partitions, made ready in each of the three ways. */
static void partitioned(int way)
{
#if MPI_VERSION >= 4
	int list[2] = { 2, 1 }, i, flag;
	MPI_Request s, r;
	MPI_Status st;

	/* It may be under Open MPI now, which has none of this; no restart is
	 * possible before the file is closed. */
	if (strncmp(check_library(), "MPICH", 5))
		return;
	memset(in, 0, sizeof(in));
	MPI_Psend_init(out, 4, LEN / 4, MPI_INT, 1 - check.rank, 5,
		       MPI_COMM_WORLD, MPI_INFO_NULL, &s);
	MPI_Precv_init(in, 4, LEN / 4, MPI_INT, 1 - check.rank, 5,
		       MPI_COMM_WORLD, MPI_INFO_NULL, &r);
	MPI_Start(&r);
	MPI_Startall(1, &s);
	MPI_Pready(3, s);
	MPI_Pready_list(2, list, s);
	MPI_Pready_range(0, 0, s);
	for (i = 0; i < 4; i++)
		for (flag = 0; !flag;)
			MPI_Parrived(r, i, &flag);
	ways_end(way_kept(way), -1, &r, &st);
	MPI_Wait(&s, MPI_STATUS_IGNORE);
	CHECK(r != MPI_REQUEST_NULL && s != MPI_REQUEST_NULL);
	MPI_Request_free(&r);
	MPI_Request_free(&s);
	CHECK_EQ(memcmp(in, out, sizeof(in)), 0);
#else
	(void)way;
#endif
}

static void begin(void)
{
	MPI_File_open(MPI_COMM_WORLD, "requests_passed.data",
		      MPI_MODE_CREATE | MPI_MODE_RDWR |
			      MPI_MODE_DELETE_ON_CLOSE,
		      MPI_INFO_NULL, &file);
	MPI_File_set_view(file, 0, MPI_INT, MPI_INT, "native", MPI_INFO_NULL);
	MPI_Win_allocate(2 * LEN * (MPI_Aint)sizeof(int), sizeof(int),
			 MPI_INFO_NULL, MPI_COMM_WORLD, &shown, &win);
	memcpy(shown + LEN, out, sizeof(out));
	MPI_Barrier(MPI_COMM_WORLD);
	MPI_Win_lock_all(0, win);
}

static void end(void)
{
	MPI_Win_unlock_all(win);
	MPI_Win_free(&win);
	MPI_File_close(&file);
}

int main(int argc, char **argv)
{
	unsigned kind;

	check_start(argc, argv);
	check_fill(out, sizeof(out), 7);
	while (check_more()) {
		begin();
		for (kind = 0; kind < sizeof(kinds) / sizeof(kinds[0]); kind++)
			one(kind, (int)check.round % WAYS);
		partitioned((int)check.round % WAYS);
		end();
	}
	return check_pass();
}
