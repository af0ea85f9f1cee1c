/* SPDX-License-Identifier: MIT */
/* harness.h - the MPI back without a process around it: fake core, real MPI */
#ifndef TEST_BACK_HARNESS_H
#define TEST_BACK_HARNESS_H

#include <mpi.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "build/gen/back.h"
#include "common/back.h"
#include "mpi-wrappers/back/agent/clock.h"
#include "mpi-wrappers/back/core/init.h"
#include "mpi-wrappers/back/p2p/request.h"

#define CHECK(x)                                                               \
	do {                                                                   \
		if (!(x)) {                                                    \
			fprintf(stderr, "%s:%d: rank %d: failed: %s\n",        \
				__FILE__, __LINE__, init_rank_of(), #x);       \
			MPI_Abort(MPI_COMM_WORLD, 1);                          \
		}                                                              \
	} while (0)

int init_rank_of(void);
/* The one thread there is; reload.c has a saved one. */
extern struct thread *harness_thread;
/* Memory at this address, of the file fd unless that is -1; else it ends. */
void harness_map(unsigned long at, size_t size, int fd);
/* Gate page, keep heap, one thread record, MPI_Init through the back. */
void harness_start(int level);
/* gate->pending as the agent would set it. */
void harness_pending(enum gate_pending p);
/* A whole drain, as the agent runs it. */
void harness_drain(void);
/* Forget the native requests as a restart does (world and types stay). */
void harness_restart(void);
/* Forget the native communicators, types, operations and groups. */
void harness_restart_objects(void);
void harness_end(void);

#endif
