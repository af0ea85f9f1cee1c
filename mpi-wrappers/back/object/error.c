/* SPDX-License-Identifier: MIT */
/* error.c - error codes, their texts, and what becomes of an error
 *
 * Seam codes: the classes of the MPI 5.0 ABI; TEXT_CODE | number << 8 | class
 * for a native code whose text says more than its class; those the
 * application has added (error_user.c); all other numbers are the native
 * library's. Texts live in keep memory and survive a restart; of native ones
 * the last ERROR_TEXTS are remembered.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "../../../common/back.h"
#include "../../../common/lower.h"
#include "../core/native.h"
#include "error.h"
#include "kind.h"
#include "../core/leave.h"
#include "told.h"
#include "../../conv.h"
#include "../../front_shims.h"
#include "build/gen/ask.h"

#define TEXT_CODE 0x20000000
/* Blocking receives return the error itself, whatever its handler does. */
#ifdef OPEN_MPI
#define CODES_FIXED 1
#else
#define CODES_FIXED 0
#endif

/* With objects_lock held. */
static const struct error_text *native_find(const struct error_texts *t,
					    int code)
{
	uint32_t i = (code >> 8) & 0xffff;

	if (!t || (code & ~0xffffff) != TEXT_CODE)
		return NULL;
	i %= ERROR_TEXTS;
	return t->native[i].code == code ? &t->native[i] : NULL;
}

/* 1: not a number of ours. */
static int code_native(int code)
{
	return !error_user(code, NULL) && (code & ~0xffffff) != TEXT_CODE &&
	       !seam_is_class(code);
}

int err_class(int code)
{
	int class;

	if (error_user(code, &class))
		return class;
	if ((code & ~0xffffff) == TEXT_CODE)
		return code & 0xff;
	if (seam_is_class(code))
		return code;
	return MPI_Error_class(real_errcode(code), &class) ?
		       SEAM_ERR_UNKNOWN :
		       seam_errcode(class);
}

/* The code of a native text: an old one with the same text, or a new one. */
static int text_code(int class, const char *text)
{
	struct error_texts *t = error_texts();
	struct error_text *e;
	char *copy, *old = NULL;
	int i, code = class;

	copy = t ? keep_strdup(text) : NULL;
	if (!copy)
		return class;
	objects_lock();
	for (i = 0; i < ERROR_TEXTS; i++) {
		e = &t->native[i];
		if (!e->text || strcmp(e->text, text))
			continue;
		code = e->code;
		old = copy;
		goto out;
	}
	i = t->next++ & 0xffff;
	e = &t->native[i % ERROR_TEXTS];
	old = e->text;
	e->text = copy;
	e->class = class;
	code = e->code = TEXT_CODE | i << 8 | class;
out:
	objects_unlock();
	keep_free(old);
	return code;
}

/*
 * MPICH 4.0's MPI_Error_string goes on beyond MPI_MAX_ERROR_STRING with the
 * lines of a long error stack, each within its own limit.
 */
#define TEXT_ROOM 32768

int err_string(int native, char *buf)
{
	char *text = malloc(TEXT_ROOM);
	int len, rc = text ? MPI_Error_string(told_code(native), text, &len) :
			     MPI_ERR_OTHER;

	if (!rc)
		snprintf(buf, SEAM_MAX_ERROR_STRING, "%s", text);
	free(text);
	return rc;
}

static int code_from_native(int rc)
{
	char text[SEAM_MAX_ERROR_STRING];
	int class, seam;

	if (MPI_Error_class(rc, &class))
		return SEAM_ERR_UNKNOWN;
	seam = seam_errcode(class);
	if (seam < 0 || seam > 255 || class == rc || err_string(rc, text))
		return seam;
	return text_code(seam, text);
}

static int err_taken(int rc, int all)
{
	int code;

	told_take(rc, all);
	rc = told_code(rc);
	code = rc == MPI_SUCCESS ? 0 : code_from_native(rc);
	told_name(code);
	return code;
}

int err_from_native(int rc)
{
	return err_taken(rc, 0);
}

int err_from_file(int rc)
{
	return err_taken(rc, 1);
}

/* 1: it is a code whose text we have, or know that it has none. */
static int text_known(int code, char *buf)
{
	struct error_texts *t = error_texts();
	const struct error_text *e;

	objects_lock();
	e = user_find(t, code);
	if (!e)
		e = native_find(t, code);
	if (e && e->text)
		snprintf(buf, SEAM_MAX_ERROR_STRING, "%s", e->text);
	objects_unlock();
	return e != NULL;
}

/* Text of any seam code into buf (SEAM_MAX_ERROR_STRING). A native code. */
static int error_text(int code, char *buf)
{
	int rc;

	buf[0] = 0;
	if (text_known(code, buf))
		return MPI_SUCCESS;
	rc = err_string(
		real_errcode(code_native(code) ? code : err_class(code)), buf);
	if (rc)
		snprintf(buf, SEAM_MAX_ERROR_STRING, "unknown error %d", code);
	return rc;
}

/* As the native library would have said it. */
static void error_print(struct desc *obj, int code, const char *fn)
{
	const struct desc_comm *c = NULL;
	char text[SEAM_MAX_ERROR_STRING];

	if (obj && obj->magic == (DESC_MAGIC | DESC_COMM))
		c = (const struct desc_comm *)obj;
	error_text(code, text);
#ifdef OPEN_MPI
	char host[64] = "localhost";

	gethostname(host, sizeof(host) - 1);
	fprintf(stderr,
		"[%s:%d] *** An error occurred in %s\n"
		"[%s:%d] *** reported by rank %d\n"
		"[%s:%d] *** on communicator %s\n"
		"[%s:%d] *** %s\n"
		"[%s:%d] *** MPI_ERRORS_ARE_FATAL (processes in this "
		"communicator will now abort,\n"
		"[%s:%d] ***    and potentially your MPI job)\n",
		host, getpid(), fn, host, getpid(), KEEP_MPI->rank, host,
		getpid(), c && c->name[0] ? c->name : "MPI_COMM_WORLD", host,
		getpid(), text, host, getpid(), host, getpid());
#else
	if (!strncmp(fn, "MPI_", 4))
		fn += 4;
	fprintf(stderr,
		"Abort(%d) on node %d (rank %d in comm 0): Fatal error in "
		"internal_%s: %s\n",
		real_errcode(err_class(code)), KEEP_MPI->rank,
		c ? c->rank : KEEP_MPI->rank, fn, text);
#endif
	fflush(stderr);
}

static void error_fatal(struct desc *obj, int code, const char *fn)
{
	int native = error_native(code);

	error_print(obj, code, fn);
	if (!(native & 0xff))
		native = 1; /* no success, whatever the number */
	if (back_phase() != BACK_BEFORE_INIT)
		leave_job(MPI_COMM_WORLD, native);
	leave_process(native);
}

struct desc **errhandler_slot(struct desc *obj)
{
	return obj && (obj->magic & ~0xffffu) == DESC_MAGIC ?
		       kind_field(obj, kind_of(obj)->errhandler) :
		       NULL;
}

/* Errors that are about no object go to MPI_COMM_WORLD in Open MPI and MPICH
 * 4.0.2; MPI 4.0 names MPI_COMM_SELF, and so does MPICH 4.2. */
#if defined(OPEN_MPI) || MPI_VERSION * 100 + MPI_SUBVERSION < 401
#define NO_OBJECT SEAM_COMM_WORLD
#else
#define NO_OBJECT SEAM_COMM_SELF
#endif

static int about_files(const char *fn)
{
	static const char *const names[] = {
#include "build/gen/files.h"
	};
	size_t i;

	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (!strcmp(fn, names[i]))
			return 1;
	return 0;
}

/* The object whose handler takes an error of fn on obj: itself; for calls about
 * files MPI_FILE_NULL. */
static struct desc *error_object(struct desc *obj, const char *fn)
{
	if (about_files(fn) && (!obj || obj->magic != (DESC_MAGIC | DESC_FILE)))
		return file_null();
	if (errhandler_slot(obj))
		return obj;
	return desc_of(NO_OBJECT, DESC_COMM);
}

/* Handler of obj as a seam handle; a user's: its function. */
static seam_errhandler handler_of(struct desc *obj, void **fn)
{
	struct desc **slot = errhandler_slot(obj);
	seam_errhandler h = SEAM_ERRORS_ARE_FATAL;

	*fn = NULL;
	if (!slot)
		return h;
	objects_lock(); /* other threads may set another one */
	h = *slot ? (*slot)->seam : kind_of(obj)->unset;
	if (*slot && !desc_is_fixed(*slot))
		*fn = ((struct desc_errhandler *)*slot)->fn;
	objects_unlock();
	return h;
}

/* As MPICH has it, some objects whose handler has never been set leave errors
 * to MPI_COMM_WORLD's, which are then that one's. NULL: no object is there,
 * because MPI is not. */
static struct desc *handler_object(struct desc *obj)
{
	struct desc **slot = errhandler_slot(obj);

	return slot && !*slot && kind_of(obj)->unset_is_world &&
			       !front_openmpi() ?
		       desc_of(SEAM_COMM_WORLD, DESC_COMM) :
		       obj;
}

int handler_invoke(struct desc *obj, int code, const char *fn)
{
	const struct front_shims *shims = FRONT;
	void *user;
	seam_errhandler seam = handler_of(obj, &user);

	if (user && shims)
		return (int)lower_upcall((void *)shims->errhandler, (long)user,
					 (long)obj->seam, desc_kind(obj), code,
					 0, 0);
	if (seam != SEAM_ERRORS_RETURN)
		error_fatal(obj, code, fn);
	return code;
}

/*
 * Where Open MPI returns the error itself, its programs get it. One of MPICH's
 * gets what its handler leaves, whatever the library: of any error that it is
 * returned, libmpichcxx calls the handler itself.
 */
int back_raise(struct desc *obj, int code, const char *fn)
{
	struct told all[TOLD];
	int i, n, fixed, rc = code;

	if (!code || code == GATE_AGAIN || is_ask(code))
		return code;
	n = told_objects(code, all, &fixed);
	if (!n)
		return handler_invoke(handler_object(error_object(obj, fn)),
				      code, fn);
	for (i = 0; i < n; i++)
		rc = handler_invoke(
			handler_object(all[i].obj),
			i < n - 1 ? code_from_native(all[i].code) : code, fn);
	told_forget();
	return fixed && front_openmpi() ? code : rc;
}

int back_tell(struct desc *obj, int code, const char *fn)
{
	int rc = back_raise(obj, code, fn);

	return CODES_FIXED && front_openmpi() ? code : rc;
}

int ask_end(int rc, int refused, struct desc *obj, const char *fn)
{
	const int told = !TELLS || told_any();
	int code = rc ? err_from_native(rc) : ASK_CLASS(refused);

	/* Open MPI's MPI_Testsome tells nobody. */
	return rc && !told ? code : back_raise(obj, code, fn);
}

int ask_nobody(int rc, struct desc *obj, const char *fn)
{
	return is_ask(rc) ? back_raise(obj, ASK_CLASS(rc), fn) : rc;
}

int back_Error_class(int errorcode, int *errorclass)
{
	if (code_native(errorcode))
		return ASK(SEAM_SUCCESS);
	*errorclass = err_class(errorcode);
	return 0;
}

int back_Error_string(int errorcode, char *string, int *resultlen)
{
	char text[SEAM_MAX_ERROR_STRING];
	int rc = error_text(errorcode, text);

	if (rc)
		return back_raise(NULL, err_from_native(rc),
				  "MPI_Error_string");
	*resultlen = strnlen(text, front_room(ROOM_ERROR) - 1);
	memcpy(string, text, *resultlen);
	string[*resultlen] = 0;
	return 0;
}
