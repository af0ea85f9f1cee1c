/* SPDX-License-Identifier: MIT */
/* attr.c - attributes: predefined ones, copy and delete callbacks */
/* test: ranks=2,4 */
#include <mpi.h>
#include "check.h"

static int copies, deletes, key, plain;
static int state = 77;

static int copy_double(MPI_Comm c, int k, void *extra, void *in, void *out,
		       int *flag)
{
	CHECK(c != MPI_COMM_NULL);
	CHECK_EQ(k, key);
	CHECK(extra == &state);
	copies++;
	*(void **)out = (char *)in + (size_t)in;
	*flag = 1;
	return MPI_SUCCESS;
}

static int count_delete(MPI_Comm c, int k, void *value, void *extra)
{
	CHECK(c != MPI_COMM_NULL);
	CHECK_EQ(k, key);
	CHECK(value != NULL);
	CHECK(extra == &state);
	deletes++;
	return MPI_SUCCESS;
}

static int *predefined(int which)
{
	int *value, flag;

	MPI_Comm_get_attr(MPI_COMM_WORLD, which, &value, &flag);
	CHECK(flag);
	return value;
}

/* A value that is a rank may be one of this MPI's names for others. */
static void named_ranks(void)
{
	int host = *predefined(MPI_HOST), io = *predefined(MPI_IO);

	CHECK(host == MPI_PROC_NULL || (host >= 0 && host < check.size));
	CHECK(io == MPI_ANY_SOURCE || io == MPI_PROC_NULL ||
	      (io >= 0 && io < check.size));
}

/* MPICH lets go of a keyval with its last attribute, freed how often ever. */
static void freed_twice(MPI_Comm base)
{
#ifdef MPICH_VERSION
	int one, other, flag;
	void *value;

	MPI_Comm_create_keyval(MPI_COMM_NULL_COPY_FN, MPI_COMM_NULL_DELETE_FN,
			       &one, NULL);
	other = one;
	MPI_Comm_set_attr(base, one, &state);
	MPI_Comm_free_keyval(&one);
	one = other;
	MPI_Comm_free_keyval(&other);
	CHECK_EQ(other, MPI_KEYVAL_INVALID);
	MPI_Comm_get_attr(base, one, &value, &flag);
	CHECK(flag && value == &state);
	MPI_Comm_delete_attr(base, one);
#else
	(void)base;
#endif
}

static int copy_fails(MPI_Comm c, int k, void *extra, void *in, void *out,
		      int *flag)
{
	(void)c, (void)k, (void)extra, (void)in, (void)out, (void)flag;
	return MPI_ERR_OTHER;
}

/* A duplication that a callback ends gives the null handle. */
static void failed_copy(MPI_Comm base)
{
	MPI_Comm made = base;
	int k;

	MPI_Comm_create_keyval(copy_fails, MPI_COMM_NULL_DELETE_FN, &k, NULL);
	MPI_Comm_set_attr(base, k, &state);
	CHECK(MPI_Comm_dup(base, &made) != MPI_SUCCESS);
	CHECK(made == MPI_COMM_NULL);
	MPI_Comm_delete_attr(base, k);
	MPI_Comm_free_keyval(&k);
}

static void expect(MPI_Comm c, int k, size_t want)
{
	void *value = NULL;
	int flag;

	MPI_Comm_get_attr(c, k, &value, &flag);
	CHECK_EQ(flag, want != 0);
	if (flag)
		CHECK_EQ((size_t)value, want);
}

static void round_of(MPI_Comm base)
{
	size_t mine = (size_t)check.round + 1;
	MPI_Comm copy;

	copies = deletes = 0;
	MPI_Comm_set_attr(base, key, (void *)mine);
	MPI_Comm_set_attr(base, plain, (void *)(mine + 5));
	MPI_Comm_dup(base, &copy);
	CHECK_EQ(copies, 1);
	if (check.round % 8 == 0)
		check_sleep(0.1);
	expect(base, key, mine);
	expect(copy, key, 2 * mine);
	expect(base, plain, mine + 5);
	expect(copy, plain, 0);
	MPI_Comm_set_attr(copy, key, (void *)(3 * mine));
	CHECK_EQ(deletes, 1);
	expect(copy, key, 3 * mine);
	MPI_Comm_free(&copy);
	CHECK_EQ(deletes, 2);
	MPI_Comm_delete_attr(base, key);
	CHECK_EQ(deletes, 3);
	expect(base, key, 0);
	MPI_Comm_delete_attr(base, plain);
}

int main(int argc, char **argv)
{
	MPI_Comm base;

	check_start(argc, argv);
	MPI_Comm_create_keyval(copy_double, count_delete, &key, &state);
	MPI_Comm_create_keyval(MPI_COMM_NULL_COPY_FN, MPI_COMM_NULL_DELETE_FN,
			       &plain, NULL);
	MPI_Comm_dup(MPI_COMM_WORLD, &base);
	MPI_Comm_set_errhandler(base, MPI_ERRORS_RETURN);
	while (check_more()) {
		CHECK(*predefined(MPI_TAG_UB) >= 32767);
		predefined(MPI_WTIME_IS_GLOBAL);
		named_ranks();
		freed_twice(base);
		if (check.round < 4) /* natively each leaves something */
			failed_copy(base);
		round_of(base);
	}
	MPI_Comm_free_keyval(&key);
	CHECK_EQ(key, MPI_KEYVAL_INVALID);
	MPI_Comm_free_keyval(&plain);
	MPI_Comm_free(&base);
	return check_pass();
}
