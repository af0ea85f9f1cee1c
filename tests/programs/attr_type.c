/* SPDX-License-Identifier: MIT */
/* attr_type.c - attributes of datatypes follow a dup, are deleted with it */
/* test: ranks=2 */
#include <mpi.h>
#include "check.h"

static int deleted;

static int on_delete(MPI_Datatype t, int key, void *value, void *extra)
{
	(void)t;
	(void)key;
	CHECK(extra == NULL);
	CHECK_EQ((size_t)value, 4321);
	deleted++;
	return MPI_SUCCESS;
}

int main(int argc, char **argv)
{
	MPI_Datatype type, copy;
	void *value = NULL;
	int key, flag;

	check_start(argc, argv);
	MPI_Type_create_keyval(MPI_TYPE_DUP_FN, on_delete, &key, NULL);
	while (check_more()) {
		deleted = 0;
		MPI_Type_contiguous(4, MPI_INT, &type);
		MPI_Type_set_attr(type, key, (void *)4321);
		MPI_Type_dup(type, &copy);
		if (check.round % 8 == 0)
			check_sleep(0.1);
		MPI_Type_get_attr(copy, key, &value, &flag);
		CHECK_EQ(flag, 1);
		CHECK_EQ((size_t)value, 4321);
		MPI_Type_free(&copy);
		CHECK_EQ(deleted, 1);
		MPI_Type_delete_attr(type, key);
		CHECK_EQ(deleted, 2);
		MPI_Type_get_attr(type, key, &value, &flag);
		CHECK_EQ(flag, 0);
		MPI_Type_free(&type);
		CHECK_EQ(deleted, 2);
	}
	MPI_Type_free_keyval(&key);
	return check_pass();
}
