/* SPDX-License-Identifier: MIT */
/* gs_none.c - built without Zydis: FS is switched at each crossing */
#include <stddef.h>
#include "gs.h"

const char *gs_start(void)
{
	return "built without Zydis: install libzydis-dev and build again";
}

int gs_works(void)
{
	return 0;
}
