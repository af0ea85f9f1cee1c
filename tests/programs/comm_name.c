/* SPDX-License-Identifier: MIT */
/* comm_name.c - names of communicators and datatypes are kept */
/* test: ranks=2,4 */
#include <mpi.h>
#include "check.h"

static void comm_is(MPI_Comm c, const char *want)
{
	char name[MPI_MAX_OBJECT_NAME];
	int len;

	MPI_Comm_get_name(c, name, &len);
	CHECK_EQ(strcmp(name, want), 0);
	CHECK_EQ(strlen(want), len);
}

static void type_is(MPI_Datatype t, const char *want)
{
	char name[MPI_MAX_OBJECT_NAME];
	int len;

	MPI_Type_get_name(t, name, &len);
	CHECK_EQ(strcmp(name, want), 0);
	CHECK_EQ(strlen(want), len);
}

int main(int argc, char **argv)
{
	MPI_Datatype type;
	MPI_Comm c;
	char name[32];

	check_start(argc, argv);
	MPI_Comm_dup(MPI_COMM_WORLD, &c);
	MPI_Type_contiguous(3, MPI_INT, &type);
	comm_is(MPI_COMM_WORLD, "MPI_COMM_WORLD");
	comm_is(MPI_COMM_SELF, "MPI_COMM_SELF");
	type_is(MPI_INT, "MPI_INT");
	type_is(type, "");
	while (check_more()) {
		snprintf(name, sizeof(name), "round %ld", check.round);
		MPI_Comm_set_name(c, name);
		MPI_Type_set_name(type, name);
		if (check.round % 8 == 0)
			check_sleep(0.1);
		comm_is(c, name);
		type_is(type, name);
	}
	MPI_Comm_set_name(MPI_COMM_WORLD, "mine");
	comm_is(MPI_COMM_WORLD, "mine");
	MPI_Type_free(&type);
	MPI_Comm_free(&c);
	return check_pass();
}
