/* SPDX-License-Identifier: MIT */
/* op.c - the application's reduction operations
 *
 * The native library gets a function of its own for each op, a libffi closure
 * in the lower half, which calls the application in the upper half through the
 * front's shim. A native nonblocking collective may call it after MPI_Op_free,
 * so closures let go are used again only after many others.
 */
#include <errno.h>
#include <ffi.h>
#include <stdlib.h>
#include "../../../common/lower.h"
#include "../object/kind.h"
#include "op.h"
#include "../../front_shims.h"
#include "../core/rows.h"
#include "build/gen/back.h"

#define RESTING 1024 /* closures let go and not yet used again */

struct op_call {
	ffi_closure *closure;
	void *code;
	void *fn;
	int large;
	struct op_call *next;
};

static struct op_call *resting, **resting_tail = &resting;
static int n_resting;

/* The native library calls: void f(in, inout, len *, MPI_Datatype *). */
static void op_called(ffi_cif *cif, void *ret, void **args, void *user)
{
	const struct op_call *c = user;
	const struct front_shims *shims = FRONT;
	void *len = *(void **)args[2];
	MPI_Datatype type = **(MPI_Datatype **)args[3];
	int64_t n;

	(void)cif;
	(void)ret;
#if MPI_VERSION >= 4
	n = c->large ? *(MPI_Count *)len : *(int *)len;
#else
	n = *(int *)len;
#endif
	if (shims)
		lower_upcall((void *)shims->op, (long)c->fn, *(long *)args[0],
			     *(long *)args[1], n, (long)seam_type(type),
			     c->large);
}

static struct op_call *call_new(void)
{
	static ffi_type *types[4];
	static ffi_cif cif;
	struct op_call *c;
	int i;

	if (n_resting >= RESTING) {
		c = resting;
		resting = c->next;
		if (!resting)
			resting_tail = &resting;
		n_resting--;
		return c;
	}
	for (i = 0; i < 4; i++)
		types[i] = &ffi_type_pointer;
	c = calloc(1, sizeof(*c));
	if (!c)
		return NULL;
	c->closure = ffi_closure_alloc(sizeof(*c->closure), &c->code);
	if (c->closure &&
	    ffi_prep_cif(&cif, FFI_DEFAULT_ABI, 4, &ffi_type_void, types) ==
		    FFI_OK &&
	    ffi_prep_closure_loc(c->closure, &cif, op_called, c, c->code) ==
		    FFI_OK)
		return c;
	if (c->closure)
		ffi_closure_free(c->closure);
	free(c);
	return NULL;
}

static void call_rest(struct op_call *c)
{
	objects_lock();
	c->next = NULL;
	*resting_tail = c;
	resting_tail = &c->next;
	n_resting++;
	objects_unlock();
}

int op_build(struct desc_op *op)
{
	struct op_call *c;
	MPI_Op n;
	int rc;

	objects_lock();
	c = call_new();
	objects_unlock();
	if (!c)
		return MPI_ERR_OTHER;
	c->fn = op->fn;
	c->large = op->large;
#if MPI_VERSION >= 4
	if (op->large)
		rc = MPI_Op_create_c((MPI_User_function_c *)c->code,
				     op->commute, &n);
	else
#endif
		rc = MPI_Op_create((MPI_User_function *)c->code, op->commute,
				   &n);
	if (rc) {
		call_rest(c);
		return rc;
	}
	op->call = c;
	op->d.real = AS_REAL(n);
	return 0;
}

void op_destroy(void *p)
{
	struct desc_op *op = p;
	MPI_Op n = NATIVE(MPI_Op, op);

	if (!op->d.real)
		return;
	MPI_Op_free(&n);
	call_rest(op->call);
}

int op_rebuild(struct desc *d)
{
	return op_build((struct desc_op *)d);
}

int op_fixed(uint64_t real, void *seam)
{
	struct desc_op *op = desc_make_fixed(DESC_OP, sizeof(*op), seam);

	if (!op)
		return -ENOMEM;
	op->d.real = real;
	MPI_Op_commutative(NATIVE(MPI_Op, op), &op->commute);
	return 0;
}

int op_create(int large, void *user, int commute, seam_op *out, const char *fn)
{
	struct desc_op *op;
	int rc;

	if (!user)
		return ASK(SEAM_ERR_ARG);
	op = desc_make(DESC_OP, sizeof(*op), fn);
	if (!op)
		return back_raise(NULL, SEAM_ERR_NO_MEM, fn);
	op->fn = user;
	op->commute = !!commute;
	op->large = large;
	rc = op_build(op);
	if (rc) {
		desc_unref(op);
		return back_raise(NULL, err_from_native(rc), fn);
	}
	*out = op->d.seam;
	return 0;
}

/* C++ tells its function after it has made the op (front/openmpi). */
int back_op_set_fn(seam_op op, void *fn)
{
	struct desc_op *d = desc_of(op, DESC_OP);

	if (!d || !d->call)
		return SEAM_ERR_OP;
	d->fn = fn;
	((struct op_call *)d->call)->fn = fn;
	return 0;
}
