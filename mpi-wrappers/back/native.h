/* SPDX-License-Identifier: MIT */
/* native.h - seam handles and codes <-> those of the real MPI
 *
 * Compiled once per real MPI. A native handle (int in MPICH, pointer in Open
 * MPI) is kept in desc.real. A seam handle that means nothing gives the native
 * NULL handle: the native library then finds the error and says it its way;
 * its predefined communicators run with MPI_ERRORS_RETURN.
 */
#ifndef MANA_BACK_NATIVE_H
#define MANA_BACK_NATIVE_H

#include <mpi.h>
#include "objects.h"

#define NATIVE(type, d) ((type)(uintptr_t)((struct desc *)(d))->real)
#define AS_REAL(native) ((uint64_t)(uintptr_t)(native))

static inline MPI_Comm native_comm(const struct desc_comm *c)
{
	return c && c->d.real ? NATIVE(MPI_Comm, c) : MPI_COMM_NULL;
}

static inline MPI_Comm real_comm(seam_comm h)
{
	return native_comm(desc_of(h, DESC_COMM));
}

static inline MPI_Datatype real_type(seam_datatype h)
{
	struct desc *d = desc_of(h, DESC_TYPE);

	return d && d->real ? NATIVE(MPI_Datatype, d) : MPI_DATATYPE_NULL;
}

static inline MPI_Op real_op(seam_op h)
{
	struct desc *d = desc_of(h, DESC_OP);

	return d && d->real ? NATIVE(MPI_Op, d) : MPI_OP_NULL;
}

/* Made on first use, kept with the descriptor. */
MPI_Group real_group(seam_group h);

/* A temporary native info with the same keys; MPI_INFO_NULL for none. */
MPI_Info native_info(seam_info h);
void native_info_free(MPI_Info *info); /* may be MPI_INFO_NULL */
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
 * MPI_MAX_OBJECT_NAME and the like, null included. */
enum room { ROOM_NAME, ROOM_ERROR, ROOM_KEY, ROOM_VALUE };
size_t front_room(enum room what);
/* The application was built for Open MPI: where the two libraries differ in
 * what is kept here, it sees its own, whatever it runs on. */
int front_openmpi(void);

/* Native error code -> seam code; the native error string is remembered. */
int err_from_native(int rc) __attribute__((cold));

#endif
