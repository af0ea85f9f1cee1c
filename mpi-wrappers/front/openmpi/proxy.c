/* SPDX-License-Identifier: MIT */
/* proxy.c (Open MPI) - no library puts functions between: see fortran.c */
#include "../proxy.h"

int proxy_copy(void *fn, void *handle, int keyval, void *extra,
	       struct front_copy *io, void **out, int *flag, int *rc)
{
	(void)fn, (void)handle, (void)keyval, (void)extra, (void)io;
	(void)out, (void)flag, (void)rc;
	return 0;
}

int proxy_delete(void *fn, void *handle, int keyval, void *value, void *extra,
		 int kind_lang, int *rc)
{
	(void)fn, (void)handle, (void)keyval, (void)value, (void)extra;
	(void)kind_lang, (void)rc;
	return 0;
}

int proxy_op(void *fn, void *in, void *inout, int64_t n, seam_datatype type)
{
	(void)fn, (void)in, (void)inout, (void)n, (void)type;
	return 0;
}

int proxy_errhandler(void *fn, void *handle, int kind, int code)
{
	(void)fn, (void)handle, (void)kind, (void)code;
	return 0;
}
