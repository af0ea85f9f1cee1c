! SPDX-License-Identifier: MIT
! fortran08_objects.f90 - fortran_objects.f90 by mpi_f08
! test: ranks=2,4 cflags=-cpp
#define F08
#include "fortran_objects.f90"
