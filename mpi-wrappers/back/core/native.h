/* SPDX-License-Identifier: MIT */
/* native.h - seam handles and codes <-> those of the real MPI
 *
 * Compiled once per real MPI. A native handle (int in MPICH, pointer in Open
 * MPI) is kept in desc.real. A seam handle that means nothing gives a native
 * one that means nothing: the native library then finds the error and says it
 * its way.
 */
#ifndef MANA_BACK_NATIVE_H
#define MANA_BACK_NATIVE_H

#include <mpi.h>
#include "../object/objects.h"

#define NATIVE(type, d) ((type)(uintptr_t)((struct desc *)(d))->real)
#define AS_REAL(native) ((uint64_t)(uintptr_t)(native))

/* A native handle that is neither an object nor null. MPICH tells all such
 * numbers from handles; Open MPI looks at NULL alone, and follows what was
 * freed. */
#ifdef OPEN_MPI
#define BAD_HANDLE(type, null, h)                                              \
	((uintptr_t)(h) == NO_HANDLE ? (type)NULL : (null))
#else
#define BAD_HANDLE(type, null, h)                                              \
	(handle_is_fixed(h) ? (null) : (type)0x12345678)
#endif
/* A file's handle that a call has not written to begins as this; of other
 * kinds it is 0, which no object has. MPICH's null file is 0. */
#define NO_FILE ((MPI_File)-1)

/* Null handles, and those that name nothing. */
MPI_Comm bad_comm(seam_comm h) __attribute__((cold));
MPI_Datatype bad_type(seam_datatype h) __attribute__((cold));
MPI_Op bad_op(seam_op h) __attribute__((cold));

static inline MPI_Comm native_comm(const struct desc_comm *c, seam_comm h)
{
	return c && c->d.real ? NATIVE(MPI_Comm, c) : bad_comm(h);
}

static inline MPI_Comm real_comm(seam_comm h)
{
	struct desc *d = desc_of(h, DESC_COMM);

	return d && d->real ? NATIVE(MPI_Comm, d) : bad_comm(h);
}

static inline MPI_Datatype real_type(seam_datatype h)
{
	struct desc *d = desc_of(h, DESC_TYPE);

	return d && d->real ? NATIVE(MPI_Datatype, d) : bad_type(h);
}

static inline MPI_Op real_op(seam_op h)
{
	struct desc *d = desc_of(h, DESC_OP);

	return d && d->real ? NATIVE(MPI_Op, d) : bad_op(h);
}

/* Made on first use, kept with the descriptor. */
MPI_Group real_group(seam_group h);
/* One of ours stands for all of the application's. */
MPI_Errhandler real_errhandler(seam_errhandler h);
/* For a constructor: ours, when h is one that objects of this kind may have. */
MPI_Errhandler given_errhandler(seam_errhandler h, enum desc_kind kind);

/* A temporary native info with the same keys, or what h is that is none. */
MPI_Info native_info(seam_info h);
/* Open MPI: freed ones become null. */
MPI_Info native_info_or_null(seam_info h);
void native_info_free(MPI_Info *info); /* may be none */
static inline int info_bad(seam_info h)
{
	return h != SEAM_INFO_NULL && !desc_of(h, DESC_INFO);
}

/* Makes a seam info of a native one (which stays the caller's). */
int info_fill(struct desc *to, MPI_Info native); /* adds its keys */
int info_from_native(MPI_Info native, seam_info *out);

/* Native handle -> seam handle; SEAM_DATATYPE_NULL when unknown. */
seam_datatype seam_type(MPI_Datatype native);
seam_datatype type_predefined(uint64_t native); /* without descriptors, too */
/* A descriptor for a communicator made by a call that is passed through
 * (spawn, accept, ...); takes the native handle over. SEAM_COMM_NULL for
 * MPI_COMM_NULL. refuse: makes checkpoints be refused while it lives. */
int comm_from_native(MPI_Comm native, const char *what, seam_comm *out);
int group_from_native(MPI_Group native, seam_group *out);

/* MPI_INFO_ENV: before MPI_Init it is empty. Seam codes. */
int info_env_early(void);
int info_env_fill(void);

/* How large the application's string buffers are: what its own mpi.h says of
 * MPI_MAX_OBJECT_NAME and the like, null included; ROOM_VALUE: how long a value
 * that is set may be. */
enum room { ROOM_NAME, ROOM_ERROR, ROOM_KEY, ROOM_VALUE };
size_t front_room(enum room what);
/* The application was built for Open MPI: where the two libraries differ in
 * what is kept here, it sees its own, whatever it runs on. */
int front_openmpi(void);
/* PART_RELEASE: from 1. */
int front_release(void);
/* It was built for MPICH 5 or later. */
int front_mpich5(void);

/* Native error code -> seam code; the native error string is remembered, and
 * for the next back_raise() of it whom the native library has told. */
int err_from_native(int rc) __attribute__((cold));
/* The same after told_forget() and one call. */
int err_from_file(int rc) __attribute__((cold));
/* The text of a native code into buf, which has room for
 * SEAM_MAX_ERROR_STRING. A native code. */
int err_string(int native, char *buf);

#endif
