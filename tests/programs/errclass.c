/* SPDX-License-Identifier: MIT */
/* errclass.c - error classes, codes and strings, standard and added */
/* test: ranks=2 */
#include <limits.h>
#include <mpi.h>
#include "check.h"

static void standard(void)
{
	static const int classes[] = { MPI_ERR_BUFFER,	 MPI_ERR_COUNT,
				       MPI_ERR_TYPE,	 MPI_ERR_TAG,
				       MPI_ERR_COMM,	 MPI_ERR_RANK,
				       MPI_ERR_TRUNCATE, MPI_ERR_OTHER,
				       MPI_ERR_INTERN,	 MPI_ERR_IN_STATUS,
				       MPI_ERR_WIN };
	char text[MPI_MAX_ERROR_STRING];
	int len, class;
	size_t i;

	for (i = 0; i < sizeof(classes) / sizeof(classes[0]); i++) {
		MPI_Error_class(classes[i], &class);
		CHECK_EQ(class, classes[i]);
		MPI_Error_string(classes[i], text, &len);
		CHECK(len > 0 && (size_t)len == strlen(text));
	}
}

/* Negative ones without a meaning, the most negative too, stay so. */
static void negative(void)
{
	static const int numbers[] = { -50, -1000001, INT_MIN + 7, INT_MIN };
	int class, x = 0;
	size_t i;

	for (i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++) {
		MPI_Error_class(
			MPI_Send(&x, 1, MPI_INT, 0, numbers[i], MPI_COMM_WORLD),
			&class);
		CHECK_EQ(class, MPI_ERR_TAG);
		MPI_Error_class(
			MPI_Send(&x, 1, MPI_INT, numbers[i], 0, MPI_COMM_WORLD),
			&class);
		CHECK_EQ(class, MPI_ERR_RANK);
	}
}

/* Which is no status. */
static void ignored(void)
{
	MPI_Fint f[64];
	MPI_Status s;

	CHECK(MPI_Status_c2f(MPI_STATUS_IGNORE, f) != MPI_SUCCESS);
	CHECK(MPI_Status_c2f(MPI_STATUSES_IGNORE, f) != MPI_SUCCESS);
	CHECK(MPI_Status_f2c(MPI_F_STATUS_IGNORE, &s) != MPI_SUCCESS);
	CHECK(MPI_Status_f2c(MPI_F_STATUSES_IGNORE, &s) != MPI_SUCCESS);
}

static void added(int class, int code)
{
	char text[MPI_MAX_ERROR_STRING];
	int len, got;

	MPI_Error_class(code, &got);
	CHECK_EQ(got, class);
	MPI_Error_string(class, text, &len);
	CHECK_EQ(strcmp(text, "my class"), 0);
	MPI_Error_string(code, text, &len);
	CHECK_EQ(strcmp(text, "my code"), 0);
	CHECK_EQ(len, 7);
}

/* What is about no communicator goes to MPI_COMM_WORLD's handler, whatever
 * MPI_COMM_SELF's is. */
static void without_object(void)
{
	int class, none = 123456, far = check.size;
	MPI_Datatype type;
	MPI_Group all, some;

	MPI_Error_class(MPI_Type_contiguous(-1, MPI_INT, &type), &class);
	CHECK_EQ(class, MPI_ERR_COUNT);
	MPI_Comm_group(MPI_COMM_WORLD, &all);
	MPI_Error_class(MPI_Group_incl(all, 1, &far, &some), &class);
	CHECK_EQ(class, MPI_ERR_RANK);
	MPI_Group_free(&all);
	CHECK(MPI_Comm_free_keyval(&none) != MPI_SUCCESS);
}

/* MPICH's codes may be deleted, which makes room for others. Since MPI 4.1 the
 * functions have other names. */
static void deleted(void)
{
#if defined(MPIX_ERR_PROC_FAILED) && MPI_VERSION * 100 + MPI_SUBVERSION < 401
	char text[MPI_MAX_ERROR_STRING];
	int class, code, len, i;

	for (i = 0; i < 1000; i++) {
		MPI_Add_error_class(&class);
		MPI_Add_error_code(class, &code);
		MPI_Add_error_string(code, "for a while");
		if (i == 500 && check.round % 8 == 0)
			check_sleep(0.1);
		MPI_Error_string(code, text, &len);
		CHECK_EQ(strcmp(text, "for a while"), 0);
		CHECK_EQ(MPIX_Delete_error_string(code), MPI_SUCCESS);
		CHECK_EQ(MPIX_Delete_error_code(code), MPI_SUCCESS);
		CHECK_EQ(MPIX_Delete_error_class(class), MPI_SUCCESS);
	}
#endif
}

int main(int argc, char **argv)
{
	int class, code, *last, flag;

	check_start(argc, argv);
	MPI_Add_error_class(&class);
	MPI_Add_error_code(class, &code);
	MPI_Add_error_string(class, "my class");
	MPI_Add_error_string(code, "my code");
	CHECK(class > MPI_ERR_LASTCODE);
	MPI_Comm_set_errhandler(MPI_COMM_WORLD, MPI_ERRORS_RETURN);
	while (check_more()) {
		standard();
		negative();
		ignored();
		without_object();
		deleted();
		added(class, code);
		MPI_Comm_get_attr(MPI_COMM_WORLD, MPI_LASTUSEDCODE, &last,
				  &flag);
		CHECK(flag && *last >= class);
		check_sleep(0.01);
	}
	return check_pass();
}
