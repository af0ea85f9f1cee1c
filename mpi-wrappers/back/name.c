/* SPDX-License-Identifier: MIT */
/* name.c - names of communicators and datatypes */
#include <string.h>
#include "comm.h"
#include "build/gen/back.h"

/* Too long a name is cut, as the standard asks. */
static void name_set(char *to, const char *name)
{
	size_t n = strnlen(name, front_room(ROOM_NAME) - 1);

	memcpy(to, name, n);
	to[n] = 0;
}

static void name_get(char *to, int *len, const char *name)
{
	*len = strnlen(name, front_room(ROOM_NAME) - 1);
	memcpy(to, name, *len);
	to[*len] = 0;
}

int back_Comm_set_name(seam_comm comm, const char *comm_name)
{
	struct desc_comm *c;
	int rc = 0;

	c = comm_arg(comm, &rc);
	if (c)
		name_set(c->name, comm_name);
	return rc;
}

int back_Comm_get_name(seam_comm comm, char *comm_name, int *resultlen)
{
	struct desc_comm *c;
	int rc = 0;

	c = comm_arg(comm, &rc);
	if (c)
		name_get(comm_name, resultlen, c->name);
	return rc;
}

int back_Type_set_name(seam_datatype datatype, const char *type_name)
{
	struct desc_type *t = type_of(datatype);

	if (!t)
		return ASK(SEAM_ERR_TYPE);
	name_set(t->name, type_name);
	return 0;
}

int back_Type_get_name(seam_datatype datatype, char *type_name, int *resultlen)
{
	struct desc_type *t = type_of(datatype);

	if (!t)
		return ASK(SEAM_ERR_TYPE);
	name_get(type_name, resultlen, t->name);
	return 0;
}
