/* SPDX-License-Identifier: MIT */
/* agent_api.c - the rest of back.h: names, ranks, what refuses a checkpoint */
#include <stdio.h>
#include "../../../common/back.h"
#include "../../front_shims.h"
#include "build/gen/ask.h"
#include "build/gen/mpi_table.h"
#include "../core/init.h"
#include "../p2p/request.h"

static const struct mpi_table table = {
#include "build/gen/back_table.h"
};

const struct mpi_table *back_table(void)
{
	return &table;
}

const char *back_name(void)
{
#ifdef MPICH_VERSION
	return "mpich";
#else
	return "openmpi";
#endif
}

/* MPICH says it with a tab and one line a subject. */
void back_version(char *buf, size_t len)
{
	char text[MPI_MAX_LIBRARY_VERSION_STRING];
	int n = 0;

	if (!len)
		return;
	if (MPI_Get_library_version(text, &n))
		snprintf(text, sizeof(text), "%s", back_name());
	text[strcspn(text, "\n,")] = '\0';
	for (char *p = strchr(text, '\t'); p; p = strchr(p, '\t'))
		*p = ' ';
	snprintf(buf, len, "%s", text);
}

/* A program's buffer is as large as its own MPI's constant says: at least 256
 * when that is another MPI than this one. */
int back_Get_library_version(char *version, int *resultlen)
{
	char text[MPI_MAX_LIBRARY_VERSION_STRING];
	size_t room = sizeof(text);
	int n = 0, rc = MPI_Get_library_version(text, &n);

	if (rc)
		return back_raise(NULL, err_from_native(rc),
				  "MPI_Get_library_version");
	if (!FRONT || strcmp(FRONT->abi, back_name()))
		room = 256;
	snprintf(version, room, "%s", text);
	*resultlen = n < (int)room ? n : (int)room - 1;
	return 0;
}

enum back_phase back_phase(void)
{
	return KEEP_MPI->phase;
}

int back_rank(void)
{
	return init_rank;
}

int back_size(void)
{
	return init_size;
}

int back_open(void)
{
	return (int)KEEP_MPI->open;
}

int back_level(void)
{
	return KEEP_MPI->thread_level;
}

int back_refuse(char *why, size_t len)
{
	if (KEEP_MPI->phase != BACK_BEFORE_INIT && !init_up) {
		snprintf(why, len, "the program is ending");
		return 1;
	}
	return objects_refuse(why, len);
}
