/* SPDX-License-Identifier: MIT */
/* agent_api.c - the rest of back.h: names, ranks, what refuses a checkpoint */
#include <stdio.h>
#include "../../common/back.h"
#include "../front_shims.h"
#include "build/gen/ask.h"
#include "build/gen/mpi_table.h"
#include "init.h"
#include "request.h"

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

/* A receive on a communicator the application has freed: there is no handle
 * left to receive its message with. */
static int refuse_orphan(char *why, size_t len)
{
	const struct desc_request *r;
	const struct desc *d;

	for (d = KEEP_MPI->live[DESC_REQUEST]; d; d = d->next) {
		r = (const struct desc_request *)d;
		if (r->kind != REQUEST_RECV || r->done || !r->comm->d.freed ||
		    (r->persistent && !r->active))
			continue;
		snprintf(why, len,
			 "a receive waits on a communicator that was freed");
		return 1;
	}
	return 0;
}

static int refuse_request(char *why, size_t len)
{
	const struct desc *d;

	for (d = KEEP_MPI->live[DESC_REQUEST]; d; d = d->next) {
		if (!d->refuse)
			continue;
		snprintf(why, len, "a request made by %s cannot be saved yet",
			 d->what);
		return 1;
	}
	return 0;
}

int back_refuse(char *why, size_t len)
{
	int rc;

	if (KEEP_MPI->phase != BACK_BEFORE_INIT && !init_up) {
		snprintf(why, len, "the program is ending");
		return 1;
	}
	request_lock();
	rc = refuse_request(why, len) || refuse_orphan(why, len);
	request_unlock();
	return rc || objects_refuse(why, len);
}
