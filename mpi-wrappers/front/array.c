/* SPDX-License-Identifier: MIT */
/* array.c - arrays of handles and statuses, strings
 *
 * Up to FRONT_SMALL items live on the stack: MPI_Waitall on the hot path must
 * not allocate. Longer ones come from the application's malloc.
 */
#include "front.h"

extern void *malloc(size_t n);
extern void free(void *p);

/* gcc and clang call these for assignments and loops; the barriers keep them
 * from finding them here. */
#define PLAIN_LOOP() __asm__ volatile("" : : : "memory")

void *memcpy(void *restrict to, const void *restrict from, size_t n);
void *memset(void *to, int c, size_t n);

void *memcpy(void *restrict to, const void *restrict from, size_t n)
{
	char *t = to;
	const char *f = from;

	while (n--) {
		*t++ = *f++;
		PLAIN_LOOP();
	}
	return to;
}

void *memset(void *to, int c, size_t n)
{
	char *t = to;

	while (n--) {
		*t++ = (char)c;
		PLAIN_LOOP();
	}
	return to;
}

void front_copy(void *to, const void *from, size_t n)
{
	memcpy(to, from, n);
}

static void *room(size_t n, size_t size)
{
	void *p = malloc(n * size);

	/* As in the real libraries, whose own mallocs end the program. */
	if (!p)
		__builtin_trap();
	return p;
}

void front_array_init(struct front_array *a, int n)
{
	a->items = n <= FRONT_SMALL ? a->small :
				      room((size_t)n, sizeof(*a->items));
}

void front_array_free(struct front_array *a)
{
	if (a->items && a->items != a->small)
		free(a->items);
}

void front_statuses_init(struct front_statuses *s, const MPI_Status *app, int n)
{
	s->items = NULL;
	if (app == MPI_STATUSES_IGNORE)
		return;
	s->items = n <= FRONT_SMALL ? s->small :
				      room((size_t)n, sizeof(*s->items));
	for (int i = 0; i < n; i++) {
		unset_status(&s->items[i]);
		s->items[i].error = STATUS_UNSET;
	}
}

void front_statuses_free(struct front_statuses *s)
{
	if (s->items && s->items != s->small)
		free(s->items);
}

/* Open MPI also sets the error of the statuses of requests that succeeded. */
static int error_always(int rc)
{
#ifdef OPEN_MPI
	return rc == SEAM_SUCCESS;
#else
	(void)rc;
	return 0;
#endif
}

void out_statuses(const struct front_statuses *s, MPI_Status *app, int n,
		  int rc)
{
	for (int i = 0; s->items && i < n; i++) {
		const int set = s->items[i].source != STATUS_UNSET;

		if (set)
			out_status(&app[i], &s->items[i]);
		if (s->items[i].error != STATUS_UNSET)
			app[i].MPI_ERROR = real_errcode(s->items[i].error);
		else if (set && error_always(rc))
			app[i].MPI_ERROR = MPI_SUCCESS;
	}
}

void front_string(char *to, const char *from, size_t size, int *len)
{
	size_t n = 0;

	while (from[n] && n + 1 < size)
		n++;
	memcpy(to, from, n);
	to[n] = 0;
	if (len && from[n])
		*len = (int)n;
}
