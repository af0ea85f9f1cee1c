/* SPDX-License-Identifier: MIT */
/* mem.c - Alloc_mem and Free_mem: what the application keeps is upper memory */
#include "build/gen/back.h"
#include "objects.h"

int back_Alloc_mem(seam_aint size, seam_info info, void *baseptr)
{
	void *p;

	(void)info;
	if (size < 0)
		return back_raise(NULL, SEAM_ERR_ARG, "MPI_Alloc_mem");
	p = keep_alloc(size ? (size_t)size : 1);
	if (!p)
		return back_raise(NULL, SEAM_ERR_NO_MEM, "MPI_Alloc_mem");
	__builtin_memcpy(baseptr, &p, sizeof(p));
	return 0;
}

int back_Free_mem(void *base)
{
	if (base && !keep_valid(base))
		return back_raise(NULL, SEAM_ERR_BASE, "MPI_Free_mem");
	keep_free(base);
	return 0;
}
