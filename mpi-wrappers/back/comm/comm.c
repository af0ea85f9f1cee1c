/* SPDX-License-Identifier: MIT */
/* comm.c - descriptors of communicators: members, identity, end
 *
 * Identity: a 128-bit hash over (parent's identity, number of objects made on
 * the parent before, kind, world ranks of the members): the same on all
 * members without a message, different for any two communicators. Counters
 * are never reset.
 */
#define XXH_INLINE_ALL
#include <xxhash.h>
#include <stdlib.h>
#include <string.h>
#include "comm.h"
#include "../agent/departed.h"
#include "../core/init.h"
#include "../core/rows.h"
#include "../object/kind.h"
#include "../object/told.h"
#include "build/gen/back.h"

/* 0: not asked for yet; MPICH's handles are not 0, Open MPI's are pointers. */
static MPI_Group world;

MPI_Group world_group(void)
{
	if (!world && init_up)
		MPI_Comm_group(MPI_COMM_WORLD, &world);
	return world ? world : session_world();
}

struct desc_comm *comm_usable(seam_comm h)
{
	struct desc_comm *c = comm_of(h);

	return c && !c->d.freed ? c : NULL;
}

/* A communicator of one rank has no clock, but its attributes' callbacks may
 * call collectives of others. */
static int comm_begin(struct desc_comm *c)
{
	int rc;

	if (c->clock.members != 1 || !c->attrs)
		return coll_enter(&c->clock);
	rc = callback_enter();
	c->clock.seq += !rc;
	return rc;
}

struct desc_comm *comm_enter(seam_comm h, int *rc)
{
	struct desc_comm *c = comm_usable(h);

	*rc = c ? comm_begin(c) : ASK(SEAM_ERR_COMM);
	return *rc == 0 ? c : NULL;
}

int comm_rc(struct desc_comm *c, int native_rc, const char *fn)
{
	return native_rc ? back_raise(&c->d, err_from_native(native_rc), fn) :
			   0;
}

int comm_world_rank(const struct desc_comm *c, int peer)
{
	int n = c->remote_size ? c->remote_size : c->size;
	const int *list = c->remote_size ? c->remote : c->world;

	return peer >= 0 && peer < n ? list[peer] : -1;
}

/* World ranks of a native group, in keep memory; NULL: no memory. */
static int *group_members(MPI_Group g, int n, uint32_t *outside)
{
	int *ranks = malloc((n + 1) * sizeof(int));
	int *out = keep_alloc((n + 1) * sizeof(int));
	int i;

	if (!ranks || !out)
		goto fail;
	for (i = 0; i < n; i++)
		ranks[i] = i;
	if (n && MPI_Group_translate_ranks(g, n, ranks, world_group(), out))
		goto fail;
	for (i = 0; i < n; i++) {
		if (out[i] >= 0 && out[i] != MPI_UNDEFINED)
			continue;
		out[i] = -1;
		*outside = 1;
	}
	free(ranks);
	return out;
fail:
	free(ranks);
	keep_free(out);
	return NULL;
}

static int comm_members(struct desc_comm *c, MPI_Comm n)
{
	MPI_Group g;
	int inter = 0, rc;

	rc = MPI_Comm_test_inter(n, &inter);
	if (!rc)
		rc = MPI_Comm_rank(n, &c->rank);
	if (!rc)
		rc = MPI_Comm_size(n, &c->size);
	if (!rc)
		rc = MPI_Comm_group(n, &g);
	if (rc)
		return err_from_native(rc);
	c->world = group_members(g, c->size, &c->outside);
	MPI_Group_free(&g);
	if (inter) {
		rc = MPI_Comm_remote_size(n, &c->remote_size);
		if (!rc)
			rc = MPI_Comm_remote_group(n, &g);
		if (rc)
			return err_from_native(rc);
		c->remote = group_members(g, c->remote_size, &c->outside);
		MPI_Group_free(&g);
	}
	if (!c->world || (inter && !c->remote))
		return SEAM_ERR_NO_MEM;
	return 0;
}

/* Both sides of an intercommunicator must come to the same value: the side
 * with the smaller first world rank goes first. */
void comm_identify(uint64_t id[2], const struct desc_comm *c,
		   const uint64_t parent[2], uint64_t child,
		   enum comm_kind kind)
{
	uint64_t head[4] = { parent[0], parent[1], child, kind };
	const int *a = c->world, *b = c->remote;
	size_t na = c->size, nb = c->remote_size;
	XXH3_state_t *s = XXH3_createState();
	XXH128_hash_t h;

	if (!s)
		return;
	if (b && nb && na && b[0] < a[0]) {
		const int *t = a;
		size_t nt = na;

		a = b, na = nb;
		b = t, nb = nt;
	}
	XXH3_128bits_reset(s);
	XXH3_128bits_update(s, head, sizeof(head));
	XXH3_128bits_update(s, a, na * sizeof(int));
	if (b) {
		XXH3_128bits_update(s, &na, sizeof(na));
		XXH3_128bits_update(s, b, nb * sizeof(int));
	}
	h = XXH3_128bits_digest(s);
	XXH3_freeState(s);
	id[0] = h.low64;
	id[1] = h.high64 | 1; /* never (0,1)'s or (0,0)'s neighbour */
}

/* A duplicate's native members are the parent's: no need to ask. */
static int comm_members_dup(struct desc_comm *c, const struct desc_comm *p)
{
	c->rank = p->rank;
	c->size = p->size;
	c->remote_size = p->remote_size;
	c->outside = p->outside;
	c->world = keep_alloc((p->size + 1) * sizeof(int));
	if (!c->world)
		return SEAM_ERR_NO_MEM;
	memcpy(c->world, p->world, p->size * sizeof(int));
	if (!p->remote_size)
		return 0;
	c->remote = keep_alloc(p->remote_size * sizeof(int));
	if (!c->remote)
		return SEAM_ERR_NO_MEM;
	memcpy(c->remote, p->remote, p->remote_size * sizeof(int));
	return 0;
}

/* Fills in the members that Open MPI 6's Fortran 2008 library looks at
 * (desc.h). */
static void comm_show(struct desc_comm *c)
{
	c->inter = c->remote != NULL;
	c->groups[0] = (const char *)&c->size - GROUP_SIZE_AT;
	c->groups[1] = (const char *)&c->remote_size - GROUP_SIZE_AT;
}

/* The constructor has returned a communicator: have all members of parent begun
 * it? Those that agree on a context identifier among all have. */
static int waits_for_all(const struct desc_comm *parent,
			 const struct desc_comm *c, enum comm_kind kind)
{
	switch (kind) {
	case COMM_DUP:
	case COMM_CREATE:
	case COMM_CREATE_GROUP:
	case COMM_SPLIT:
	case COMM_MERGE:
		return 1;
	case COMM_TOPO:
		return c->size == parent->size;
	default:
		return 0;
	}
}

static void comm_clock(struct desc_comm *c, const struct coll_clock *on,
		       uint64_t child, enum comm_kind kind)
{
	comm_identify(c->clock.id, c, on->id, child, kind);
	/* Its other members are not the local parent's. */
	if (kind != COMM_INTER)
		memcpy(c->clock.parent, on->id, sizeof(c->clock.parent));
	c->clock.members = comm_processes(c);
	clock_add(&c->clock);
}

int comm_wrap_on(struct coll_clock *on, MPI_Comm n, struct desc_comm *p,
		 enum comm_kind kind, const char *fn, struct desc_comm **out)
{
	uint64_t child = on->children++;
	struct desc_comm *c;
	int rc;

	*out = NULL;
	if (n == MPI_COMM_NULL && kind != COMM_DUP)
		return 0;
	c = desc_make(DESC_COMM, sizeof(*c), fn);
	if (!c)
		return SEAM_ERR_NO_MEM;
	rc = p && kind == COMM_DUP ? comm_members_dup(c, p) :
				     comm_members(c, n);
	if (rc) {
		desc_unref(c);
		return rc;
	}
	comm_show(c);
	if (n != MPI_COMM_NULL) {
		MPI_Comm_set_errhandler(n, told_handler(DESC_COMM));
		c->d.real = AS_REAL(n);
	}
	c->d.refuse = c->outside;
	comm_clock(c, on, child, kind);
	if (p)
		handler_share(&c->errhandler, &p->errhandler);
	if (n != MPI_COMM_NULL && waits_for_all(p, c, kind))
		departed_forget(on);
	*out = c;
	return 0;
}

int comm_wrap(MPI_Comm n, struct desc_comm *parent, enum comm_kind kind,
	      const char *fn, struct desc_comm **out)
{
	return comm_wrap_on(&parent->clock, n, parent, kind, fn, out);
}

int comm_result(struct desc_comm *parent, int rc, struct desc_comm *made,
		MPI_Comm n, seam_comm *out, const char *fn)
{
	if (!rc || n != (MPI_Comm)0)
		*out = !rc && made ? made->d.seam : SEAM_COMM_NULL;
	if (rc)
		desc_unref(made);
	return rc ? back_raise(parent ? &parent->d : NULL, rc, fn) : 0;
}

int comm_from_native(MPI_Comm native, const char *what, seam_comm *out)
{
	struct desc_comm *c;
	int rc = comm_wrap_on(&OBJECTS->none, native, NULL, COMM_OUTSIDE, what,
			      &c);

	if (!rc)
		*out = c ? (seam_comm)c->d.seam : SEAM_COMM_NULL;
	if (!rc && c)
		c->d.refuse = 1;
	return rc;
}

void comm_destroy(void *p)
{
	struct desc_comm *c = p;
	MPI_Comm n = NATIVE(MPI_Comm, c);
	const int live = c->d.real && n != MPI_COMM_NULL;

	/* First: another thread's new communicator may get the native handle,
	 * and is looked for by it (told.c). */
	objects_lock();
	c->d.real = 0;
	objects_unlock();
	if (live)
		MPI_Comm_free(&n);
	objects_lock();
	clock_remove(&c->clock);
	objects_unlock();
	attr_forget(&c->d);
	desc_unref(c->errhandler);
	desc_unref(c->info);
	desc_unref(c->hints);
	topo_free(c->topo);
	keep_free(c->world);
	keep_free(c->remote);
}

/* The object that a callback's refusal is an error of. */
#ifdef OPEN_MPI
#define FREE_ERRORS(d) (d)
#else
#define FREE_ERRORS(d) NULL
#endif

/* Attributes go first: their callbacks may refuse. They may call collectives,
 * which are part of this one: parked inside a callback, a thread could not be
 * saved. The native communicator goes when the last pending operation on it is
 * done (comm_destroy), so that a checkpoint in between can rebuild it. */
int comm_end(seam_comm *comm, int disconnect, const char *fn)
{
	struct desc_comm *c = comm_usable(*comm);
	int rc;

	if (!c)
		return ASK(SEAM_ERR_COMM);
	if (desc_is_fixed(&c->d)) /* MPICH would disconnect it */
		return disconnect ? back_raise(NULL, SEAM_ERR_COMM, fn) :
				    ASK(SEAM_ERR_COMM);
	rc = comm_begin(c);
	if (rc)
		return rc;
	rc = attr_delete_all(&c->d);
	if (rc) {
		c->clock.seq--; /* it is not freed */
		coll_leave();
		return back_raise(FREE_ERRORS(&c->d), rc, fn);
	}
	if (disconnect && c->d.real) {
		MPI_Comm n = NATIVE(MPI_Comm, c);

		rc = MPI_Comm_disconnect(&n);
		c->d.real = rc ? c->d.real : 0;
	}
	if (!rc)
		departed_add(&c->clock);
	coll_leave();
	if (rc)
		return comm_rc(c, rc, fn);
	c->d.freed = 1;
	*comm = SEAM_COMM_NULL;
	desc_unref(c);
	return 0;
}
