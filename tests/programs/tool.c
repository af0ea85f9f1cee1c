/* SPDX-License-Identifier: MIT */
/* tool.c - MPI_T: initialized twice, a variable that was written, enumerations
 *
 * Handles live within a round only. After a restart with the other library its
 * variables are others, and the enumeration is gone.
 */
/* test: ranks=2 ckpt=may */
#include <mpi.h>
#include "check.h"

enum { TEXT = 256 };

static char written[TEXT], library[MPI_MAX_LIBRARY_VERSION_STRING];
static int value;
static MPI_T_enum items;
static char items_name[TEXT];

static int same_library(void)
{
	return !strcmp(check_library(), library);
}

struct info {
	char name[TEXT];
	int verbosity, bind, scope;
	MPI_Datatype type;
	MPI_T_enum items;
};

static int info_of(int i, struct info *v)
{
	int name = TEXT, desc = 0;

	return MPI_T_cvar_get_info(i, v->name, &name, &v->verbosity, &v->type,
				   &v->items, NULL, &desc, &v->bind, &v->scope);
}

static int read_int(int index)
{
	MPI_T_cvar_handle h;
	int n, got = -1;

	MPI_T_cvar_handle_alloc(index, NULL, &h, &n);
	MPI_T_cvar_read(h, &got);
	MPI_T_cvar_handle_free(&h);
	CHECK(h == MPI_T_CVAR_HANDLE_NULL);
	return got;
}

/* What lies below here on the stack is gone, and something else is there. */
static __attribute__((noinline)) void use_stack(void)
{
	static unsigned char with = 0x5a;
	volatile char below[256 * 1024];
	size_t i;

	with++;
	for (i = 0; i < sizeof(below); i++)
		below[i] = with;
}

/* Open MPI 5 keeps mpi_ft_verbose in a frame that its start has left. */
static int lasts(int index)
{
	int before = read_int(index);

	use_stack();
	return read_int(index) == before;
}

/* The first that takes a value. */
static int try_write(int index)
{
	MPI_T_cvar_handle h;
	int n, rc, old;

	MPI_T_cvar_handle_alloc(index, NULL, &h, &n);
	MPI_T_cvar_read(h, &old);
	value = old + 1;
	rc = n == 1 ? MPI_T_cvar_write(h, &value) : MPI_ERR_COUNT;
	MPI_T_cvar_handle_free(&h);
	return rc == MPI_SUCCESS && read_int(index) == value;
}

static void find(void)
{
	struct info v;
	int i, n, len, m;

	MPI_T_cvar_get_num(&n);
	CHECK(n > 10);
	for (i = 0; i < n; i++) {
		if (info_of(i, &v) != MPI_SUCCESS ||
		    v.bind != MPI_T_BIND_NO_OBJECT)
			continue;
		if (items == MPI_T_ENUM_NULL && v.items != MPI_T_ENUM_NULL) {
			items = v.items;
			len = TEXT;
			MPI_T_enum_get_info(items, &m, items_name, &len);
		}
		if (!written[0] && v.type == MPI_INT &&
		    v.items == MPI_T_ENUM_NULL &&
		    v.scope >= MPI_T_SCOPE_LOCAL && lasts(i) && try_write(i))
			strcpy(written, v.name);
	}
	CHECK(written[0]);
}

/* Variables of one communicator, or of none. */
static void pvars(void)
{
	int i, n, m, name, desc, verbosity, class, bind, ro, cont, atomic, rc;
	MPI_Comm world = MPI_COMM_WORLD;
	MPI_T_pvar_session s;
	MPI_T_pvar_handle h;
	MPI_Datatype type;
	MPI_T_enum e;

	MPI_T_pvar_session_create(&s);
	MPI_T_pvar_get_num(&n);
	for (i = 0; i < n; i++) {
		name = desc = 0;
		if (MPI_T_pvar_get_info(i, NULL, &name, &verbosity, &class,
					&type, &e, NULL, &desc, &bind, &ro,
					&cont, &atomic) ||
		    bind != MPI_T_BIND_MPI_COMM)
			continue;
		rc = MPI_T_pvar_handle_alloc(s, i, &world, &h, &m);
#if defined(OMPI_MAJOR_VERSION) && OMPI_MAJOR_VERSION >= 6
		if (rc == MPI_T_ERR_INVALID_HANDLE) /* natively, always */
			continue;
#endif
		CHECK_EQ(rc, MPI_SUCCESS);
		CHECK_EQ(m, check.size);
		MPI_T_pvar_start(s, h);
		if (check.round % 2)
			MPI_T_pvar_handle_free(s, &h);
	}
	MPI_T_pvar_session_free(&s);
	CHECK(s == MPI_T_PVAR_SESSION_NULL);
}

static void look(void)
{
	int index, n, len = TEXT, rc;
	char name[TEXT];

	MPI_T_cvar_get_num(&n);
	CHECK(n > 10);
	if (!same_library())
		return;
	CHECK_EQ(MPI_T_cvar_get_index(written, &index), MPI_SUCCESS);
	CHECK_EQ(read_int(index), value);
	if (items == MPI_T_ENUM_NULL)
		return;
	rc = MPI_T_enum_get_info(items, &n, name, &len);
	CHECK_EQ(rc, MPI_SUCCESS);
	CHECK_EQ(strcmp(name, items_name), 0);
}

/* MPI_Init of MPICH 5 initializes MPI_T as well. */
static int init_has_tool(void)
{
	int n;

	return sscanf(check_library(), "MPICH Version: %d", &n) == 1 && n >= 5;
}

int main(int argc, char **argv)
{
	int provided, n;

	MPI_T_init_thread(MPI_THREAD_SINGLE, &provided);
	check_start(argc, argv);
	MPI_T_init_thread(MPI_THREAD_SINGLE, &provided);
	MPI_Get_library_version(library, &n);
	find();
	while (check_more()) {
		look();
		pvars();
		check_sleep(0.05);
	}
	CHECK_EQ(MPI_T_finalize(), MPI_SUCCESS);
	CHECK_EQ(MPI_T_cvar_get_num(&n), MPI_SUCCESS);
	CHECK_EQ(MPI_T_finalize(), MPI_SUCCESS);
	CHECK_EQ(MPI_T_cvar_get_num(&n),
		 init_has_tool() ? MPI_SUCCESS : MPI_T_ERR_NOT_INITIALIZED);
	return check_pass();
}
