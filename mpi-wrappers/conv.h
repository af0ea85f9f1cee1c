/* SPDX-License-Identifier: MIT */
/* conv.h - named ints, sentinels, statuses: between the seam and any one mpi.h
 *
 * For fronts and backs alike: seam_X(native) and real_X(seam), where native is
 * what the mpi.h of this compilation says. MPI_SUCCESS and ordinary ranks and
 * tags take one compare. A native value that names nothing must not become a
 * name of the seam: such ranks, tags and error codes are moved out of the way.
 */
#ifndef MANA_CONV_H
#define MANA_CONV_H

#include <limits.h>
#include <mpi.h>
#include <stdint.h>
#include "seam.h"

#define CONV_NO_NAME (-1000000) /* added to a negative rank without a name */

#define CONV_CODES   2000	/* the seam's classes are below */
#define CONV_NO_CODE 0x08000000 /* added to a number below that is no class */

/* Those that are far away already stay, and remain negative. */
static inline int conv_away(int v)
{
	return v < INT_MIN - CONV_NO_NAME ? v : v + CONV_NO_NAME;
}

static inline int conv_back(int v)
{
	return v < CONV_NO_NAME ? v - CONV_NO_NAME : v;
}

/* Negative ones too: the gate's own answers are negative. */
static inline int conv_code_away(int v)
{
	if (v < 0)
		return conv_away(v);
	return v && v < CONV_CODES ? v + CONV_NO_CODE : v;
}

static inline int conv_code_back(int v)
{
	if (v < 0)
		return v - CONV_NO_NAME;
	return v >= CONV_NO_CODE && v < CONV_NO_CODE + CONV_CODES ?
		       v - CONV_NO_CODE :
		       v;
}

#define CONV_NO_FLAG 0x40000000 /* for all flags without a name */

/* Where a call puts a named int, untouched. */
#define NO_INT (-0x7fffffff)

#include "conv_ints.h"

/* What mpi.h has of a status beside its public fields. */
#ifdef MPICH_VERSION
static inline uint64_t native_bytes(const MPI_Status *n)
{
	return (uint32_t)n->count_lo |
	       (uint64_t)((uint32_t)n->count_hi_and_cancelled >> 1) << 32;
}

static inline int native_cancelled(const MPI_Status *n)
{
	return n->count_hi_and_cancelled & 1;
}

static inline void native_set_bytes(MPI_Status *n, uint64_t bytes,
				    int cancelled)
{
	n->count_lo = (int)(uint32_t)bytes;
	n->count_hi_and_cancelled =
		(int)((uint32_t)(bytes >> 32) << 1 | !!cancelled);
}
#else
static inline uint64_t native_bytes(const MPI_Status *n)
{
	return n->_ucount;
}

static inline int native_cancelled(const MPI_Status *n)
{
	return n->_cancelled;
}

static inline void native_set_bytes(MPI_Status *n, uint64_t bytes,
				    int cancelled)
{
	n->_ucount = bytes;
	n->_cancelled = cancelled; /* as it came, if nobody has set it */
}
#endif

/* Choice buffers. MPI_BOTTOM is 0 everywhere. */
static inline void *seam_buf(const void *p)
{
	return p == MPI_IN_PLACE ? SEAM_IN_PLACE : (void *)(uintptr_t)p;
}

static inline void *real_buf(const void *p)
{
	return p == SEAM_IN_PLACE ? MPI_IN_PLACE : (void *)(uintptr_t)p;
}

/* Weights of distributed graphs. */
static inline int *seam_weights(const int *p)
{
	if (p == MPI_UNWEIGHTED)
		return SEAM_UNWEIGHTED;
	return p == MPI_WEIGHTS_EMPTY ? SEAM_WEIGHTS_EMPTY :
					(int *)(uintptr_t)p;
}

static inline int *real_weights(const int *p)
{
	if (p == SEAM_UNWEIGHTED)
		return MPI_UNWEIGHTED;
	return p == SEAM_WEIGHTS_EMPTY ? MPI_WEIGHTS_EMPTY :
					 (int *)(uintptr_t)p;
}

#endif
