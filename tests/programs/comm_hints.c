/* SPDX-License-Identifier: MIT */
/* comm_hints.c - infos of communicators: what the library takes, it still has
 *
 * What it says of each kind of communicator stays the same (over a restart with
 * the same library), a second set adds to the first, duplicates have none.
 */
/* test: ranks=2 */
#include <mpi.h>
#include "check.h"

enum { KINDS = 6, TEXT = 4000 };

static MPI_Comm comms[KINDS];
static char first[KINDS][TEXT];
static char library[MPI_MAX_LIBRARY_VERSION_STRING];

static MPI_Info info_of(const char *key, const char *value)
{
	MPI_Info info;

	MPI_Info_create(&info);
	MPI_Info_set(info, "no_such_hint", "1");
	MPI_Info_set(info, key, value);
	return info;
}

/* All keys and values, in the library's order. */
static void show(MPI_Comm c, char *text)
{
	char key[MPI_MAX_INFO_KEY + 1], value[MPI_MAX_INFO_VAL + 1];
	MPI_Info info;
	int i, n, flag;

	MPI_Comm_get_info(c, &info);
	MPI_Info_get_nkeys(info, &n);
	text[0] = 0;
	for (i = 0; i < n; i++) {
		MPI_Info_get_nthkey(info, i, key);
		MPI_Info_get(info, key, MPI_MAX_INFO_VAL, value, &flag);
		CHECK(strlen(text) + strlen(key) + strlen(value) + 3 < TEXT);
		sprintf(text + strlen(text), "%s=%s ", key, value);
	}
	MPI_Info_free(&info);
}

static void make(void)
{
	MPI_Info a = info_of("mpi_assert_exact_length", "true");
	MPI_Info b = info_of("mpi_assert_no_any_tag", "true");
	int self = check.rank;

	comms[0] = MPI_COMM_WORLD;
	MPI_Comm_dup(MPI_COMM_WORLD, &comms[1]);
	MPI_Comm_dup_with_info(MPI_COMM_WORLD, a, &comms[2]);
	MPI_Comm_split_type(MPI_COMM_WORLD, MPI_COMM_TYPE_SHARED, 0, a,
			    &comms[3]);
	MPI_Dist_graph_create_adjacent(MPI_COMM_WORLD, 1, &self, MPI_UNWEIGHTED,
				       1, &self, MPI_UNWEIGHTED, a, 0,
				       &comms[4]);
	comms[5] = MPI_COMM_SELF;
	MPI_Comm_set_info(comms[1], a);
	MPI_Comm_set_info(comms[1], b);
	MPI_Comm_set_info(comms[0], b);
	MPI_Comm_set_info(comms[5], a);
	MPI_Comm_set_info(comms[2], b);
	MPI_Info_free(&a);
	MPI_Info_free(&b);
}

static int same_library(void)
{
	return !strcmp(check_library(), library);
}

static void dup_has_none(void)
{
	static char text[TEXT];
	MPI_Comm c;

	MPI_Comm_dup(comms[2], &c);
	show(c, text);
	CHECK(!strstr(text, "no_such_hint"));
	CHECK(!strstr(text, "exact_length=true"));
	MPI_Comm_free(&c);
}

/* MPICH 5.0 may find no node that all share, natively too. */
static int members(int i)
{
#if defined(MPICH_NUMVERSION) && MPICH_NUMVERSION >= 50000000
	int n;

	MPI_Comm_size(comms[i], &n);
	if (i == 3 && n == 1)
		return 1;
#endif
	return comms[i] == MPI_COMM_SELF ? 1 : 2;
}

int main(int argc, char **argv)
{
	static char text[TEXT];
	int i, sum, one = 1, same;

	check_start(argc, argv);
	make();
	do { /* until the first look is of one library */
		MPI_Get_library_version(library, &i);
		for (i = 0; i < KINDS; i++)
			show(comms[i], first[i]);
	} while (!same_library());
	if (strstr(library, "MPICH")) {
		for (i = 0; i < KINDS; i++)
			CHECK(!strstr(first[i], "no_such_hint"));
		CHECK(strstr(first[1], "exact_length=true"));
		CHECK(strstr(first[1], "no_any_tag=true"));
	}
	while (check_more()) {
		for (i = 0; i < KINDS; i++) {
			same = same_library();
			show(comms[i], text);
			/* A restart may have been in between. */
			CHECK(!same || !same_library() ||
			      !strcmp(text, first[i]));
			MPI_Allreduce(&one, &sum, 1, MPI_INT, MPI_SUM,
				      comms[i]);
			CHECK_EQ(sum, members(i));
		}
		dup_has_none();
	}
	return check_pass();
}
