/* SPDX-License-Identifier: MIT */
/* error_user.c - error classes, codes and texts that the application adds
 *
 * Codes count from USER_CODE; MPICH lets them be deleted, and then given out
 * again.
 */
#include <string.h>
#include "../../../common/back.h"
#include "../core/native.h"
#include "error.h"
#include "../core/rows.h"
#include "../../conv.h"
#include "build/gen/ask.h"

#define USER_CODE 0x40000000
/* The lowest bits of the first class that MPICH makes. */
#if defined(MPICH_NUMVERSION) && MPICH_NUMVERSION >= 40200000
#define USER_FIRST 129
#else
#define USER_FIRST 1
#endif

struct error_texts *error_texts(void)
{
	struct objects_root *r = objects_root();
	struct error_texts *t, *none = NULL;

	if (!r)
		return NULL;
	t = __atomic_load_n(&r->texts, __ATOMIC_ACQUIRE);
	if (t)
		return t;
	t = keep_alloc(sizeof(*t));
	if (!t ||
	    __atomic_compare_exchange_n(&r->texts, &none, t, 0,
					__ATOMIC_ACQ_REL, __ATOMIC_ACQUIRE))
		return t;
	keep_free(t); /* another thread was first */
	return none;
}

struct error_text *user_find(const struct error_texts *t, int code)
{
	struct error_text *u;

	if (!t || code < USER_CODE || code >= USER_CODE + t->n_user)
		return NULL;
	u = &t->user[code - USER_CODE];
	return u->code ? u : NULL;
}

int error_user(int code, int *class)
{
	struct error_texts *t;
	struct error_text *u;

	if (code < USER_CODE)
		return 0;
	t = error_texts();
	objects_lock();
	u = user_find(t, code);
	if (u && class)
		*class = u->class;
	objects_unlock();
	return u != NULL;
}

/* MPICH counts the classes before it. */
static int class_native(int class)
{
	const struct error_texts *t = error_texts();
	int i, n = USER_FIRST;

	objects_lock();
	for (i = 0; i < class - USER_CODE; i++)
		n += t->user[i].code && t->user[i].class == t->user[i].code;
	objects_unlock();
	return n;
}

int error_native(int code)
{
	int class;

	if (!error_user(code, &class))
		class = err_class(code);
#ifdef OPEN_MPI
	else
		return MPI_ERR_LASTCODE + 1 + (code - USER_CODE);
#endif
	return error_user(class, NULL) ? class_native(class) :
					 real_errcode(class);
}

/* A place for one more: a deleted one's, else at the end. With objects_lock
 * held. */
static struct error_text *user_place(struct error_texts *t)
{
	struct error_text *u;
	int i;

	for (i = 0; t->n_free && i < t->n_user; i++)
		if (!t->user[i].code) {
			t->n_free--;
			return &t->user[i];
		}
	u = keep_realloc(t->user, (t->n_user + 1) * sizeof(*u));
	if (!u)
		return NULL;
	t->user = u;
	return &u[t->n_user++];
}

/* A new entry: a class (class < 0: its own) or a code of a class. */
int user_add(int class, int *code, const char *fn)
{
	struct error_texts *t = error_texts();
	struct error_text *u;

	objects_lock();
	u = t ? user_place(t) : NULL;
	if (u) {
		*code = u->code = USER_CODE + (int)(u - t->user);
		u->class = class < 0 ? *code : class;
		u->text = NULL;
		if (*code > OBJECTS->last_code)
			OBJECTS->last_code = *code;
	}
	objects_unlock();
	return u ? 0 : back_raise(NULL, SEAM_ERR_NO_MEM, fn);
}

/* Takes back a class, or a code; or its text alone. */
int user_delete(int code, int is_class, int text_only)
{
	struct error_texts *t = error_texts();
	struct error_text *u;
	char *text = NULL;

	objects_lock();
	u = user_find(t, code);
	if (u && !text_only && (u->class == code) != is_class)
		u = NULL;
	if (u) {
		text = u->text;
		u->text = NULL;
	}
	if (u && !text_only) {
		u->code = 0;
		t->n_free++;
	}
	objects_unlock();
	keep_free(text);
	return u ? 0 : ASK(SEAM_ERR_OTHER);
}

int back_Add_error_code(int errorclass, int *errorcode)
{
	int class, rc = 0;

	if (error_user(errorclass, &class) ? class != errorclass :
					     !seam_is_class(errorclass))
		rc = ask_Add_error_code(errorclass, errorcode,
					ASK(SEAM_SUCCESS));
	return rc ? rc : user_add(errorclass, errorcode, "MPI_Add_error_code");
}

/* Open MPI refuses what MPICH cuts. */
static int text_too_long(const char *s)
{
#ifdef OPEN_MPI
	return strlen(s) >= MPI_MAX_ERROR_STRING;
#else
	return s == NULL;
#endif
}

int back_Add_error_string(int errorcode, const char *string)
{
	struct error_texts *t = error_texts();
	int known = error_user(errorcode, NULL);
	struct error_text *u;
	char *copy, *had;

	if (!known || text_too_long(string))
		return ASK(known ? SEAM_ERR_ARG : SEAM_SUCCESS);
	copy = keep_strdup(string);
	if (!copy)
		return back_raise(NULL, SEAM_ERR_NO_MEM,
				  "MPI_Add_error_string");
	had = copy;
	objects_lock();
	u = user_find(t, errorcode);
	if (u) {
		had = u->text;
		u->text = copy;
	}
	objects_unlock();
	keep_free(had);
	return 0;
}
