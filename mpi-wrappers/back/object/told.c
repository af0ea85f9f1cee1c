/* SPDX-License-Identifier: MIT */
/* told.c - native error handlers that note whom they are called for */
#include <string.h>
#include "../core/native.h"
#include "told.h"

#define MARK 0x7a5b0000 /* and the number of the note */

struct note {
	enum desc_kind kind;
	uint64_t real;
	int code; /* native */
};

static __thread struct note noted[TOLD], taken[TOLD];
static __thread int n_noted, n_taken, taken_code, taken_fixed;

#if !TELLS
#define told_new(create, fn, out) ((void)(fn), *(out) = MPI_ERRORS_RETURN, 0)
#else
#define told_new(create, fn, out) create(fn, out)
#endif

static MPI_Errhandler on[DESC_KINDS];

static void note(enum desc_kind kind, uint64_t real, int *code)
{
	if (n_noted == TOLD)
		n_noted = 0; /* nobody has asked: they are old */
	noted[n_noted] = (struct note){ kind, real, told_code(*code) };
	*code = MARK + n_noted++;
}

int told_code(int rc)
{
	return rc >= MARK && rc < MARK + n_noted ? noted[rc - MARK].code : rc;
}

static void comm_told(MPI_Comm *c, int *code, ...)
{
	note(DESC_COMM, AS_REAL(*c), code);
}

static void win_told(MPI_Win *w, int *code, ...)
{
	note(DESC_WIN, AS_REAL(*w), code);
}

static void file_told(MPI_File *f, int *code, ...)
{
	note(DESC_FILE, AS_REAL(*f), code);
}

#ifdef MPI_SESSION_NULL
static void session_told(MPI_Session *s, int *code, ...)
{
	note(DESC_SESSION, AS_REAL(*s), code);
}
#endif

MPI_Errhandler told_handler(enum desc_kind kind)
{
#ifdef MPI_SESSION_NULL /* which is there before MPI_Init */
	if (kind == DESC_SESSION && !on[kind])
		told_new(MPI_Session_create_errhandler, session_told,
			 &on[kind]);
#endif
	return on[kind] ? on[kind] : MPI_ERRORS_RETURN;
}

int told_init(void)
{
	int rc =
		told_new(MPI_Comm_create_errhandler, comm_told, &on[DESC_COMM]);

	if (!rc)
		rc = told_new(MPI_Win_create_errhandler, win_told,
			      &on[DESC_WIN]);
	if (!rc)
		rc = told_new(MPI_File_create_errhandler, file_told,
			      &on[DESC_FILE]);
	if (!rc)
		rc = MPI_File_set_errhandler(MPI_FILE_NULL, on[DESC_FILE]);
	if (!rc)
		rc = MPI_Comm_set_errhandler(MPI_COMM_WORLD, on[DESC_COMM]);
	return rc ? rc : MPI_Comm_set_errhandler(MPI_COMM_SELF, on[DESC_COMM]);
}

void told_take(int rc, int all)
{
	const int code = told_code(rc), last = n_noted - 1;

	n_taken = 0;
	taken_fixed = code == rc;
	if (last < 0 || noted[last].code != code)
		return;
	n_taken = all ? n_noted : 1;
	memcpy(taken, &noted[n_noted - n_taken], n_taken * sizeof(*taken));
}

void told_name(int code)
{
	taken_code = code;
	n_noted = 0;
}

int told_any(void)
{
	return n_noted;
}

int told_last(void)
{
	return noted[n_noted - 1].code;
}

void told_forget(void)
{
	n_noted = n_taken = 0;
}

static struct desc *object(const struct note *t)
{
	struct desc *d;

	if (t->kind == DESC_FILE && t->real == AS_REAL(MPI_FILE_NULL))
		return file_null();
	objects_lock();
	for (d = KEEP_MPI->live[t->kind]; d && d->real != t->real; d = d->next)
		;
	objects_unlock();
	return d;
}

int told_objects(int code, struct told *all, int *fixed)
{
	int i, n = 0;

	for (i = 0; i < n_taken && taken_code == code; i++) {
		all[n].obj = object(&taken[i]);
		all[n].code = taken[i].code;
		if (all[n].obj)
			n++;
	}
	*fixed = n && taken_fixed;
	n_taken = 0;
	return n;
}
