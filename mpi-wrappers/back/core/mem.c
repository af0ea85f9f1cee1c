/* SPDX-License-Identifier: MIT */
/* mem.c - Alloc_mem and Free_mem: what the application keeps is upper memory */
#include "build/gen/back.h"
#include "native.h"

int back_Alloc_mem(seam_aint size, seam_info info, void *baseptr)
{
	void *p;

	if (size < 0 || info_bad(info))
		return ASK(size < 0 ? SEAM_ERR_ARG : SEAM_ERR_INFO);
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
