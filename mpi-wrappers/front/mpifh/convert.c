/* SPDX-License-Identifier: MIT */
/* convert.c - strings and arrays between Fortran and C */
#include "mpifh.h"

void *mpifh_malloc(size_t n)
{
	void *p = malloc(n);

	if (!p)
		PMPI_Abort(MPI_COMM_WORLD, MPI_ERR_NO_MEM);
	return p;
}

void *mpifh_room(struct mpifh_room *r, int n)
{
	r->large = NULL;
	if (n <= MPIFH_SMALL)
		return r->small;
	r->large = mpifh_malloc((size_t)n * sizeof(void *));
	return r->large;
}

char *mpifh_string(const char *s, int len)
{
	char *c;
	int i;

	while (len > 0 && s[len - 1] == ' ')
		len--;
	while (len > 0 && *s == ' ') {
		s++;
		len--;
	}
	if (len < 0)
		len = 0;
	c = mpifh_malloc((size_t)len + 1);
	for (i = 0; i < len; i++)
		c[i] = s[i];
	c[len] = 0;
	return c;
}

void mpifh_pad(char *to, const char *s, int len)
{
	int i;

	for (i = 0; i < len && s[i]; i++)
		to[i] = s[i];
	for (; i < len; i++)
		to[i] = ' ';
}

static int is_blank(const char *s, int len)
{
	while (len > 0 && s[len - 1] == ' ')
		len--;
	return len <= 0;
}

char **mpifh_argv(const char *array, int len, size_t stride)
{
	size_t n = 0, i;
	char **argv;

	while (!is_blank(array + n * stride, len))
		n++;
	argv = mpifh_malloc((n + 1) * sizeof(*argv));
	for (i = 0; i < n; i++)
		argv[i] = mpifh_string(array + i * stride, len);
	argv[n] = NULL;
	return argv;
}

void mpifh_argv_free(char **argv)
{
	if (!argv)
		return;
	for (char **a = argv; *a; a++)
		free(*a);
	free(argv);
}
