/* SPDX-License-Identifier: MIT */
/* kinds.c - the rows of kind.h, and what is done by them */
#include <string.h>
#include "harness.h"
#include "mpi-wrappers/back/object/kind.h"

static void test_rows(void)
{
	int k;

	for (k = 1; k < DESC_KINDS; k++) {
		CHECK(kinds[k].name != NULL);
		CHECK(!kinds[k].errhandler == !kinds[k].unset);
		CHECK(!kinds[k].unset_is_world || kinds[k].errhandler);
		CHECK(k >= DESC_T_CVAR || kinds[k].error);
	}
}

/* Whatever kind refuses is named, with what made it. */
static void test_refuse(void)
{
	char why[200], wanted[200];
	struct desc *d;
	int k;

	CHECK(!objects_refuse(why, sizeof(why)));
	for (k = 1; k < DESC_KINDS; k++) {
		if (k == DESC_REQUEST) /* which has a list of its own */
			continue;
		d = desc_make((enum desc_kind)k, 1024, "MPI_Made_by");
		CHECK(d != NULL);
		d->refuse = 1;
		CHECK(objects_refuse(why, sizeof(why)) == 1);
		snprintf(wanted, sizeof(wanted),
			 "%s made by MPI_Made_by cannot be saved yet",
			 kinds[k].name);
		CHECK(!strcmp(why, wanted));
		desc_unref(d);
	}
	CHECK(!objects_refuse(why, sizeof(why)));
}

/* The error class of what is no handle is the kind's; so is the handler of an
 * object that was given none. */
static void test_handlers(void)
{
	seam_errhandler h = SEAM_ERRHANDLER_NULL;

	CHECK(handler_get(DESC_COMM, NULL, &h) == ASK(SEAM_ERR_COMM));
	CHECK(handler_get(DESC_WIN, SEAM_COMM_WORLD, &h) == ASK(SEAM_ERR_WIN));
	CHECK(handler_get(DESC_TYPE, SEAM_INT, &h) == ASK(SEAM_ERR_TYPE));
	CHECK(handler_get(DESC_COMM, SEAM_COMM_SELF, &h) == 0 &&
	      h == SEAM_ERRORS_ARE_FATAL);
	CHECK(handler_get(DESC_FILE, SEAM_FILE_NULL, &h) == 0 &&
	      h == SEAM_ERRORS_RETURN);
	CHECK(handler_set(DESC_FILE, SEAM_FILE_NULL, SEAM_ERRORS_ARE_FATAL) ==
	      0);
	CHECK(handler_get(DESC_FILE, SEAM_FILE_NULL, &h) == 0 &&
	      h == SEAM_ERRORS_ARE_FATAL);
}

static void test_attributes(void)
{
	int key, lang;
	void *v = NULL;

	CHECK(back_Type_create_keyval(SEAM_COMM_NULL_COPY_FN,
				      SEAM_COMM_NULL_DELETE_FN, &key,
				      NULL) == 0);
	CHECK(attr_set(DESC_TYPE, SEAM_INT, key, &key, 0, "") == 0);
	CHECK(attr_get(DESC_TYPE, SEAM_INT, key, &v, &lang) == 0);
	CHECK(v == &key && !lang);
	CHECK(attr_get(DESC_TYPE, SEAM_CHAR, key, &v, &lang) == 0 && lang < 0);
	CHECK(attr_set(DESC_TYPE, SEAM_COMM_WORLD, key, v, 0, "") ==
	      ASK(SEAM_ERR_TYPE));
	CHECK(attr_set(DESC_COMM, SEAM_COMM_WORLD, key, v, 0, "") ==
	      ASK(SEAM_ERR_KEYVAL));
	CHECK(attr_delete(DESC_TYPE, SEAM_INT, key, "") == 0);
	CHECK(attr_get(DESC_TYPE, SEAM_INT, key, &v, &lang) == 0 && lang < 0);
	CHECK(back_Type_free_keyval(&key) == 0);
}

int main(void)
{
	harness_start(SEAM_THREAD_SINGLE);
	test_rows();
	test_refuse();
	test_handlers();
	test_attributes();
	harness_end();
	return 0;
}
