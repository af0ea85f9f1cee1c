/* SPDX-License-Identifier: MIT */
/* tool.c - MPI_T: handles, enumerations, and what a restart does again
 *
 * MPI_T lives from its own first init to its last finalize, whatever MPI does,
 * but with MPICH 5 it lives as long as the program's MPI, too.
 * A handle lets no checkpoint pass while it lives. Kept are the number of
 * inits and the values that were written to control variables (tool_value.c).
 * An enumeration is never given back: after a restart it is looked for by its
 * name.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include "closed.h"
#include "../object/kind.h"
#include "regular.h"
#include "tool.h"
#include "tool_value.h"
#include "build/gen/back.h"

/* Native MPI_Init initializes MPI_T as well. */
#if defined(MPICH_NUMVERSION) && MPICH_NUMVERSION >= 50000000
#define INIT_HAS_TOOL 1
#else
#define INIT_HAS_TOOL 0
#endif

void tool_destroy(void *p)
{
	keep_free(((struct desc_tool *)p)->name);
}

/* --- inits --- */

int back_T_init_thread(int required, int *provided)
{
	struct objects_root *r = objects_root();
	int native = NO_INT, rc;

	if (!r)
		return SEAM_T_ERR_MEMORY;
	rc = MPI_T_init_thread(real_tlevel(required),
			       provided ? &native : NULL);
	if (rc != MPI_SUCCESS)
		return seam_errcode(rc);
	r->tool_inits++;
	if (r->tool_level < required)
		r->tool_level = required;
	if (native != NO_INT) /* Open MPI says it once */
		*provided = seam_tlevel(native);
	closed_update();
	return 0;
}

int tool_lives(void)
{
	int inits = OBJECTS ? OBJECTS->tool_inits : 0;

	return inits + (INIT_HAS_TOOL && KEEP_MPI->open) > 0;
}

static void handles_end(enum desc_kind kind, const struct desc *session)
{
	struct desc *d, *next;

	for (d = KEEP_MPI->live[kind]; d; d = next) {
		next = d->next;
		if (!session || ((struct desc_tool *)d)->session == session)
			desc_unref(d);
	}
}

void tool_update(void)
{
	if (tool_lives())
		return;
	for (int k = DESC_T_CVAR; k < DESC_T_ENUM; k++)
		handles_end((enum desc_kind)k, NULL);
}

int back_T_finalize(void)
{
	struct objects_root *r = objects_root();
	int rc = MPI_T_finalize();

	if (rc != MPI_SUCCESS)
		return seam_errcode(rc);
	if (r)
		r->tool_inits--;
	closed_update();
	return 0;
}

/* --- handles --- */

static void *tool_new(enum desc_kind kind, uint64_t real, const char *fn)
{
	struct desc_tool *t = desc_make(kind, sizeof(*t), fn);

	if (!t)
		return NULL;
	t->d.real = real;
	t->d.refuse = kind != DESC_T_ENUM;
	return t;
}

/* The native object a variable is bound to, by its kind in the seam; the handle
 * is the front's. Where NULL is given the native library says what it is. */
static void *object_real(int bind, void *h, uint64_t *place)
{
	int kind = bind > 0 ? DESC_KINDS - 1 : 0;
	struct desc *d;

	if (!h)
		return NULL;
	while (kind && kinds[kind].bind != bind)
		kind--;
	d = kind ? desc_of(h, (enum desc_kind)kind) : NULL;
	*place = d ? d->real : 0;
	return d ? place : NULL;
}

int back_T_cvar_handle_alloc(int cvar_index, void *obj_handle, void **handle,
			     int *count)
{
	MPI_T_cvar_handle n = MPI_T_CVAR_HANDLE_NULL;
	struct desc_tool *t;
	struct variable v;
	uint64_t place;
	int rc, bound;

	rc = variable_cvar(cvar_index, &v);
	bound = rc == MPI_SUCCESS && v.bind != MPI_T_BIND_NO_OBJECT;
	rc = MPI_T_cvar_handle_alloc(
		cvar_index,
		bound ? object_real(seam_tbind(v.bind), obj_handle, &place) :
			NULL,
		handle ? &n : NULL, count);
	if (rc != MPI_SUCCESS)
		return seam_errcode(rc);
	t = tool_new(DESC_T_CVAR, AS_REAL(n), "MPI_T_cvar_handle_alloc");
	if (!t)
		return SEAM_T_ERR_MEMORY;
	if (!bound && v.name[0]) {
		t->name = keep_strdup(v.name);
		t->bytes =
			t->name ? (int64_t)variable_bytes(v.type) * *count : 0;
	}
	*handle = t;
	return 0;
}

int back_T_pvar_handle_alloc(void *session, int pvar_index, void *obj_handle,
			     void **handle, int *count)
{
	MPI_T_pvar_session s = (MPI_T_pvar_session)(uintptr_t)tool_real(
		session, DESC_T_SESSION);
	MPI_T_pvar_handle n = MPI_T_PVAR_HANDLE_NULL;
	struct desc_tool *t;
	struct variable v;
	uint64_t place;
	int rc;

	rc = variable_pvar(pvar_index, &v);
	if (rc == MPI_SUCCESS && v.bind == MPI_T_BIND_NO_OBJECT)
		obj_handle = NULL;
	rc = MPI_T_pvar_handle_alloc(
		s, pvar_index,
		object_real(seam_tbind(v.bind), obj_handle, &place),
		handle ? &n : NULL, count);
	if (rc != MPI_SUCCESS)
		return seam_errcode(rc);
	t = tool_new(DESC_T_PVAR, AS_REAL(n), "MPI_T_pvar_handle_alloc");
	if (!t)
		return SEAM_T_ERR_MEMORY;
	t->session = desc_of(session, DESC_T_SESSION);
	*handle = t;
	return 0;
}

/* Its handles end with it. */
int back_T_pvar_session_free(void **session)
{
	struct desc *d = session ? desc_of(*session, DESC_T_SESSION) : NULL;
	MPI_T_pvar_session n = (MPI_T_pvar_session)(uintptr_t)(d ? d->real : 0);
	int rc = MPI_T_pvar_session_free(session ? &n : NULL);

	if (rc != MPI_SUCCESS)
		return seam_errcode(rc);
	if (d) {
		handles_end(DESC_T_PVAR, d);
		desc_unref(d);
	}
	*session = SEAM_T_PVAR_SESSION_NULL;
	return 0;
}

/* --- enumerations --- */

static int enum_name(MPI_T_enum n, char *name, int *items)
{
	int len = VARIABLE_NAME;

	return MPI_T_enum_get_info(n, items, name, &len);
}

void *tool_enum(MPI_T_enum native)
{
	struct desc_tool *t;
	char name[VARIABLE_NAME];
	struct desc *d;
	int items;

	if (native == MPI_T_ENUM_NULL)
		return NULL;
	for (d = KEEP_MPI->live[DESC_T_ENUM]; d; d = d->next)
		if (d->real == AS_REAL(native))
			return d;
	if (enum_name(native, name, &items))
		return NULL;
	t = tool_new(DESC_T_ENUM, AS_REAL(native), NULL);
	if (!t)
		return NULL;
	t->name = keep_strdup(name);
	t->items = items;
	return t;
}

static int enum_is(MPI_T_enum n, const struct desc_tool *t)
{
	char name[VARIABLE_NAME];
	int items;

	return n != MPI_T_ENUM_NULL && !enum_name(n, name, &items) && t->name &&
	       !strcmp(name, t->name) && items == t->items;
}

static uint64_t enum_among(const struct desc_tool *t, int (*count)(int *),
			   int (*info)(int, struct variable *))
{
	struct variable v;
	int i, n = 0;

	if (count(&n))
		return 0;
	for (i = 0; i < n; i++)
		if (!info(i, &v) && enum_is(v.items, t))
			return AS_REAL(v.items);
	return 0;
}

/* Any variable that has the enumeration tells its handle. */
static uint64_t enum_find(const struct desc_tool *t)
{
	uint64_t n = enum_among(t, MPI_T_cvar_get_num, variable_cvar);

	return n ? n : enum_among(t, MPI_T_pvar_get_num, variable_pvar);
}

uint64_t tool_real(void *h, enum desc_kind kind)
{
	struct desc *d = desc_of(h, kind);

	if (d && !d->real && kind == DESC_T_ENUM)
		d->real = enum_find((struct desc_tool *)d);
	return d ? d->real : 0;
}

int tool_restore(void)
{
	struct objects_root *r = OBJECTS;
	struct desc *d;
	int i, provided;

	for (d = KEEP_MPI->live[DESC_T_ENUM]; d; d = d->next)
		d->real = 0;
	for (i = 0; r && i < r->tool_inits; i++)
		if (MPI_T_init_thread(real_tlevel(r->tool_level), &provided)) {
			lower_error("mana_restart: MPI_T: the MPI library does "
				    "not initialize it again: use the MPI the "
				    "program ran on");
			return -EIO;
		}
	if (r && tool_lives())
		values_write();
	return 0;
}
