/* SPDX-License-Identifier: MIT */
/* seen.h - right arguments for calls.py's calls, and reports of what the
 * call wrote: NAME=VALUE, for what it did write */
#ifndef TESTS_SEEN_H
#define TESTS_SEEN_H

#include "world.h"

#define NOTHING 0x5a5a5a5aLL

static inline void returned(int rc)
{
	const int class = class_of(rc);

	say(" -> %s", class_name(class));
#ifdef OPEN_MPI /* its codes are its classes */
	if (rc != class)
		say("(%d)", rc);
#endif
}

static inline void *right_buffer(int *b)
{
	for (int i = 0; i < WORDS; i++)
		b[i] = 100 + i;
	return b;
}

static inline void *no_buffer(int *b)
{
	for (int i = 0; i < WORDS; i++)
		b[i] = POISON;
	return b;
}

static inline const char *long_text(void)
{
	static char text[9000];

	memset(text, 'x', sizeof(text) - 1);
	return text;
}

/* Of four ints. */
static inline MPI_Status *right_status(MPI_Status *s)
{
	memset(s, 0, sizeof(*s));
	PMPI_Status_set_elements(s, MPI_INT, 4);
	PMPI_Status_set_cancelled(s, 0);
	return s;
}

static inline MPI_Status *no_status(MPI_Status *s)
{
	memset(s, 0x5a, sizeof(*s));
	return s;
}

static inline void out_status(const char *name, const MPI_Status *s)
{
	MPI_Status was;
	int n = -1, flag = -1;

	no_status(&was);
	if (!memcmp(s, &was, sizeof(was)))
		return;
	PMPI_Get_count(s, MPI_BYTE, &n);
	PMPI_Test_cancelled(s, &flag);
	say(" %s=%d bytes", name, n);
	if (flag)
		say(",cancelled");
	if (s->MPI_SOURCE != POISON)
		say(",source %d", s->MPI_SOURCE);
	if (s->MPI_TAG != POISON)
		say(",tag %d", s->MPI_TAG);
	if (s->MPI_ERROR != POISON)
		say(",%s", class_name(class_of(s->MPI_ERROR)));
}

/* varies: only that it was written. */
static inline void out_number(const char *name, long now, long was, int varies)
{
	if (now == was)
		return;
	if (now == good.class)
		say(" %s=user", name);
	else if (varies)
		say(" %s=set", name);
	else
		say(" %s=%ld", name, now);
}

static inline void out_ints(const char *name, const int *b)
{
	if (b[0] != POISON)
		say(" %s=%d", name, b[0]);
}

static inline void out_text(const char *name, const char *text, int varies)
{
	if (*text)
		say(" %s=%.12s", name, varies ? "set" : text);
}

#define OUT_HANDLE(h, null, was)                                               \
	say("%s", (h) == (was)	? "" :                                         \
		  (h) == (null) ? " " #h "=null" :                             \
				  " " #h "=set")

/* --- what a call needs before it --- */

static MPI_Request request = MPI_REQUEST_NULL;
static MPI_Message message = MPI_MESSAGE_NULL;

static inline void send(void)
{
	static int what = 5;

	MPI_Isend(&what, 1, MPI_INT, 0, 7, good.comm, &request);
}

static inline MPI_Request post(void)
{
	static int what;
	MPI_Request r;

	MPI_Irecv(&what, 1, MPI_INT, 0, 7, good.comm, &r);
	return r;
}

static inline MPI_Request received(void)
{
	MPI_Request r = post();

	send();
	return r;
}

static inline MPI_Message probed(void)
{
	MPI_Message m;

	send();
	MPI_Mprobe(0, 7, good.comm, &m, MPI_STATUS_IGNORE);
	return m;
}

static inline MPI_Request persistent(void)
{
	static int what;
	MPI_Request r;

	MPI_Send_init(&what, 1, MPI_INT, MPI_PROC_NULL, 7, good.comm, &r);
	return r;
}

static inline MPI_Request general(void)
{
	MPI_Request r;

	MPI_Grequest_start(query, forget, cancel, NULL, &r);
	return r;
}

static inline void attach(void)
{
	static char room[8192];

	MPI_Buffer_attach(room, sizeof(room));
}

static inline void *alloc_mem(void)
{
	void *p = NULL;

	MPI_Alloc_mem(64, MPI_INFO_NULL, &p);
	return p;
}

static inline void *attached(void)
{
	MPI_Win_attach(good.dynamic, window, 64);
	return window;
}

#ifdef MPI_SESSION_NULL
/* A started partitioned send or receive. */
static inline MPI_Request parts(int sends)
{
	static int out[4], in[4];
	MPI_Request r, s;

	MPI_Psend_init(out, 2, 1, MPI_INT, 0, 9, good.comm, MPI_INFO_NULL, &s);
	MPI_Precv_init(in, 2, 1, MPI_INT, 0, 9, good.comm, MPI_INFO_NULL, &r);
	MPI_Start(&s);
	MPI_Start(&r);
	return sends ? s : r;
}
#endif

#endif
