/* SPDX-License-Identifier: MIT */
/* callback.c (Open MPI) - for front/mpifh: an op's function in Fortran */
#include "../registry.h"
#include "internal.h"

EXPORT void mana_fortran_callback(void *fn);
void mana_fortran_callback(void *fn)
{
	registry_add((uintptr_t)fn, NULL, NULL);
}
