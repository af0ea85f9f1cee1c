/* SPDX-License-Identifier: MIT */
/* front_data.h - Open MPI's predefined objects as data
 *
 * Programs take them by COPY relocation: size and contents are copied at
 * startup, so the first word, the seam handle, is static, and we too must reach
 * them through the GOT (default visibility, no -Bsymbolic).
 */
#ifndef MANA_FRONT_DATA_H
#define MANA_FRONT_DATA_H

#include "../../desc.h"

#define OBJECT(name, size, seam)                                               \
	extern __attribute__((visibility("default")))                          \
	uint64_t name[(size) / 8];                                             \
	uint64_t name[(size) / 8] __attribute__((aligned(32))) = { seam };

enum front_fortran_kind {
	FORTRAN_COMM,
	FORTRAN_GROUP,
	FORTRAN_DATATYPE,
	FORTRAN_OP,
	FORTRAN_REQUEST,
	FORTRAN_MESSAGE,
	FORTRAN_ERRHANDLER,
	FORTRAN_INFO,
	FORTRAN_WIN,
	FORTRAN_FILE,
	FORTRAN_SESSION,
};

/* Numbers of predefined handles in mpif.h are below this. */
#define FRONT_FORTRAN 128

extern __attribute__((
	visibility("hidden"))) void *const out_fixed[FIXED_HANDLES];
/* By kind and number; NULL where there is none. */
extern __attribute__((visibility(
	"hidden"))) void *const front_fortran_object[][FRONT_FORTRAN];
/* By seam constant: the number + 1, 0 where there is none. */
extern __attribute__((visibility("hidden")))
const int16_t front_fortran_number[FIXED_HANDLES];

#endif
