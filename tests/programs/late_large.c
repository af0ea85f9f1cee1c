/* SPDX-License-Identifier: MIT */
/* late_large.c - late_completion.c by the large-count functions of MPI 4 */
/* test: ranks=2,4 mpi=mpich */
#include <mpi.h>

#define LARGE
#define count_t		      MPI_Count
#define MPI_Isend	      MPI_Isend_c
#define MPI_Irecv	      MPI_Irecv_c
#define MPI_Recv_init	      MPI_Recv_init_c
#define MPI_Imrecv	      MPI_Imrecv_c
#define MPI_Isendrecv	      MPI_Isendrecv_c
#define MPI_Isendrecv_replace MPI_Isendrecv_replace_c
#define MPI_Get_count	      MPI_Get_count_c
#define MPI_Get_elements      MPI_Get_elements_x
#include "late_completion.c"
