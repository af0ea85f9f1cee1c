/* SPDX-License-Identifier: MIT */
/* abi.h (Open MPI) - handles and statuses of programs built for libmpi.so.40
 *
 * A handle is a pointer whose first word is the seam handle: to a descriptor,
 * or to a predefined object, which is data of this library (front_data.h).
 */
#ifndef MANA_FRONT_ABI_H
#define MANA_FRONT_ABI_H

#include "front_data.h"

#define FRONT_ABI "openmpi"

#define IN_OUT(kind, type)                                                     \
	static inline seam_##kind in_##kind(type h)                            \
	{                                                                      \
		return h ? *(const seam_##kind *)(const void *)h :             \
			   (seam_##kind)NO_HANDLE;                             \
	}                                                                      \
	static inline type out_##kind(seam_##kind h)                           \
	{                                                                      \
		return handle_is_fixed(h) ? out_fixed[(uintptr_t)h] :          \
					    (void *)h;                         \
	}

IN_OUT(comm, MPI_Comm)
IN_OUT(group, MPI_Group)
IN_OUT(datatype, MPI_Datatype)
IN_OUT(op, MPI_Op)
IN_OUT(request, MPI_Request)
IN_OUT(message, MPI_Message)
IN_OUT(errhandler, MPI_Errhandler)
IN_OUT(info, MPI_Info)
IN_OUT(win, MPI_Win)
IN_OUT(file, MPI_File)
#ifdef MPI_SESSION_NULL /* Open MPI 5 */
IN_OUT(session, MPI_Session)
#endif

#endif
