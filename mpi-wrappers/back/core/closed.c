/* SPDX-License-Identifier: MIT */
/* closed.c - calls before MPI_Init and after MPI_Finalize
 *
 * A call that the program's MPI library does not allow there ends the process
 * in that library's words. It costs nothing while there is MPI: without, the
 * gate has a table of its own. What fronts answer from descriptors they find no
 * longer then, and ask.
 */
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include "../../../common/back.h"
#include "build/gen/back.h"
#include "build/gen/mpi_table.h"
#include "closed.h"
#include "../object/kind.h"
#include "leave.h"
#include "native.h"
#include "tool.h"
#include "../../front_shims.h"

static void said_by_mpich(const char *what)
{
	if (!strncmp(what, "MPI_", 4))
		what += 4;
	fprintf(stderr,
		"Attempting to use an MPI routine (internal_%s) before "
		"initializing or after finalizing MPICH\n",
		what);
}

static void said_by_openmpi(const char *what)
{
	int before = KEEP_MPI->phase == BACK_BEFORE_INIT;
	char host[64] = "localhost";

	gethostname(host, sizeof(host) - 1);
	fprintf(stderr,
		"*** The %s() function was called %s was invoked.\n"
		"*** This is disallowed by the MPI standard.\n"
		"*** Your MPI job will now abort.\n"
		"[%s:%05d] Local abort %s completed successfully, but am not "
		"able to aggregate error messages, and not able to guarantee "
		"that all other processes were killed!\n",
		what, before ? "before MPI_INIT" : "after MPI_FINALIZE", host,
		getpid(),
		before ? "before MPI_INIT completed" :
			 "after MPI_FINALIZE started");
}

static int closed(const char *what)
{
	if (front_openmpi())
		said_by_openmpi(what);
	else
		said_by_mpich(what);
	fflush(stderr);
	leave_process(1);
}

/* clang-format off */
#define ROW(slot, name, open_in)                                               \
	static int closed_##slot(void)                                         \
	{                                                                      \
		return closed(name);                                           \
	}
#include "build/gen/closed.h"
#undef ROW

#define ROW(slot, name, open_in) { (void *)closed_##slot, open_in },
/* clang-format on */
static const struct row {
	void *closed;
	unsigned open_in;
} rows[] = {
#include "build/gen/closed.h"
};
#undef ROW

#define ROWS (sizeof(rows) / sizeof(rows[0]))
_Static_assert(sizeof(struct mpi_table) == ROWS * sizeof(void *),
	       "the table is an array of functions");

/* Lower-half memory; the same at any time in one process. */
static void *table[ROWS];

/* A front could not answer, and asks in the middle of its function. */
static int closed_what(int kind, void *handle, int error, const char *what)
{
	(void)kind;
	(void)handle;
	(void)error;
	return closed(what);
}

int back_closed(const char *what)
{
	return KEEP_MPI->open ? 0 : closed(what);
}

/* The front's own rows are open, but for what stands for a call. */
static void *own(const char *name, void *open, void *stub)
{
	if (!strcmp(name, "register_front") || !strcmp(name, "environ") ||
	    !strcmp(name, "closed"))
		return open;
	return !strcmp(name, "raise_from") ? (void *)closed_what : stub;
}

/* For a library whose MPI_T lives as long as MPI. */
static int closed_tool(void)
{
	return SEAM_T_ERR_NOT_INITIALIZED;
}

static int needs_tool(const char *name)
{
	return front_mpich5() && !tool_lives() && !strncmp(name, "MPI_T_", 6) &&
	       strcmp(name, "MPI_T_init_thread");
}

static void table_close(void)
{
#define ROW(slot, name, open_in) name,
	static const char *const names[] = {
#include "build/gen/closed.h"
	};
#undef ROW
	void *const *open = (void *const *)(const void *)back_table();
	unsigned bit = (front_openmpi() ? 4U : 1U) << 4 * (front_release() - 1);
	size_t i;

	if (KEEP_MPI->phase == BACK_FINALIZED)
		bit <<= 1;
	for (i = 0; i < ROWS; i++)
		if (needs_tool(names[i]))
			table[i] = (void *)closed_tool;
		else if (rows[i].open_in & bit)
			table[i] = open[i];
		else
			table[i] = own(names[i], open[i], rows[i].closed);
}

/* Fronts find none of these without MPI. Errors, infos and what belongs to them
 * they do: MPICH lets them be used. */
static void objects_mark(uint32_t magic)
{
	struct desc *d;
	int k;

	objects_lock();
	for (k = 0; k < DESC_KINDS; k++)
		for (d = kinds[k].needs_mpi ? KEEP_MPI->live[k] : NULL; d;
		     d = d->next)
			d->magic = magic | k;
	objects_unlock();
}

void closed_update(void)
{
	if (!FRONT)
		return; /* not known yet whose program it is */
	tool_update();
	if (KEEP_MPI->open) {
		objects_mark(DESC_MAGIC);
		GATE->mpi = back_table();
		return;
	}
	objects_mark(DESC_CLOSED);
	table_close();
	GATE->mpi = (const struct mpi_table *)(const void *)table;
}
