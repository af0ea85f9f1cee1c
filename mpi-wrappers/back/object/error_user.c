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

	if (r && !r->texts)
		r->texts = keep_alloc(sizeof(*r->texts));
	return r ? r->texts : NULL;
}

struct error_text *error_user(int code)
{
	struct error_texts *t = error_texts();
	struct error_text *u;

	if (!t || code < USER_CODE || code >= USER_CODE + t->n_user)
		return NULL;
	u = &t->user[code - USER_CODE];
	return u->code ? u : NULL;
}

int error_native(int code)
{
	struct error_text *u = error_user(code);
	int n;

#ifdef OPEN_MPI
	if (u)
		return MPI_ERR_LASTCODE + 1 + (code - USER_CODE);
#endif
	n = u ? u->class : err_class(code);
	u = error_user(n);
	if (!u)
		return real_errcode(n);
	for (n = USER_FIRST; u > OBJECTS->texts->user; u--)
		n += u[-1].code && u[-1].class == u[-1].code;
	return n;
}

/* A place for one more: a deleted one's, else at the end. */
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
	struct error_text *u = t ? user_place(t) : NULL;

	if (!u)
		return back_raise(NULL, SEAM_ERR_NO_MEM, fn);
	*code = u->code = USER_CODE + (int)(u - t->user);
	u->class = class < 0 ? *code : class;
	u->text = NULL;
	if (*code > OBJECTS->last_code)
		OBJECTS->last_code = *code;
	return 0;
}

/* Takes back a class, or a code; or its text alone. */
int user_delete(int code, int is_class, int text_only)
{
	struct error_text *u = error_user(code);

	if (!u || (!text_only && (u->class == code) != is_class))
		return ASK(SEAM_ERR_OTHER);
	keep_free(u->text);
	u->text = NULL;
	if (!text_only) {
		u->code = 0;
		error_texts()->n_free++;
	}
	return 0;
}

int back_Add_error_code(int errorclass, int *errorcode)
{
	struct error_text *u = error_user(errorclass);
	int rc = 0;

	if (u ? u->class != errorclass : !seam_is_class(errorclass))
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
	struct error_text *u = error_user(errorcode);
	char *copy;

	if (!u || text_too_long(string))
		return ASK(u ? SEAM_ERR_ARG : SEAM_SUCCESS);
	copy = keep_strdup(string);
	if (!copy)
		return back_raise(NULL, SEAM_ERR_NO_MEM,
				  "MPI_Add_error_string");
	keep_free(u->text);
	u->text = copy;
	return 0;
}
