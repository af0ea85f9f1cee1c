/* SPDX-License-Identifier: MIT */
/* native.c - predefined objects: descriptors of all that this MPI has
 *
 * Made at the first MPI_Init and kept; a restart, perhaps on another MPI, only
 * gives them their new native handles. One that this MPI has not keeps a null
 * handle: using it is an error, holding it is not.
 */
#include <errno.h>
#include <stdlib.h>
#include <stdio.h>
#include <string.h>
#include "../../../common/launcher.h"
#include "../../../common/lower.h"
#include "../comm/comm.h"
#include "../object/kind.h"
#include "../object/told.h"
#include "../type/type.h"
#include "../../conv.h"
#include "../../front_shims.h"
#include "build/gen/back.h"

#define DESC_DATATYPE DESC_TYPE

/* Only kinds whose predefined ones need a descriptor are looked at. */
struct predefined {
	int kind;
	uint64_t real;
	uintptr_t seam;
};

#ifdef OPEN_MPI
/* Exported, but mpi.h has no constants for them. */
#define NAMELESS(object)                                                       \
	extern struct ompi_predefined_datatype_t object __attribute__((weak))
NAMELESS(ompi_mpi_lb);
NAMELESS(ompi_mpi_ub);
NAMELESS(ompi_mpi_integer16);
NAMELESS(ompi_mpi_real2);
NAMELESS(ompi_mpi_ldblcplex);
#endif

#define H(kind, native, handle)                                                \
	{ DESC_##kind, AS_REAL(native), (uintptr_t)(handle) },
static const struct predefined table[] = {
#include "build/gen/handles.h"
};
#undef H

#define ROWS (sizeof(table) / sizeof(table[0]))

struct objects_root *objects_root(void)
{
	void **at = &KEEP_MPI->part[0], *none = NULL, *made;

	if (__atomic_load_n(at, __ATOMIC_ACQUIRE))
		return OBJECTS;
	made = keep_alloc(sizeof(struct objects_root));
	if (made &&
	    !__atomic_compare_exchange_n(at, &none, made, 0, __ATOMIC_ACQ_REL,
					 __ATOMIC_ACQUIRE))
		keep_free(made); /* another thread was first */
	return OBJECTS;
}

int front_openmpi(void)
{
	return FRONT && !strcmp(FRONT->abi, "openmpi");
}

int front_release(void)
{
	long n = (long)KEEP_MPI->part[PART_RELEASE];

	return n ? (int)n : 1;
}

int front_mpich5(void)
{
	return FRONT && !front_openmpi() && front_release() == 3;
}

size_t front_room(enum room what)
{
	static const size_t mpich[] = { 128, 512, 256, 1024 };
	static const size_t openmpi[] = { 64, 256, 36, 255 };

	return front_openmpi() ? openmpi[what] : mpich[what];
}

MPI_Comm bad_comm(seam_comm h)
{
	return BAD_HANDLE(MPI_Comm, MPI_COMM_NULL, h);
}

MPI_Datatype bad_type(seam_datatype h)
{
	return BAD_HANDLE(MPI_Datatype, MPI_DATATYPE_NULL, h);
}

MPI_Op bad_op(seam_op h)
{
	return BAD_HANDLE(MPI_Op, MPI_OP_NULL, h);
}

static int comm_fixed(seam_comm h, MPI_Comm n, const char *name, int self)
{
	struct desc_comm *c;
	int i, rc;

	c = desc_make_fixed(DESC_COMM, sizeof(*c), h);
	if (!c)
		return -ENOMEM;
	c->d.real = AS_REAL(n);
	rc = MPI_Comm_rank(n, &c->rank);
	if (!rc)
		rc = MPI_Comm_size(n, &c->size);
	if (rc)
		return -EIO;
	c->world = keep_alloc(c->size * sizeof(int));
	if (!c->world)
		return -ENOMEM;
	for (i = 0; i < c->size; i++)
		c->world[i] = self ? KEEP_MPI->rank : i;
	c->clock.id[0] = (uintptr_t)h;
	c->clock.id[1] = self ? (uint64_t)KEEP_MPI->rank + 0x200 : 0x100;
	c->clock.members = (uint64_t)c->size;
	clock_add(&c->clock);
	strcpy(c->name, name);
	return 0;
}

/* A row that stands for something: not a null handle, of a kind that has
 * descriptors. */
static int useful(const struct predefined *p)
{
	const struct kind *k = &kinds[p->kind];

	return k->predefined && p->real && p->real != k->none;
}

seam_datatype type_predefined(uint64_t native)
{
	size_t i;

	for (i = 0; i < ROWS; i++)
		if (table[i].kind == DESC_TYPE && table[i].real == native &&
		    useful(&table[i]))
			return (seam_datatype)table[i].seam;
	return SEAM_DATATYPE_NULL;
}

static int tables_make(void)
{
	size_t i;
	int rc = 0;

	for (i = 0; i < ROWS && !rc; i++) {
		if (!useful(&table[i]) || KEEP_MPI->fixed[table[i].seam])
			continue;
		rc = kinds[table[i].kind].predefined(table[i].real,
						     (void *)table[i].seam);
	}
	return rc;
}

/* Those that are there already were made by an earlier start. */
static int handlers_make(void)
{
	static const seam_errhandler all[] = { SEAM_ERRORS_ARE_FATAL,
					       SEAM_ERRORS_ABORT,
					       SEAM_ERRORS_RETURN };
	size_t i;

	for (i = 0; i < 3; i++)
		if (!desc_of_fixed(all[i]) &&
		    !desc_make_fixed(DESC_ERRHANDLER,
				     sizeof(struct desc_errhandler), all[i]))
			return -ENOMEM;
	return 0;
}

static int world_int(int keyval, int *value)
{
	int *p, flag = 0;

	if (MPI_Comm_get_attr(MPI_COMM_WORLD, keyval, &p, &flag) || !flag)
		return 0;
	*value = *p;
	return 1;
}

static void attributes_note(struct objects_root *r)
{
	world_int(MPI_TAG_UB, &r->tag_ub);
	if (world_int(MPI_HOST, &r->host))
		r->host = seam_rank(r->host);
	if (world_int(MPI_IO, &r->io))
		r->io = seam_rank(r->io);
	world_int(MPI_WTIME_IS_GLOBAL, &r->wtime_is_global);
	world_int(MPI_LASTUSEDCODE, &r->last_code);
	/* Asked of MPICH without a launcher, this one starts an mpiexec. */
	if (launcher_there())
		r->has_universe_size =
			world_int(MPI_UNIVERSE_SIZE, &r->universe_size);
	r->has_appnum = world_int(MPI_APPNUM, &r->appnum);
}

static int empty_group_make(void)
{
	struct desc_group *g;

	if (desc_of_fixed(SEAM_GROUP_EMPTY))
		return 0;
	g = desc_make_fixed(DESC_GROUP, sizeof(*g), SEAM_GROUP_EMPTY);
	if (!g)
		return -ENOMEM;
	g->rank = SEAM_UNDEFINED;
	return 0;
}

int objects_early(void)
{
	int rc = objects_root() ? tables_make() : -ENOMEM;

	if (!rc)
		rc = handlers_make();
	if (!rc)
		rc = empty_group_make();
	if (!rc && info_env_fill())
		rc = -ENOMEM;
	return rc ? rc : objects_refill();
}

int objects_init(void)
{
	int rc = comm_fixed(SEAM_COMM_WORLD, MPI_COMM_WORLD, "MPI_COMM_WORLD",
			    0);

	if (!rc)
		rc = comm_fixed(SEAM_COMM_SELF, MPI_COMM_SELF, "MPI_COMM_SELF",
				1);
	if (!rc)
		rc = objects_early();
	if (!rc)
		attributes_note(OBJECTS);
	told_forget(); /* what this MPI does not have */
	return rc;
}

int objects_refill(void)
{
	struct desc *d;
	size_t i;

	type_index_clear();
	for (i = 0; i < FIXED_HANDLES; i++)
		if (KEEP_MPI->fixed[i])
			((struct desc *)KEEP_MPI->fixed[i])->real = 0;
	if (desc_of_fixed(SEAM_FILE_NULL))
		file_null();
	if (desc_of_fixed(SEAM_COMM_WORLD)) {
		desc_of_fixed(SEAM_COMM_WORLD)->real = AS_REAL(MPI_COMM_WORLD);
		desc_of_fixed(SEAM_COMM_SELF)->real = AS_REAL(MPI_COMM_SELF);
	}
	for (i = 0; i < ROWS; i++) {
		d = useful(&table[i]) ? KEEP_MPI->fixed[table[i].seam] : NULL;
		if (!d || d->real)
			continue;
		d->real = table[i].real;
		if (table[i].kind == DESC_TYPE)
			type_index((struct desc_type *)d);
	}
	return 0;
}
