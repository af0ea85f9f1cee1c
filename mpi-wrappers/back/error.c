/* SPDX-License-Identifier: MIT */
/* error.c - error codes, their texts, and what becomes of an error
 *
 * Seam codes: the classes of the MPI 5.0 ABI; TEXT_CODE | number << 8 | class
 * for a native code whose text says more than its class; those the
 * application has added (error_user.c). Texts live in keep memory and survive a
 * restart; of native ones the last ERROR_TEXTS are remembered.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "native.h"
#include "back.h"
#include "error.h"
#include "../conv.h"
#include "../front_shims.h"
#include "../../lower-half/half.h"
#include "build/gen/back.h"

#define TEXT_CODE 0x20000000

static struct error_text *native_find(int code)
{
	struct error_texts *t = error_texts();
	uint32_t i = (code >> 8) & 0xffff;

	if (!t || (code & ~0xffffff) != TEXT_CODE)
		return NULL;
	i %= ERROR_TEXTS;
	return t->native[i].code == code ? &t->native[i] : NULL;
}

int err_class(int code)
{
	struct error_text *u = error_user(code);

	if (u)
		return u->class;
	if ((code & ~0xffffff) == TEXT_CODE)
		return code & 0xff;
	return code >= 0 && code <= SEAM_ERR_LASTCODE ? code : SEAM_ERR_UNKNOWN;
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

int err_from_native(int rc)
{
	char text[MPI_MAX_ERROR_STRING + 1];
	int class, seam, len = 0;

	if (rc == MPI_SUCCESS)
		return 0;
	if (MPI_Error_class(rc, &class))
		return SEAM_ERR_UNKNOWN;
	seam = seam_errcode(class);
	if (seam < 0 || seam > 255)
		return seam <= SEAM_ERR_LASTCODE ? seam : SEAM_ERR_OTHER;
	if (class == rc || MPI_Error_string(rc, text, &len))
		return seam;
	return text_code(seam, text);
}

/* Text of any seam code into buf (SEAM_MAX_ERROR_STRING). */
static void error_text(int code, char *buf)
{
	char native[SEAM_MAX_ERROR_STRING + 1];
	struct error_text *e = error_user(code);
	int len;

	if (!e)
		e = native_find(code);
	buf[0] = 0;
	if (e) {
		if (e->text)
			snprintf(buf, SEAM_MAX_ERROR_STRING, "%s", e->text);
		return;
	}
	if (!MPI_Error_string(real_errcode(err_class(code)), native, &len))
		snprintf(buf, SEAM_MAX_ERROR_STRING, "%.511s", native);
	else
		snprintf(buf, SEAM_MAX_ERROR_STRING, "unknown error %d", code);
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
		MPI_Abort(MPI_COMM_WORLD, native);
	half_exit(native);
}

struct desc **errhandler_slot(struct desc *obj)
{
	if (obj && obj->magic == (DESC_MAGIC | DESC_COMM))
		return &((struct desc_comm *)obj)->errhandler;
	if (obj && (obj->magic == (DESC_MAGIC | DESC_WIN) ||
		    obj->magic == (DESC_MAGIC | DESC_FILE) ||
		    obj->magic == (DESC_MAGIC | DESC_SESSION)))
		return &((struct desc_handled *)obj)->errhandler;
	return NULL;
}

/* The object whose handler takes an error of fn on obj: itself; for calls about
 * files MPI_FILE_NULL; else MPI_COMM_WORLD, for MPICH 4.0.2 too (MPI 4.0 names
 * MPI_COMM_SELF). */
static struct desc *error_object(struct desc *obj, const char *fn)
{
	int file = !strncmp(fn, "MPI_File_", 9) ||
		   !strncmp(fn, "MPI_Register_datarep", 20);

	if (file && (!obj || obj->magic != (DESC_MAGIC | DESC_FILE)))
		return file_null();
	if (errhandler_slot(obj))
		return obj;
	return desc_of(SEAM_COMM_WORLD, DESC_COMM);
}

/* Handler of obj as a seam handle; for a user's: its descriptor. */
static seam_errhandler handler_of(struct desc *obj, struct desc_errhandler **h)
{
	struct desc **slot = errhandler_slot(obj);

	*h = NULL;
	if (!slot || !*slot)
		return obj && obj->magic == (DESC_MAGIC | DESC_FILE)
			       ? SEAM_ERRORS_RETURN
			       : SEAM_ERRORS_ARE_FATAL;
	if ((uintptr_t)(*slot)->seam >= 0x1000)
		*h = (struct desc_errhandler *)*slot;
	return (*slot)->seam;
}

int back_raise(struct desc *obj, int code, const char *fn)
{
	const struct front_shims *shims = FRONT;
	struct desc_errhandler *h;
	seam_errhandler seam;

	if (!code || code == GATE_AGAIN)
		return code;
	obj = error_object(obj, fn);
	seam = handler_of(obj, &h);
	if (h && shims)
		return (int)half_upcall((void *)shims->errhandler, (long)h->fn,
					(long)obj->seam, obj->magic & 0xffff,
					code, 0, 0);
	else if (seam != SEAM_ERRORS_RETURN)
		error_fatal(obj, code, fn);
	return code;
}

int back_Error_class(int errorcode, int *errorclass)
{
	*errorclass = err_class(errorcode);
	return 0;
}

int back_Error_string(int errorcode, char *string, int *resultlen)
{
	char text[SEAM_MAX_ERROR_STRING];

	error_text(errorcode, text);
	*resultlen = strnlen(text, front_room(ROOM_ERROR) - 1);
	memcpy(string, text, *resultlen);
	string[*resultlen] = 0;
	return 0;
}
