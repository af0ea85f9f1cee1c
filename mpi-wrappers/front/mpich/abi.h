/* SPDX-License-Identifier: MIT */
/* abi.h (MPICH) - handles and statuses of programs built for libmpich.so.12
 *
 * Handles are ints. Predefined ones have MPICH's values; others are made here:
 * both top bits set and the number of the descriptor's keep block. MPICH never
 * gives out such values for predefined objects.
 */
#ifndef MANA_FRONT_ABI_H
#define MANA_FRONT_ABI_H

#define FRONT_ABI "mpich"
#define USER_BITS 0xc0000000U

#include "handles_mpich.h"

static inline int is_user(int h)
{
	return ((unsigned int)h & USER_BITS) == USER_BITS;
}

static inline void *in_user(int h)
{
	return (void *)(KEEP_BASE +
			(uint64_t)((unsigned int)h & ~USER_BITS) * KEEP_ALIGN);
}

static inline int out_handle(const void *seam)
{
	uint64_t h = (uint64_t)seam;

	if (handle_is_fixed(seam))
		return out_fixed[h];
	return (int)(USER_BITS | (unsigned int)((h - KEEP_BASE) / KEEP_ALIGN));
}

#define IN_OUT(kind, type)                                                     \
	static inline seam_##kind in_##kind(type h)                            \
	{                                                                      \
		return is_user(h) ? in_user(h) :                               \
				    (seam_##kind)in_fixed_##kind(h);           \
	}                                                                      \
	static inline type out_##kind(seam_##kind h)                           \
	{                                                                      \
		return out_handle(h);                                          \
	}

static inline seam_comm in_comm(MPI_Comm h)
{
	if (__builtin_expect(h == MPI_COMM_WORLD, 1))
		return SEAM_COMM_WORLD;
	return is_user(h) ? in_user(h) : (seam_comm)in_fixed_comm(h);
}

static inline MPI_Comm out_comm(seam_comm h)
{
	return out_handle(h);
}

static inline seam_datatype in_datatype(MPI_Datatype h)
{
	unsigned int v = (unsigned int)h;

	if (__builtin_expect(v >> 24 == 0x4c && in_basic[v & 0xff], 1))
		return (seam_datatype)(uintptr_t)in_basic[v & 0xff];
	return is_user(h) ? in_user(h) : (seam_datatype)in_fixed_datatype(h);
}

static inline MPI_Datatype out_datatype(seam_datatype h)
{
	return out_handle(h);
}

IN_OUT(group, MPI_Group)
IN_OUT(op, MPI_Op)
IN_OUT(request, MPI_Request)
IN_OUT(message, MPI_Message)
IN_OUT(errhandler, MPI_Errhandler)
IN_OUT(info, MPI_Info)
IN_OUT(win, MPI_Win)
IN_OUT(session, MPI_Session)

/* Files are pointers: the descriptor's address. */
static inline seam_file in_file(MPI_File h)
{
	return h == MPI_FILE_NULL ? SEAM_FILE_NULL : (seam_file)(void *)h;
}

static inline MPI_File out_file(seam_file h)
{
	return h == SEAM_FILE_NULL ? MPI_FILE_NULL : (MPI_File)(void *)h;
}

#endif
