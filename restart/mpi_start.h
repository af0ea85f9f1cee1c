/* SPDX-License-Identifier: MIT */
/* mpi_start.h - native MPI_Init at a restart, which may never end by itself */
#ifndef MANA_MPI_START_H
#define MANA_MPI_START_H

/*
 * back_start (common/back.h) at this level. The process ends with a sentence if
 * nobody is left meanwhile who could say that another rank will not come: when
 * the coordinator is gone, or, without one, after limit_ms.
 */
int mpi_start(int level, int limit_ms);

#endif
