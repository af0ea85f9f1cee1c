/* SPDX-License-Identifier: MIT */
/* agreement.h - nobody goes on before all ranks can
 *
 * The ranks end together, with one exit code, or none does. What can be refused
 * is refused before MPI_Init: a rank that ends there leaves the others in it
 * for ever under Hydra.
 */
#ifndef MANA_AGREEMENT_H
#define MANA_AGREEMENT_H

/* How this rank ends if it cannot go on. */
struct agreement {
	const char *err; /* its sentence; "": that of the error */
	int said;	 /* 1: the MPI back has said why */
	int mpi_up;	 /* 1: native MPI has started, and is to be finalized */
};

/*
 * rc: what has become of this rank's part. If that, or another rank's, is an
 * error, the process ends; else all ranks are at the stage. Times in
 * milliseconds: for the others to come, and, when this rank refuses, for them
 * to come and be told.
 */
void agreement_reach(const struct agreement *a, int rc, const char *stage,
		     int limit_ms, int refuse_ms);
/* Says one sentence and ends the process. The other ranks are told, or have a
 * sentence of their own. */
void agreement_refuse(const struct agreement *a, int rc, int limit_ms);

#endif
