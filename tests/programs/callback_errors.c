/* SPDX-License-Identifier: MIT */
/* callback_errors.c - what attributes' and generalized requests' functions
 * return; -1000 and -2013 are codes as good as others */
/* test: ranks=2 */
#include <mpi.h>
#include "check.h"

static int code, told, failing, freed;

static void tell(MPI_Comm *c, int *rc, ...)
{
	(void)c, (void)rc;
	told++;
}

static int copy(MPI_Comm c, int key, void *extra, void *in, void *out,
		int *flag)
{
	(void)c, (void)key, (void)extra;
	*(void **)out = in;
	*flag = 1;
	return code;
}

static int forget(MPI_Comm c, int key, void *value, void *extra)
{
	(void)c, (void)key, (void)value, (void)extra;
	return code;
}

static int forget_type(MPI_Datatype t, int key, void *value, void *extra)
{
	(void)t, (void)key, (void)value, (void)extra;
	freed++;
	return code;
}

static int query(void *extra, MPI_Status *s)
{
	(void)extra;
	MPI_Status_set_elements(s, MPI_INT, 3);
	MPI_Status_set_cancelled(s, 0);
	s->MPI_SOURCE = s->MPI_TAG = 5;
	return failing == 'q' ? code : MPI_SUCCESS;
}

static int done(void *extra)
{
	(void)extra;
	freed++;
	return MPI_SUCCESS;
}

static int cancel(void *extra, int complete)
{
	(void)extra, (void)complete;
	return failing == 'c' ? code : MPI_SUCCESS;
}

/* Negative codes are Open MPI's own: it makes others of them. */
static int as_given(int rc)
{
	return code < 0 ? rc != MPI_SUCCESS : rc == code;
}

static void attributes(MPI_Comm base)
{
	MPI_Comm made, left;
	MPI_Datatype type;
	int key, type_key, flag;
	void *value;

	MPI_Comm_create_keyval(copy, forget, &key, NULL);
	MPI_Comm_set_attr(base, key, &code);
	told = 0;
	CHECK(as_given(MPI_Comm_dup(base, &made)));
	CHECK(made == MPI_COMM_NULL);
	CHECK_EQ(told, 1);
	flag = code;
	code = MPI_SUCCESS;
	MPI_Comm_dup(base, &made);
	if (check.round % 8 == 0)
		check_sleep(0.1);
	code = flag;
	left = made;
	CHECK(as_given(MPI_Comm_free(&made)));
	CHECK(made == left);
	MPI_Comm_get_attr(made, key, &value, &flag);
	if (!flag) /* MPICH takes it away all the same */
		MPI_Comm_set_attr(made, key, &code);
	CHECK(MPI_Comm_delete_attr(made, key) != MPI_SUCCESS);
	CHECK(MPI_Comm_set_attr(made, key, NULL) != MPI_SUCCESS);
	MPI_Comm_get_attr(made, key, &value, &flag);
	CHECK(flag && value == &code);
	MPI_Type_dup(MPI_INT, &type);
	MPI_Type_create_keyval(MPI_TYPE_NULL_COPY_FN, forget_type, &type_key,
			       NULL);
	MPI_Type_set_attr(type, type_key, &code);
	freed = 0;
	CHECK_EQ(MPI_Type_free(&type), MPI_SUCCESS); /* nobody looks */
	CHECK_EQ(freed, 1);
	code = MPI_SUCCESS;
	MPI_Comm_free(&made);
	MPI_Comm_delete_attr(base, key);
	MPI_Comm_free_keyval(&key);
	MPI_Type_free_keyval(&type_key);
}

static MPI_Request started(void)
{
	MPI_Request r;

	MPI_Grequest_start(query, done, cancel, NULL, &r);
	return r;
}

static void requests(void)
{
	MPI_Request r[2] = { MPI_REQUEST_NULL, started() };
	MPI_Status s[2];
	int n, class;

	if (check.round % 8 == 0)
		check_sleep(0.1);
	failing = 'c';
	told = 0;
	CHECK(as_given(MPI_Cancel(&r[1])));
	CHECK_EQ(told, 1);
	failing = 'q';
	MPI_Grequest_complete(r[1]);
	told = freed = 0;
	CHECK(as_given(MPI_Wait(&r[1], &s[1])));
	CHECK(r[1] == MPI_REQUEST_NULL);
	CHECK_EQ(told, 1);
	CHECK_EQ(freed, 1);
	MPI_Get_count(&s[1], MPI_INT, &n);
	CHECK_EQ(n, 3);
	r[1] = started();
	MPI_Grequest_complete(r[1]);
	MPI_Error_class(MPI_Waitall(2, r, s), &class);
	CHECK_EQ(class, MPI_ERR_IN_STATUS);
#ifdef OPEN_MPI
	CHECK(as_given(s[1].MPI_ERROR));
#else /* an error of MPICH's own (docs/limits.md) */
	CHECK(s[1].MPI_ERROR != MPI_SUCCESS);
#endif
	CHECK(r[1] == MPI_REQUEST_NULL);
	CHECK_EQ(freed, 2);
}

int main(int argc, char **argv)
{
	static const int codes[] = { MPI_ERR_OTHER, 7777, -1000, -2013 };
	MPI_Errhandler mine;
	MPI_Comm base;

	check_start(argc, argv);
	MPI_Comm_create_errhandler(tell, &mine);
	MPI_Comm_set_errhandler(MPI_COMM_WORLD, mine);
	MPI_Comm_dup(MPI_COMM_WORLD, &base);
	while (check_more() && check.round < 500) { /* dups leave something */
		code = codes[check.round % 4];
		attributes(base);
		code = codes[check.round % 4];
		requests();
	}
	MPI_Comm_free(&base);
	MPI_Errhandler_free(&mine);
	return check_pass();
}
