/* SPDX-License-Identifier: MIT */
/* info.c - info objects keep their keys, values and order */
/* test: ranks=2 */
#include <mpi.h>
#include "check.h"

static void expect(MPI_Info info, const char *key, const char *want)
{
	char value[MPI_MAX_INFO_VAL];
	int flag, len;

	MPI_Info_get(info, key, sizeof(value) - 1, value, &flag);
	CHECK_EQ(flag, want != NULL);
	if (!flag)
		return;
	CHECK_EQ(strcmp(value, want), 0);
	MPI_Info_get_valuelen(info, key, &len, &flag);
	CHECK(flag);
	CHECK_EQ(len, strlen(want));
}

static void keys(MPI_Info info, int count)
{
	char key[MPI_MAX_INFO_KEY], want[32];
	int n, i;

	MPI_Info_get_nkeys(info, &n);
	CHECK_EQ(n, count);
	for (i = 0; i < n; i++) {
		MPI_Info_get_nthkey(info, i, key);
		snprintf(want, sizeof(want), "key%d", i);
		CHECK_EQ(strcmp(key, want), 0);
	}
}

/* MPI_INFO_ENV says how the program was started; MPICH's says nothing. */
static void started(MPI_Info then, const char *program)
{
	char key[MPI_MAX_INFO_KEY + 1], value[MPI_MAX_INFO_VAL + 1];
	int i, n, was, flag;

	MPI_Info_get_nkeys(MPI_INFO_ENV, &n);
	MPI_Info_get_nkeys(then, &was);
	CHECK_EQ(n, was);
	for (i = 0; i < n; i++) {
		MPI_Info_get_nthkey(MPI_INFO_ENV, i, key);
		MPI_Info_get(MPI_INFO_ENV, key, MPI_MAX_INFO_VAL, value, &flag);
		expect(then, key, value);
		if (!strcmp(key, "command"))
			CHECK(strstr(program, value) || strstr(value, program));
	}
}

int main(int argc, char **argv)
{
	MPI_Info info, copy, env;
	char key[32], value[64];
	int i;

	check_start(argc, argv);
	MPI_Info_dup(MPI_INFO_ENV, &env);
	while (check_more()) {
		started(env, argv[0]);
		MPI_Info_create(&info);
		for (i = 0; i < 10; i++) {
			snprintf(key, sizeof(key), "key%d", i);
			snprintf(value, sizeof(value), "%ld-%d", check.round,
				 i);
			MPI_Info_set(info, key, value);
		}
		MPI_Info_dup(info, &copy);
		check_sleep(check.round % 8 ? 0 : 0.1);
		MPI_Info_set(info, "key9", "changed");
		expect(info, "key9", "changed");
		expect(copy, "key9", value);
		expect(copy, "key10", NULL);
		keys(copy, 10);
		MPI_Info_delete(info, "key9");
		expect(info, "key9", NULL);
		keys(info, 9);
		MPI_Info_free(&info);
		MPI_Info_free(&copy);
		CHECK(info == MPI_INFO_NULL);
	}
	MPI_Info_free(&env);
	return check_pass();
}
