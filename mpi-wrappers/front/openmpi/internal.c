/* SPDX-License-Identifier: MIT */
/* internal.c (Open MPI) - internals that libmpi_mpifh and libmpi_cxx use
 *
 * Open MPI's Fortran library runs on this front as it is. It reads attributes
 * with the word at some offset of an object that PMPI_X_f2c has just given it:
 * that word means nothing here, the object is the one remembered by f2c. It
 * marks the op of a Fortran function by a bit in the op (desc.h has room).
 */
#include <stdbool.h>
#include "../../peers.h"
#include "../registry.h"
#include "internal.h"

extern void free(void *p);

enum attr_kind { COMM_ATTR = 1, TYPE_ATTR, WIN_ATTR };
enum { KEYVAL_F77 = 2, KEYVAL_F77_INT = 4 };
enum { LANG_C, LANG_CXX, LANG_FORTRAN };
enum { HANDLER_COMM = 2, HANDLER_WIN, HANDLER_FILE };

__thread struct front_last front_last;

#define DATA(name, size)                                                       \
	extern EXPORT char name[size];                                         \
	char name[size] __attribute__((aligned(16)));

DATA(ompi_errcodes_intern, 120)
DATA(ompi_mpi_errcodes, 120)
DATA(ompi_registered_datareps, 64)
DATA(ompi_err_unknown, 280)
extern EXPORT int ompi_errcode_intern_lastused, ompi_mpi_state;
int ompi_errcode_intern_lastused, ompi_mpi_state;
extern EXPORT bool ompi_mpi_param_check; /* false: not to look inside objects */
bool ompi_mpi_param_check;
/* libmpi_usempif08 of Open MPI 6 wants it, and relies on libmpi to bring the
 * library that has it. */
extern EXPORT bool opal_uses_threads;
bool opal_uses_threads;
extern EXPORT MPI_Status ompi_status_empty;
MPI_Status ompi_status_empty = { MPI_ANY_SOURCE, MPI_ANY_TAG, MPI_SUCCESS, 0,
				 0 };

static int create_keyval(int kind, void *copy, void *del, int *key, void *extra,
			 int flags)
{
	int rc;

	if (kind == TYPE_ATTR)
		rc = CROSS(Type_create_keyval(copy, del, key, extra));
	else if (kind == WIN_ATTR)
		rc = CROSS(Win_create_keyval(copy, del, key, extra));
	else
		rc = CROSS(Comm_create_keyval(copy, del, key, extra));
	if (rc == 0 && flags & KEYVAL_F77)
		registry_add((uintptr_t)*key,
			     flags & KEYVAL_F77_INT ? FORTRAN_INT :
						      FORTRAN_AINT,
			     NULL);
	return front_code(rc);
}

#define CREATE_KEYVAL(name, type)                                              \
	EXPORT int name(int kind, void *copy, void *del, int *key, type extra, \
			int flags, void *bindings);                            \
	int name(int kind, void *copy, void *del, int *key, type extra,        \
		 int flags, void *bindings)                                    \
	{                                                                      \
		(void)bindings;                                                \
		return create_keyval(kind, copy, del, key,                     \
				     (void *)(intptr_t)extra, flags);          \
	}

CREATE_KEYVAL(ompi_attr_create_keyval, void *)
CREATE_KEYVAL(ompi_attr_create_keyval_fint, MPI_Fint)
CREATE_KEYVAL(ompi_attr_create_keyval_aint, MPI_Aint)

static int set_attr(int kind, void *object, int key, void *value, int lang)
{
	enum desc_kind k = kind == TYPE_ATTR ? DESC_TYPE :
			   kind == WIN_ATTR  ? DESC_WIN :
					       DESC_COMM;

	/* Every object's first word is its seam handle. */
	return front_code(CROSS(
		attr_put(k, *(void **)object, seam_keyval(key), value, lang)));
}

#define SET_ATTR(name, type, lang)                                             \
	EXPORT int name(int kind, void *object, void *hash, int key,           \
			type value, bool predefined);                          \
	int name(int kind, void *object, void *hash, int key, type value,      \
		 bool predefined)                                              \
	{                                                                      \
		(void)hash, (void)predefined;                                  \
		return set_attr(kind, object, key, (void *)(intptr_t)value,    \
				lang);                                         \
	}

SET_ATTR(ompi_attr_set_fint, MPI_Fint, 1)
SET_ATTR(ompi_attr_set_aint, MPI_Aint, 2)

#define GET_ATTR(name, type)                                                   \
	EXPORT int name(void *hash, int key, type *value, int *flag);          \
	int name(void *hash, int key, type *value, int *flag)                  \
	{                                                                      \
		seam_aint v = 0;                                               \
		int number = seam_keyval(key);                                 \
		struct front_last of = front_last; /* TLS: not inside */       \
		int rc =                                                       \
			CROSS(attr_fetch(of.kind, of.seam, number, &v, flag)); \
                                                                               \
		(void)hash;                                                    \
		if (rc == 0 && *flag)                                          \
			*value = (type)(number == SEAM_HOST ||                 \
							number == SEAM_IO ?    \
						real_rank((int)v) :            \
						v);                            \
		return front_code(rc);                                         \
	}

GET_ATTR(ompi_attr_get_fint, MPI_Fint)
GET_ATTR(ompi_attr_get_aint, MPI_Aint)

EXPORT MPI_Errhandler ompi_errhandler_create(int kind, void *fn, int lang);
MPI_Errhandler ompi_errhandler_create(int kind, void *fn, int lang)
{
	seam_errhandler e = SEAM_ERRHANDLER_NULL;
	int rc;

	if (kind == HANDLER_WIN)
		rc = CROSS(Win_create_errhandler(fn, &e));
	else if (kind == HANDLER_FILE)
		rc = CROSS(File_create_errhandler(fn, &e));
	else
		rc = CROSS(Comm_create_errhandler(fn, &e));
	if (rc == 0 && lang != LANG_C)
		registry_add((uintptr_t)fn, lang == LANG_CXX ? CXX : NULL,
			     NULL);
	return rc == 0 ? out_errhandler(e) : MPI_ERRHANDLER_NULL;
}

/* Errors found in the Fortran layer (memory, strings). */
EXPORT int ompi_errhandler_invoke(void *handler, void *object, int type,
				  int code, const char *message);
int ompi_errhandler_invoke(void *handler, void *object, int type, int code,
			   const char *message)
{
	(void)handler, (void)object, (void)type;
	return front_raise(DESC_COMM, SEAM_COMM_WORLD, seam_errcode(code),
			   message);
}

EXPORT void ompi_mpi_errors_are_fatal_comm_handler(MPI_Comm *comm, int *code,
						   ...);
void ompi_mpi_errors_are_fatal_comm_handler(MPI_Comm *comm, int *code, ...)
{
	(void)comm;
	CROSS(Abort(SEAM_COMM_WORLD, code ? *code : 1));
}

EXPORT MPI_Datatype ompi_datatype_match_size(int size, uint16_t kind,
					     uint16_t lang);
MPI_Datatype ompi_datatype_match_size(int size, uint16_t kind, uint16_t lang)
{
	/* OMPI_DATATYPE_FLAG_DATA_INT, _FLOAT, _COMPLEX */
	static const int classes[] = { 0, MPI_TYPECLASS_INTEGER,
				       MPI_TYPECLASS_REAL,
				       MPI_TYPECLASS_COMPLEX };
	MPI_Datatype type = MPI_DATATYPE_NULL;

	(void)lang;
	PMPI_Type_match_size(classes[kind >> 12 & 3], size, &type);
	return type;
}

/* libmpi_usempif08 of Open MPI 6 makes types of array sections, for a call. */
EXPORT int ompi_datatype_destroy(MPI_Datatype *type);
int ompi_datatype_destroy(MPI_Datatype *type)
{
	return PMPI_Type_free(type);
}

EXPORT int ompi_fortran_neighbor_count(MPI_Comm comm, int *in, int *out);
int ompi_fortran_neighbor_count(MPI_Comm comm, int *in, int *out)
{
	const struct desc_comm *c = desc_of(in_comm(comm), DESC_COMM);

	if (!c)
		return front_raise(DESC_COMM, SEAM_COMM_WORLD, SEAM_ERR_COMM,
				   "MPI_Topo_test");
	*in = peers_in(c);
	*out = peers_out(c);
	return MPI_SUCCESS;
}

/* Arrays of handles that it made for a call: this front has copied them. */
EXPORT int ompi_coll_base_add_release_arrays_cb(MPI_Request request);
int ompi_coll_base_add_release_arrays_cb(MPI_Request request)
{
	void **arrays = (void **)((char *)request + REQUEST_ARRAYS_AT);

	for (int i = 0; i < REQUEST_ARRAYS; i++) {
		free(arrays[i]);
		arrays[i] = NULL;
	}
	return MPI_SUCCESS;
}

#define OP_FLAG_FORTRAN 2

void front_op_to_fortran(seam_op op)
{
	const struct desc_op *o = desc_of(op, DESC_OP);

	if (o && o->fn && o->d.abi_flags & OP_FLAG_FORTRAN)
		registry_add((uintptr_t)o->fn, NULL, NULL);
}

/* The op was made with libmpi_cxx's own function, which calls fn. */
EXPORT void ompi_op_set_cxx_callback(MPI_Op op, void *fn);
void ompi_op_set_cxx_callback(MPI_Op op, void *fn)
{
	const struct desc_op *o = desc_of(in_op(op), DESC_OP);

	if (!o)
		return;
	registry_add((uintptr_t)fn, o->fn, NULL);
	CROSS(op_set_fn(in_op(op), fn));
}
