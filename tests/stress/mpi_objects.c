/* SPDX-License-Identifier: MIT */
/*
 * mpi_objects.c - several threads set, get and delete what belongs to one
 * object: attributes, names, error handlers, keys of infos; and error classes
 *
 * Here and not among the programs, which run natively too: MPICH 4.0.2 loses
 * attributes that threads set, Open MPI 4.1.4 deletes values twice.
 */
/* test: ranks=2 mpi=mpich,openmpi threads=5 */
#include <mpi.h>
#include "stress.h"

enum { THREADS = 4, VALUES = 64, CLASSES = 4 };

static MPI_Datatype type;
static MPI_Info info;
static int kept, shared; /* keyvals: nobody deletes it; all do */
static int values[THREADS][VALUES];

/* Each value is deleted once. */
static int on_delete(MPI_Datatype t, int key, void *value, void *extra)
{
	(void)t;
	(void)key;
	(void)extra;
	CHECK_EQ(__atomic_exchange_n((int *)value, 0, __ATOMIC_ACQ_REL), 1);
	return MPI_SUCCESS;
}

static void on_error(MPI_Comm *c, int *code, ...)
{
	(void)c;
	(void)code;
}

static void own_keyvals(void)
{
	int on_comm, on_type, flag;
	void *v;
	long i;

	MPI_Comm_create_keyval(MPI_COMM_NULL_COPY_FN, MPI_COMM_NULL_DELETE_FN,
			       &on_comm, NULL);
	MPI_Type_create_keyval(MPI_TYPE_NULL_COPY_FN, MPI_TYPE_NULL_DELETE_FN,
			       &on_type, NULL);
	for (i = 1; i < 10; i++) {
		MPI_Comm_set_attr(MPI_COMM_WORLD, on_comm, (void *)i);
		MPI_Type_set_attr(type, on_type, (void *)i);
		MPI_Comm_get_attr(MPI_COMM_WORLD, on_comm, &v, &flag);
		CHECK(flag && (long)v == i);
		MPI_Type_get_attr(type, on_type, &v, &flag);
		CHECK(flag && (long)v == i);
	}
	MPI_Comm_delete_attr(MPI_COMM_WORLD, on_comm);
	MPI_Type_delete_attr(type, on_type);
	MPI_Comm_get_attr(MPI_COMM_WORLD, on_comm, &v, &flag);
	CHECK(!flag);
	MPI_Type_get_attr(type, on_type, &v, &flag);
	CHECK(!flag);
	MPI_Comm_free_keyval(&on_comm);
	MPI_Type_free_keyval(&on_type);
}

static void same_keyval(size_t who)
{
	int i;

	for (i = 0; i < VALUES; i++) {
		if (__atomic_exchange_n(&values[who][i], 1, __ATOMIC_ACQ_REL))
			continue; /* it is set now */
		MPI_Type_set_attr(type, shared, &values[who][i]);
		if (i % 8 == 7) /* Open MPI: an error when there is none */
			MPI_Type_delete_attr(type, shared);
	}
}

/* The attribute that stays is on each copy. */
static void copies(void)
{
	MPI_Datatype t;
	void *v;
	int flag;

	MPI_Type_dup(type, &t);
	MPI_Type_get_attr(t, kept, &v, &flag);
	CHECK(flag && v == &type);
	MPI_Type_free(&t);
}

static void names(size_t who)
{
	static const char *const either[] = { "first", "other" };
	char name[MPI_MAX_OBJECT_NAME];
	int len;

	MPI_Type_set_name(type, either[who % 2]);
	MPI_Type_get_name(type, name, &len);
	CHECK_EQ(len, 5);
	CHECK(!strcmp(name, either[0]) || !strcmp(name, either[1]));
}

static void infos(size_t who)
{
	char key[16], value[16], got[16];
	MPI_Info copy;
	int i, flag;

	snprintf(key, sizeof(key), "key%zu", who);
	for (i = 0; i < 5; i++) {
		snprintf(value, sizeof(value), "%d", i);
		MPI_Info_set(info, key, value);
		MPI_Info_get(info, key, 15, got, &flag);
		CHECK(flag && !strcmp(got, value));
	}
	MPI_Info_dup(info, &copy);
	MPI_Info_get(copy, key, 15, got, &flag);
	CHECK(flag && !strcmp(got, value));
	MPI_Info_free(&copy);
	MPI_Info_delete(info, key);
	MPI_Info_get(info, key, 15, got, &flag);
	CHECK(!flag);
}

static void handlers(void)
{
	MPI_Errhandler h, had;

	MPI_Comm_create_errhandler(on_error, &h);
	MPI_Comm_set_errhandler(MPI_COMM_SELF, h);
	MPI_Comm_get_errhandler(MPI_COMM_SELF, &had);
	CHECK(had != MPI_ERRHANDLER_NULL);
	MPI_Errhandler_free(&had);
	MPI_Errhandler_free(&h);
}

/* The library has room for few. */
static void classes(int *class, size_t who)
{
	char text[MPI_MAX_ERROR_STRING], want[16];
	int i, code, got;

	snprintf(want, sizeof(want), "of thread %zu", who);
	for (i = 0; i < CLASSES; i++) {
		if (!class[i]) {
			MPI_Add_error_class(&class[i]);
			MPI_Add_error_string(class[i], want);
			MPI_Add_error_code(class[i], &code);
			MPI_Error_class(code, &got);
			CHECK_EQ(got, class[i]);
		}
		MPI_Error_string(class[i], text, &got);
		CHECK(!strcmp(text, want));
	}
}

static void *work(void *arg)
{
	int class[CLASSES] = { 0 };
	size_t who = (size_t)arg;

	stress_schedule(who);
	while (!stress_over) {
		own_keyvals();
		same_keyval(who);
		copies();
		names(who);
		infos(who);
		handlers();
		classes(class, who);
		usleep(100);
	}
	return NULL;
}

/* Meanwhile the communicator whose attributes they set is duplicated. */
static void duplicate(int key)
{
	MPI_Comm c;
	void *v;
	int flag;

	MPI_Comm_dup(MPI_COMM_WORLD, &c);
	MPI_Comm_get_attr(c, key, &v, &flag);
	CHECK(flag && v == &type);
	MPI_Comm_free(&c);
}

int main(int argc, char **argv)
{
	pthread_t t[THREADS];
	size_t i, live = 0;
	int key;

	check_start_thread(argc, argv, MPI_THREAD_MULTIPLE);
	stress_args(argc, argv);
	MPI_Comm_set_errhandler(MPI_COMM_WORLD, MPI_ERRORS_RETURN);
	MPI_Type_contiguous(4, MPI_INT, &type);
	MPI_Info_create(&info);
	MPI_Comm_create_keyval(MPI_COMM_DUP_FN, MPI_COMM_NULL_DELETE_FN, &key,
			       NULL);
	MPI_Comm_set_attr(MPI_COMM_WORLD, key, &type);
	MPI_Type_create_keyval(MPI_TYPE_DUP_FN, MPI_TYPE_NULL_DELETE_FN, &kept,
			       NULL);
	MPI_Type_set_attr(type, kept, &type);
	MPI_Type_create_keyval(MPI_TYPE_NULL_COPY_FN, on_delete, &shared, NULL);
	for (i = 0; i < THREADS; i++)
		t[i] = stress_start(work, i);
	while (check_more())
		duplicate(key);
	stress_over = 1;
	for (i = 0; i < THREADS; i++)
		stress_join(t[i]);
	MPI_Type_delete_attr(type, shared);
	for (i = 0; i < THREADS * VALUES; i++)
		live += values[i / VALUES][i % VALUES];
	CHECK_EQ(live, 0);
	MPI_Type_free(&type);
	MPI_Info_free(&info);
	return check_pass();
}
