! SPDX-License-Identifier: MIT
! fortran08_late.f90 - fortran_late.f90 by the calls of mpi_f08
! test: ranks=2 cflags=-cpp
#define F08
#include "fortran_late.f90"
