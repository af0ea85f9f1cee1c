/* SPDX-License-Identifier: MIT */
/* attr_lang.c - attributes as Fortran sees them: integers, not pointers
 *
 * Rows of the fronts, for the Fortran libraries that run on them.
 */
#include "regular.h"
#include "build/gen/back.h"

static int bad_class(int kind)
{
	switch (kind) {
	case DESC_COMM:
		return SEAM_ERR_COMM;
	case DESC_TYPE:
		return SEAM_ERR_TYPE;
	default:
		return SEAM_ERR_WIN;
	}
}

/* The native library's answer is a pointer, but for the base. */
static int window_value(seam_win win, int number, seam_aint *value, int *flag)
{
	struct desc *d = desc_of(win, DESC_WIN);
	void *p;
	int rc;

	rc = MPI_Win_get_attr(real_win(win), real_keyval(number), &p, flag);
	if (rc)
		return regular_end(rc, d, "MPI_Win_get_attr");
	if (!*flag)
		return 0;
	switch (number) {
	case SEAM_WIN_BASE:
		*value = (seam_aint)p;
		break;
	case SEAM_WIN_SIZE:
		*value = *(MPI_Aint *)p;
		break;
	default:
		*value = *(int *)p;
		break;
	}
	return 0;
}

int back_attr_put(int kind, void *handle, int number, void *value, int lang)
{
	return attr_set(desc_of(handle, kind), bad_class(kind), number, value,
			lang, "MPI_Attr_put");
}

int back_attr_fetch(int kind, void *handle, int number, seam_aint *value,
		    int *flag)
{
	int set, lang = -1, rc, *place;
	void *v = NULL;

	if (kind == DESC_WIN && number >= SEAM_WIN_BASE &&
	    number <= SEAM_WIN_MODEL)
		return window_value(handle, number, value, flag);
	place = kind == DESC_COMM ? attr_predefined(number, &set) : NULL;
	if (place && desc_of(handle, kind)) {
		*flag = set;
		*value = *place;
		return 0;
	}
	rc = attr_get(desc_of(handle, kind), bad_class(kind), number, &v, &lang,
		      "MPI_Attr_get");
	*flag = !rc && lang >= 0;
	*value = (seam_aint)v;
	return rc;
}
