/* SPDX-License-Identifier: MIT */
/* tool_value.c - MPI_T's variables, and the values that programs give them
 *
 * A value that was written to a control variable is written again at a restart.
 */
#include <stdio.h>
#include <string.h>
#include "../../../common/back.h"
#include "../../../common/lower.h"
#include "../../conv.h"
#include "build/gen/back.h"
#include "native.h"
#include "tool_value.h"

/* The last value written to a control variable of no object's: each library has
 * its own variables. */
struct tool_value {
	struct tool_value *next;
	char library[16], *name;
	int64_t bytes;
	char value[];
};

static struct variable nothing(void)
{
	return (struct variable){ .type = MPI_DATATYPE_NULL,
				  .items = MPI_T_ENUM_NULL };
}

int variable_cvar(int index, struct variable *v)
{
	int verbosity, scope, len = sizeof(v->name), none = 0;

	*v = nothing();
	return MPI_T_cvar_get_info(index, v->name, &len, &verbosity, &v->type,
				   &v->items, NULL, &none, &v->bind, &scope);
}

/* MPICH does not look at the index. */
int variable_pvar(int index, struct variable *v)
{
	int verbosity, class, ro, continuous, atomic, none = 0;
	int len = sizeof(v->name), n = 0;

	*v = nothing();
	if (MPI_T_pvar_get_num(&n) || index < 0 || index >= n)
		return MPI_T_ERR_INVALID_INDEX;
	return MPI_T_pvar_get_info(index, v->name, &len, &verbosity, &class,
				   &v->type, &v->items, NULL, &none, &v->bind,
				   &ro, &continuous, &atomic);
}

/* MPI_Type_size needs MPI, MPI_T does not. 0 for types no variable has. */
int variable_bytes(MPI_Datatype t)
{
	if (t == MPI_CHAR)
		return 1;
	if (t == MPI_INT || t == MPI_UNSIGNED)
		return 4;
	return t == MPI_UNSIGNED_LONG || t == MPI_UNSIGNED_LONG_LONG ||
			       t == MPI_COUNT || t == MPI_DOUBLE ?
		       8 :
		       0;
}

static struct tool_value *value_new(const struct desc_tool *t)
{
	struct tool_value *v = keep_alloc(sizeof(*v) + (size_t)t->bytes);

	if (!v)
		return NULL;
	v->name = keep_strdup(t->name);
	v->bytes = t->bytes;
	if (!v->name) {
		keep_free(v);
		return NULL;
	}
	snprintf(v->library, sizeof(v->library), "%s", back_name());
	return v;
}

static void value_note(const struct desc_tool *t, const void *buf)
{
	struct tool_value *v;

	objects_lock();
	v = OBJECTS->tool_values;
	while (v && (strcmp(v->name, t->name) || v->bytes != t->bytes ||
		     strcmp(v->library, back_name())))
		v = v->next;
	if (!v) {
		v = value_new(t);
		if (v) {
			v->next = OBJECTS->tool_values;
			OBJECTS->tool_values = v;
		}
	}
	if (v)
		memcpy(v->value, buf, (size_t)t->bytes);
	objects_unlock();
}

int back_T_cvar_write(void *handle, const void *buf)
{
	struct desc_tool *t = desc_of(handle, DESC_T_CVAR);
	MPI_T_cvar_handle n = (MPI_T_cvar_handle)(uintptr_t)(t ? t->d.real : 0);
	int rc = MPI_T_cvar_write(n, buf);

	if (rc == MPI_SUCCESS && t && t->bytes > 0)
		value_note(t, buf);
	return rc == MPI_SUCCESS ? 0 : seam_errcode(rc);
}

/* 0, or what the native library says. */
static int value_write(const struct tool_value *v)
{
	MPI_T_cvar_handle n;
	struct variable d;
	int rc, index, count;

	rc = MPI_T_cvar_get_index(v->name, &index);
	if (!rc)
		rc = variable_cvar(index, &d);
	if (!rc)
		rc = MPI_T_cvar_handle_alloc(index, NULL, &n, &count);
	if (rc)
		return rc;
	if ((int64_t)variable_bytes(d.type) * count != v->bytes)
		rc = MPI_T_ERR_INVALID;
	if (!rc)
		rc = MPI_T_cvar_write(n, v->value);
	MPI_T_cvar_handle_free(&n);
	return rc;
}

void values_write(void)
{
	struct tool_value *v;

	for (v = OBJECTS->tool_values; v; v = v->next)
		if (!strcmp(v->library, back_name()) && value_write(v))
			lower_error(
				"MPI_T's variable %s: this MPI library does "
				"not take the value the program gave it: "
				"it has its default",
				v->name);
}
