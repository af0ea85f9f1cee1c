/* SPDX-License-Identifier: MIT */
/* attr_predefined.c - the attributes that MPI itself gives to communicators
 *
 * Their values are pointers to integers in keep memory.
 */
#include "../core/native.h"
#include "../../conv.h"
#include "build/gen/back.h"

int *attr_predefined(int number, int *set)
{
	struct objects_root *r = OBJECTS;

	*set = 1;
	switch (number) {
	case SEAM_TAG_UB:
		return &r->tag_ub;
	case SEAM_HOST:
		return &r->host;
	case SEAM_IO:
		return &r->io;
	case SEAM_WTIME_IS_GLOBAL:
		return &r->wtime_is_global;
	case SEAM_UNIVERSE_SIZE:
		*set = r->has_universe_size;
		return &r->universe_size;
	case SEAM_APPNUM:
		*set = r->has_appnum;
		return &r->appnum;
	case SEAM_LASTUSEDCODE:
		return &r->last_code;
	default:
		*set = 0;
		return NULL;
	}
}

/* Open MPI's are MPI_COMM_WORLD's alone, MPICH's every communicator's. */
static int has_predefined(const struct desc_comm *c, int number)
{
	void *value;
	int flag = 1;

	if (c->d.seam != SEAM_COMM_WORLD)
		MPI_Comm_get_attr(NATIVE(MPI_Comm, c), real_keyval(number),
				  &value, &flag);
	return flag;
}

int back_Comm_get_attr(seam_comm comm, int comm_keyval, void *attribute_val,
		       int *flag)
{
	struct desc *obj = desc_of(comm, DESC_COMM);
	int set;
	int *place = attr_predefined(comm_keyval, &set);

	if (!obj || !place)
		return attr_get_c(DESC_COMM, comm, comm_keyval, attribute_val,
				  flag);
	*flag = set && has_predefined((struct desc_comm *)obj, comm_keyval);
	if (*flag)
		*(void **)attribute_val = place;
	return 0;
}
