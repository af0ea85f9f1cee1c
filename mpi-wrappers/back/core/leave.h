/* SPDX-License-Identifier: MIT */
/* leave.h - the end of a process that MPI ends */
#ifndef MANA_BACK_LEAVE_H
#define MANA_BACK_LEAVE_H

#include <mpi.h>

/* End this process as the library of the program's front does. */
_Noreturn void leave_process(int code);
/* The native library ends the whole job; its codes. */
_Noreturn void leave_job(MPI_Comm comm, int code);

#endif
