/* SPDX-License-Identifier: MIT */
/*
 * callbacks.h - what the application's functions return, and what becomes of
 * it: calls in the shape of calls.py's, by hand
 *
 * Each is made with every code of codes[]: 0 is how the library does without.
 */
#ifndef TESTS_CALLBACKS_H
#define TESTS_CALLBACKS_H

#include "seen.h"

static const char *const codes_of[] = { "nothing",	 "a class",
					"another class", "user class",
					"user code",	 "a number",
					"negative",	 NULL };

static int code; /* what the function returns */

static void choose(int variant)
{
	const int codes[] = { MPI_SUCCESS, MPI_ERR_OTHER, MPI_ERR_TRUNCATE,
			      good.class,  good.code,	  7777,
			      -3 };

	code = codes[variant];
}

static const char *coded(int rc)
{
	static char text[32];

	if (rc == MPI_SUCCESS)
		return "SUCCESS";
	if (rc == code)
		return "that";
	snprintf(text, sizeof(text), "%s", class_name(class_of(rc)));
	return text;
}

#define WROTE(call) say(" " #call "=%s", coded(call))

/* --- attributes --- */

static int n_copied, n_deleted;

#define ATTRIBUTE_FUNCTIONS(Kind, kind)                                        \
	static int copy_##kind(MPI_##Kind h, int key, void *extra, void *in,   \
			       void *out, int *flag)                           \
	{                                                                      \
		(void)h, (void)key, (void)extra;                               \
		n_copied++;                                                    \
		*(void **)out = in;                                            \
		*flag = 1;                                                     \
		return code;                                                   \
	}                                                                      \
	static int delete_##kind(MPI_##Kind h, int key, void *value,           \
				 void *extra)                                  \
	{                                                                      \
		(void)h, (void)key, (void)value, (void)extra;                  \
		n_deleted++;                                                   \
		return code;                                                   \
	}

ATTRIBUTE_FUNCTIONS(Comm, comm)
ATTRIBUTE_FUNCTIONS(Datatype, type)
ATTRIBUTE_FUNCTIONS(Win, win)

static void counted(void)
{
	say(" copied %d deleted %d", n_copied, n_deleted);
}

#define STILL_THERE(Kind, h, key)                                              \
	do {                                                                   \
		void *value_;                                                  \
		int flag_ = -1, was_ = code;                                   \
                                                                               \
		code = MPI_SUCCESS;                                            \
		MPI_##Kind##_get_attr(h, key, &value_, &flag_);                \
		say(" there %d", flag_);                                       \
		code = was_;                                                   \
	} while (0)

static void copy_fails(int variant)
{
	MPI_Comm made = MPI_COMM_SELF, late = MPI_COMM_SELF;
	MPI_Request r = MPI_REQUEST_NULL;
	MPI_Datatype type = MPI_INT;
	int key;

	choose(variant);
	MPI_Comm_create_keyval(copy_comm, MPI_COMM_NULL_DELETE_FN, &key, NULL);
	MPI_Comm_set_attr(good.comm, key, &key);
	WROTE(MPI_Comm_dup(good.comm, &made));
	OUT_HANDLE(made, MPI_COMM_NULL, MPI_COMM_SELF);
	WROTE(MPI_Comm_idup(good.comm, &late, &r));
	MPI_Type_create_keyval(copy_type, MPI_TYPE_NULL_DELETE_FN, &key, NULL);
	MPI_Type_set_attr(good.vec, key, &key);
	WROTE(MPI_Type_dup(good.vec, &type));
	OUT_HANDLE(type, MPI_DATATYPE_NULL, MPI_INT);
	counted();
}

static void delete_comm_fails(int variant)
{
	MPI_Comm made;
	int key;

	choose(variant);
	MPI_Comm_dup(good.comm, &made);
	MPI_Comm_create_keyval(MPI_COMM_NULL_COPY_FN, delete_comm, &key, NULL);
	WROTE(MPI_Comm_set_attr(made, key, &key));
	WROTE(MPI_Comm_set_attr(made, key, &made));
	WROTE(MPI_Comm_delete_attr(made, key));
	STILL_THERE(Comm, made, key);
	WROTE(MPI_Comm_set_attr(made, key, &key));
	WROTE(MPI_Comm_free(&made));
	say("%s", made == MPI_COMM_NULL ? " null" : " left");
	counted();
}

static void delete_type_fails(int variant)
{
	MPI_Datatype made;
	int key;

	choose(variant);
	MPI_Type_dup(MPI_INT, &made);
	MPI_Type_create_keyval(MPI_TYPE_NULL_COPY_FN, delete_type, &key, NULL);
	WROTE(MPI_Type_set_attr(made, key, &key));
	WROTE(MPI_Type_set_attr(made, key, &made));
	WROTE(MPI_Type_delete_attr(made, key));
	STILL_THERE(Type, made, key);
	WROTE(MPI_Type_set_attr(made, key, &key));
	WROTE(MPI_Type_free(&made));
	say("%s", made == MPI_DATATYPE_NULL ? " null" : " left");
	counted();
}

static void delete_win_fails(int variant)
{
	int key;

	choose(variant);
	MPI_Win_create_keyval(MPI_WIN_NULL_COPY_FN, delete_win, &key, NULL);
	WROTE(MPI_Win_set_attr(good.win, key, &key));
	WROTE(MPI_Win_set_attr(good.win, key, &good));
	WROTE(MPI_Win_delete_attr(good.win, key));
	STILL_THERE(Win, good.win, key);
	WROTE(MPI_Win_set_attr(good.win, key, &key));
	WROTE(MPI_Win_free(&good.win));
	say("%s", good.win == MPI_WIN_NULL ? " null" : " left");
	counted();
}

/* --- generalized requests --- */

static int n_queried, n_freed;
static int failing; /* which of them returns code: q, f, c */

static int query_code(void *extra, MPI_Status *s)
{
	(void)extra;
	n_queried++;
	query(NULL, s);
	return failing == 'q' ? code : MPI_SUCCESS;
}

static int free_code(void *extra)
{
	(void)extra;
	n_freed++;
	return failing == 'f' ? code : MPI_SUCCESS;
}

static int cancel_code(void *extra, int complete)
{
	(void)extra;
	say(" cancel(%d)", complete);
	return failing == 'c' ? code : MPI_SUCCESS;
}

static MPI_Request started(int complete)
{
	MPI_Request r;

	MPI_Grequest_start(query_code, free_code, cancel_code, NULL, &r);
	if (complete)
		MPI_Grequest_complete(r);
	return r;
}

static void request_left(MPI_Request r)
{
	say("%s queried %d freed %d;", r == MPI_REQUEST_NULL ? "" : " left",
	    n_queried, n_freed);
	n_queried = n_freed = 0;
}

static void general_fails(void)
{
	MPI_Request r, two[2] = { MPI_REQUEST_NULL, MPI_REQUEST_NULL };
	MPI_Status s[2];
	int n, at[2];

	r = started(1);
	WROTE(MPI_Wait(&r, s));
	request_left(r);
	r = started(1);
	WROTE(MPI_Test(&r, &n, s));
	request_left(r);
	r = started(1);
	WROTE(MPI_Request_get_status(r, &n, s));
	request_left(r);
	r = started(1);
	WROTE(MPI_Request_free(&r));
	request_left(r);
	two[1] = started(1);
	WROTE(MPI_Waitall(2, two, s));
	request_left(two[1]);
	two[1] = started(1);
	WROTE(MPI_Waitany(2, two, &n, s));
	request_left(two[1]);
	two[1] = started(1);
	WROTE(MPI_Waitsome(2, two, &n, at, s));
	request_left(two[1]);
	two[1] = started(1);
	WROTE(MPI_Testall(2, two, &n, s));
	request_left(two[1]);
}

static void query_fails(int variant)
{
	choose(variant);
	failing = 'q';
	general_fails();
}

static void free_fails(int variant)
{
	choose(variant);
	failing = 'f';
	general_fails();
}

static void cancel_fails(int variant)
{
	MPI_Request r = started(0);

	choose(variant);
	failing = 'c';
	WROTE(MPI_Cancel(&r));
	MPI_Grequest_complete(r);
	WROTE(MPI_Cancel(&r));
	WROTE(MPI_Wait(&r, MPI_STATUS_IGNORE));
	request_left(r);
}

/* --- error handlers --- */

static void change_comm(MPI_Comm *c, int *rc, ...)
{
	on_comm(c, rc);
	*rc = code;
}

static void change_win(MPI_Win *w, int *rc, ...)
{
	on_win(w, rc);
	*rc = code;
}

static void change_file(MPI_File *f, int *rc, ...)
{
	on_file(f, rc);
	*rc = code;
}

static void handler_comm(int variant)
{
	static int a[8], b[8], one = 1, no = -1;
	MPI_Errhandler h;
	MPI_Comm made = MPI_COMM_SELF;
	MPI_Request r = MPI_REQUEST_NULL, all[2];
	MPI_Status s[2];
	int n = 5;

	choose(variant);
	MPI_Comm_create_errhandler(change_comm, &h);
	MPI_Comm_set_errhandler(good.comm, h);
	MPI_Comm_set_errhandler(MPI_COMM_WORLD, h);
	WROTE(MPI_Send(a, 1, MPI_INT, 99, 0, good.comm));
	WROTE(MPI_Irecv(a, 1, MPI_INT, 99, 0, good.comm, &r));
	WROTE(MPI_Allreduce(a, b, -1, MPI_INT, MPI_SUM, good.comm));
	WROTE(MPI_Ibcast(a, 1, MPI_INT, 99, good.comm, &r));
	WROTE(MPI_Cart_create(good.comm, 1, &no, &one, 0, &made));
	WROTE(MPI_Comm_dup(MPI_COMM_NULL, &made));
	WROTE(MPI_Comm_size(MPI_COMM_NULL, &n));
	WROTE(MPI_Type_size(MPI_DATATYPE_NULL, &n));
	WROTE(MPI_Comm_call_errhandler(good.comm, MPI_ERR_ARG));
	say(" n %d", n);
	MPI_Isend(a, 2, MPI_INT, 0, 3, good.comm, &r);
	WROTE(MPI_Recv(b, 1, MPI_INT, 0, 3, good.comm, s));
	MPI_Isend(a, 2, MPI_INT, 0, 3, good.comm, &r);
	MPI_Irecv(b, 1, MPI_INT, 0, 3, good.comm, &r);
	WROTE(MPI_Wait(&r, s));
	MPI_Isend(a, 2, MPI_INT, 0, 3, good.comm, &all[0]);
	MPI_Irecv(b, 1, MPI_INT, 0, 3, good.comm, &all[1]);
	WROTE(MPI_Waitall(2, all, s));
	say(" errors %s", coded(s[0].MPI_ERROR));
	say(" %s", coded(s[1].MPI_ERROR));
}

static void handler_other(int variant)
{
	MPI_Errhandler h;
	MPI_File no = MPI_FILE_NULL;
	MPI_Offset at;

	choose(variant);
	make_file(&good);
	MPI_Win_create_errhandler(change_win, &h);
	MPI_Win_set_errhandler(good.win, h);
	WROTE(MPI_Put(&at, 1, MPI_INT, 99, 0, 1, MPI_INT, good.win));
	WROTE(MPI_Win_call_errhandler(good.win, MPI_ERR_ARG));
	MPI_File_create_errhandler(change_file, &h);
	MPI_File_set_errhandler(good.file, h);
	WROTE(MPI_File_seek(good.file, -5, MPI_SEEK_SET));
	WROTE(MPI_File_call_errhandler(good.file, MPI_ERR_ARG));
	MPI_File_set_errhandler(MPI_FILE_NULL, h);
	WROTE(MPI_File_open(MPI_COMM_SELF, "/nonexistent/x", MPI_MODE_RDONLY,
			    MPI_INFO_NULL, &no));
}

/* A copy function that returns an error, and a handler that changes it. */
static void handler_copy(int variant)
{
	MPI_Errhandler h;
	MPI_Comm made = MPI_COMM_SELF;
	int key;

	code = MPI_ERR_OTHER;
	MPI_Comm_create_errhandler(change_comm, &h);
	MPI_Comm_set_errhandler(good.comm, h);
	MPI_Comm_create_keyval(copy_comm, MPI_COMM_NULL_DELETE_FN, &key, NULL);
	MPI_Comm_set_attr(good.comm, key, &key);
	choose(variant);
	WROTE(MPI_Comm_dup(good.comm, &made));
	OUT_HANDLE(made, MPI_COMM_NULL, MPI_COMM_SELF);
}

/* A new window's, file's and communicator's handler. */
static void handler_first(int variant)
{
	static int base[8];
	MPI_Errhandler h = MPI_ERRHANDLER_NULL;
	MPI_Win w;
	MPI_Comm c;

	(void)variant;
	MPI_Win_create(base, sizeof(base), 1, MPI_INFO_NULL, good.comm, &w);
	WROTE(MPI_Win_get_errhandler(w, &h));
	say(h == MPI_ERRORS_ARE_FATAL ? " fatal" : " other");
	make_file(&good);
	WROTE(MPI_File_get_errhandler(good.file, &h));
	say(h == good.file_handler ? " mine" : " other");
	MPI_Comm_dup(good.comm, &c);
	WROTE(MPI_Comm_get_errhandler(c, &h));
	say(h == good.handler ? " mine" : " other");
	WROTE(MPI_Put(base, 1, MPI_INT, 99, 0, 1, MPI_INT, w)); /* ends it */
}

/* --- classes --- */

static void texts(int class)
{
	char text[MPI_MAX_ERROR_STRING];
	int got = -1, len = -1;

	WROTE(MPI_Error_class(class, &got));
	say(" %s", got == class ? "itself" : class_name(got));
	WROTE(MPI_Error_string(class, text, &len));
	say(" %d %s", len, text);
}

#define ONCE                                                                   \
	{                                                                      \
		"once", NULL                                                   \
	}
static const char *const once[] = ONCE;

static const struct call callbacks[] = {
	{ "attribute copy", copy_fails, codes_of },
	{ "attribute delete, communicator", delete_comm_fails, codes_of },
	{ "attribute delete, type", delete_type_fails, codes_of },
	{ "attribute delete, window", delete_win_fails, codes_of },
	{ "request query", query_fails, codes_of },
	{ "request free", free_fails, codes_of },
	{ "request cancel", cancel_fails, codes_of },
	{ "handler of communicators", handler_comm, codes_of },
	{ "handler of others", handler_other, codes_of },
	{ "handler and copy", handler_copy, codes_of },
	{ "handler at first", handler_first, once },
	{ NULL, NULL, NULL },
};

#endif
