/* SPDX-License-Identifier: MIT */
/* tool.c - MPI_T variables that are bound to an object: its handle crosses */
#include "front.h"

/* The kind is in the seam's numbers; the handle is the program's. */
static void *in_object(int bind, const void *object)
{
	if (!object)
		return NULL;
	switch (bind) {
	case MPI_T_BIND_MPI_COMM:
		return in_comm(*(const MPI_Comm *)object);
	case MPI_T_BIND_MPI_DATATYPE:
		return in_datatype(*(const MPI_Datatype *)object);
	case MPI_T_BIND_MPI_OP:
		return in_op(*(const MPI_Op *)object);
	case MPI_T_BIND_MPI_WIN:
		return in_win(*(const MPI_Win *)object);
	case MPI_T_BIND_MPI_FILE:
		return in_file(*(const MPI_File *)object);
	default:
		return NULL;
	}
}

int PMPI_T_cvar_handle_alloc(int cvar_index, void *obj_handle,
			     MPI_T_cvar_handle *handle, int *count)
{
	int bind = 0, verbosity, scope, name = 0, desc = 0;
	MPI_Datatype type;
	MPI_T_enum items;
	void *object = NULL;

	if (obj_handle &&
	    PMPI_T_cvar_get_info(cvar_index, NULL, &name, &verbosity, &type,
				 &items, NULL, &desc, &bind,
				 &scope) == MPI_SUCCESS)
		object = in_object(bind, obj_handle);
	return front_code(CROSS(T_cvar_handle_alloc(cvar_index, object,
						    (void **)handle, count)));
}

int PMPI_T_pvar_handle_alloc(MPI_T_pvar_session session, int pvar_index,
			     void *obj_handle, MPI_T_pvar_handle *handle,
			     int *count)
{
	int bind = 0, verbosity, class, ro, continuous, atomic;
	int name = 0, desc = 0, n = 0;
	MPI_Datatype type;
	MPI_T_enum items;
	void *object = NULL;

	if (obj_handle && PMPI_T_pvar_get_num(&n) == MPI_SUCCESS &&
	    pvar_index >= 0 && pvar_index < n &&
	    PMPI_T_pvar_get_info(pvar_index, NULL, &name, &verbosity, &class,
				 &type, &items, NULL, &desc, &bind, &ro,
				 &continuous, &atomic) == MPI_SUCCESS)
		object = in_object(bind, obj_handle);
	return front_code(CROSS(T_pvar_handle_alloc(
		(void *)session, pvar_index, object, (void **)handle, count)));
}
