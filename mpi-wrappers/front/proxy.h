/* SPDX-License-Identifier: MIT */
/* proxy.h - callbacks that a language's library wants to make itself
 *
 * MPICH's Fortran and C++ libraries put functions of theirs between. Each of
 * these returns 1 when it has made the call, and then sets *rc (or *code, to
 * 0, where the failed call is to return no error).
 */
#ifndef MANA_FRONT_PROXY_H
#define MANA_FRONT_PROXY_H

#include "front.h"

int proxy_copy(void *fn, void *handle, int keyval, void *extra,
	       struct front_copy *io, void **out, int *flag, int *rc);
int proxy_delete(void *fn, void *handle, int keyval, void *value, void *extra,
		 int kind_lang, int *rc);
int proxy_op(void *fn, void *in, void *inout, int64_t n, seam_datatype type);
int proxy_errhandler(void *fn, void *handle, int kind, int *code);

#endif
