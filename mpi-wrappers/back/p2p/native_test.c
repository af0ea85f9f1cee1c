/* SPDX-License-Identifier: MIT */
/* native_test.c - is the MPI library the one its developer headers describe? */
#include "native_test.h"

#ifdef NATIVE_TEST_INSIDE
#include <dlfcn.h>
#include <stdio.h>
#include <string.h>

void (*native_progress)(void);

void native_test_init(void)
{
	char have[MPI_MAX_LIBRARY_VERSION_STRING], want[64];
	int n;

	snprintf(want, sizeof(want), "Open MPI v%d.%d.%d,", OMPI_MAJOR_VERSION,
		 OMPI_MINOR_VERSION, OMPI_RELEASE_VERSION);
	if (MPI_Get_library_version(have, &n) ||
	    strncmp(have, want, strlen(want)))
		return;
	*(void **)&native_progress = dlsym(RTLD_DEFAULT, "opal_progress");
}
#else
void native_test_init(void)
{
}
#endif

#ifdef MANA_MPICH
MPI_Request native_spent = MPI_REQUEST_NULL;
#endif
