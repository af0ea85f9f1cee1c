/* SPDX-License-Identifier: MIT */
/* finalize_attr.c - attributes that MPI_Finalize deletes, on one rank only
 *
 * MPI_COMM_SELF's, newest first, then MPI_COMM_WORLD's, which Open MPI 6
 * leaves; MPICH has those of predefined datatypes as well. The callbacks of
 * MPI_COMM_SELF use MPI; what they add is left alone, as are duplicates and the
 * program's own datatypes. The process goes on without MPI.
 */
/* test: ranks=2 */
#include <mpi.h>
#include "check.h"

#if defined(OPEN_MPI) && OMPI_MAJOR_VERSION >= 6
#define WANTED "S0 s2 s1 "
#elif defined(                                                                 \
	OPEN_MPI) /* a new value is newer than the others', MPI has ended */
#define WANTED "S0 s2 s1 W2 W1 W0 "
#else
#define WANTED "s2 s1 S0 w2 w1 w0 int "
#endif

static char order[100];
static int key[3], later;

static int at_end(MPI_Comm c, int k, void *value, void *extra)
{
	int finalized, self = 0, sum = 0, one = 1;
	char *text = value;

	(void)k, (void)extra;
	MPI_Finalized(&finalized);
	if (text[0] == 's' || text[0] == 'S') {
		MPI_Comm_compare(c, MPI_COMM_SELF, &self);
		CHECK_EQ(self, MPI_IDENT);
		CHECK_EQ(finalized, 0);
		MPI_Allreduce(&one, &sum, 1, MPI_INT, MPI_SUM, c);
		CHECK_EQ(sum, 1);
		if (text[0] == 'S')
			MPI_Comm_set_attr(c, later, "x");
	}
	strcat(order, finalized && text[0] == 'w' ? "W" : "");
	strcat(order, text + (finalized && text[0] == 'w'));
	strcat(order, " ");
	return MPI_SUCCESS;
}

static int at_end_type(MPI_Datatype t, int k, void *value, void *extra)
{
	(void)t, (void)k, (void)extra;
	strcat(order, value);
	strcat(order, " ");
	return MPI_SUCCESS;
}

static void attributes(void)
{
	MPI_Datatype own;
	MPI_Comm dup;
	int i, type_key;

	for (i = 0; i < 3; i++)
		MPI_Comm_create_keyval(MPI_COMM_NULL_COPY_FN, at_end, &key[i],
				       NULL);
	MPI_Comm_create_keyval(MPI_COMM_NULL_COPY_FN, at_end, &later, NULL);
	MPI_Type_create_keyval(MPI_TYPE_NULL_COPY_FN, at_end_type, &type_key,
			       NULL);
	MPI_Comm_set_attr(MPI_COMM_WORLD, key[1], "w0");
	MPI_Comm_set_attr(MPI_COMM_SELF, key[0], "s0");
	MPI_Comm_set_attr(MPI_COMM_SELF, key[2], "s1");
	MPI_Comm_set_attr(MPI_COMM_WORLD, key[0], "w1");
	MPI_Comm_set_attr(MPI_COMM_SELF, key[1], "s2");
	MPI_Comm_set_attr(MPI_COMM_WORLD, key[2], "w2");
	MPI_Comm_set_attr(MPI_COMM_SELF, key[0], "S0");
	CHECK_EQ(strcmp(order, "s0 "), 0);
	order[0] = 0;
	MPI_Comm_free_keyval(&key[1]);
	MPI_Type_contiguous(3, MPI_INT, &own);
	MPI_Type_set_attr(own, type_key, "own");
	MPI_Type_set_attr(MPI_INT, type_key, "int");
	MPI_Comm_dup(MPI_COMM_SELF, &dup);
	MPI_Comm_set_attr(dup, key[0], "dup");
}

int main(int argc, char **argv)
{
	check_start(argc, argv);
	if (check.rank == 0)
		attributes();
	check_sleep(check.limit / 2);
	MPI_Barrier(MPI_COMM_WORLD);
	MPI_Finalize();
	if (strcmp(order, check.rank == 0 ? WANTED : "")) {
		fprintf(stderr, "rank %d: deleted %s\n", check.rank, order);
		return 1;
	}
	check_sleep(check.limit / 2);
	if (check.rank == 0)
		puts("PASSED");
	return 0;
}
