/* SPDX-License-Identifier: MIT */
/* cxx_bindings.cc - the C++ bindings of MPI-2: MPI::COMM_WORLD and the rest */
/* test: ranks=2 cflags=-Wno-cast-function-type,-Wno-unused-parameter */
#include <mpi.h>
#if defined(OPEN_MPI) && !OMPI_BUILD_CXX_BINDINGS
#error skip: Open MPI has no C++ bindings since its version 5
#endif
#include <iostream>
#include <vector>
#include "check.h"

namespace {

int copies, deletes, errors;
char state[] = "state";

void twice_sum(const void *in, void *inout, int len, const MPI::Datatype &type)
{
	const double *a = static_cast<const double *>(in);
	double *b = static_cast<double *>(inout);

	CHECK(type == MPI::DOUBLE);
	for (int i = 0; i < len; i++)
		b[i] += a[i];
}

void greater(const void *in, void *inout, int len, const MPI::Datatype &)
{
	const int *a = static_cast<const int *>(in);
	int *b = static_cast<int *>(inout);

	for (int i = 0; i < len; i++)
		b[i] = a[i] > b[i] ? a[i] : b[i];
}

int copy(const MPI::Comm &, int, void *extra, void *in, void *out, bool &flag)
{
	CHECK(extra == state);
	*static_cast<void **>(out) = in;
	flag = true;
	copies++;
	return MPI::SUCCESS;
}

int remove(MPI::Comm &, int, void *, void *extra)
{
	CHECK(extra == state);
	deletes++;
	return MPI::SUCCESS;
}

void handler(MPI::Comm &comm, int *code, ...)
{
	CHECK_EQ(comm.Get_size(), check.size);
	CHECK_EQ(MPI::Get_error_class(*code), MPI::ERR_RANK);
	errors++;
}

void ops(const MPI::Op &sum, const MPI::Op &max)
{
	double d[3] = { 1, 2, double(check.rank) }, got[3];
	int n = check.rank * 7, most;

	MPI::COMM_WORLD.Allreduce(d, got, 3, MPI::DOUBLE, sum);
	CHECK(got[0] == check.size && got[1] == 2 * check.size);
	CHECK(got[2] == check.size * (check.size - 1) / 2);
	MPI::COMM_WORLD.Allreduce(&n, &most, 1, MPI::INT, max);
	CHECK_EQ(most, 7 * (check.size - 1));
}

void messages()
{
	int to = (check.rank + 1) % check.size;
	int from = (check.rank + check.size - 1) % check.size;
	MPI::Datatype column = MPI::INT.Create_vector(4, 1, 3);
	std::vector<int> a(12, check.rank), b(4);
	MPI::Request r[2];
	MPI::Status s[2], one;

	column.Commit();
	r[0] = MPI::COMM_WORLD.Irecv(b.data(), 4, MPI::INT, MPI::ANY_SOURCE, 5);
	r[1] = MPI::COMM_WORLD.Isend(a.data(), 1, column, to, 5);
	MPI::Request::Waitall(2, r, s);
	CHECK_EQ(s[0].Get_source(), from);
	CHECK_EQ(s[0].Get_count(MPI::INT), 4);
	CHECK_EQ(b[3], from);
	MPI::COMM_WORLD.Sendrecv_replace(b.data(), 4, MPI::INT, to, 6, from, 6,
					 one);
	CHECK_EQ(one.Get_tag(), 6);
	column.Free();
}

void communicators(const MPI::Intracomm &kept, int key)
{
	int had = copies, gone = deletes;
	MPI::Intracomm c = kept.Dup();
	const int dims[1] = { check.size };
	const bool periods[1] = { true };
	MPI::Cartcomm cart = kept.Create_cart(1, dims, periods, false);
	MPI::Intracomm half = kept.Split(check.rank % 2, 0);
	void *value = nullptr;
	int before, after;

	CHECK_EQ(copies, had + 1);
	CHECK(c.Get_attr(key, &value) && value == &copies);
	cart.Shift(0, 1, before, after);
	CHECK_EQ(after, (check.rank + 1) % check.size);
	CHECK_EQ(half.Get_rank(), check.rank / 2);
	c.Free();
	cart.Free();
	half.Free();
	CHECK_EQ(deletes, gone + 1);
}

void error(const MPI::Intracomm &kept)
{
	int had = errors;

	try {
		kept.Send(&had, 1, MPI::INT, check.size + 3, 0);
	} catch (MPI::Exception &e) {
		CHECK(!"the handler is not one that throws");
	}
	CHECK_EQ(errors, had + 1);
}

} // namespace

int main(int argc, char **argv)
{
	MPI::Init(argc, argv);
	check_world(argc, argv);
	MPI::Intracomm kept = MPI::COMM_WORLD.Dup();
	MPI::Errhandler h = MPI::Comm::Create_errhandler(handler);
	MPI::Op sum, max;
	int key = MPI::Comm::Create_keyval(copy, remove, state);

	sum.Init(twice_sum, true);
	max.Init(greater, true);
	kept.Set_errhandler(h);
	kept.Set_attr(key, &copies);
	while (check_more()) {
		ops(sum, max);
		messages();
		communicators(kept, key);
		error(kept);
	}
	kept.Free();
	sum.Free();
	max.Free();
	h.Free();
	MPI::COMM_WORLD.Barrier();
	if (check.rank == 0)
		std::cout << "PASSED" << std::endl;
	MPI::Finalize();
	return 0;
}
