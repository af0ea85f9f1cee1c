/* SPDX-License-Identifier: MIT */
/* strings.c (Open MPI) - Fortran strings, blank-padded, to C and back
 *
 * For libmpi_mpifh. Results come from malloc: it frees them.
 */
#include "../front.h"

#define OMPI_SUCCESS		 0
#define OMPI_ERR_OUT_OF_RESOURCE (-2)

extern void *malloc(size_t n);

EXPORT int ompi_fortran_string_f2c(char *fstr, int len, char **cstr);
int ompi_fortran_string_f2c(char *fstr, int len, char **cstr)
{
	char *s;

	while (len > 0 && *fstr == ' ') {
		fstr++;
		len--;
	}
	while (len > 0 && fstr[len - 1] == ' ')
		len--;
	s = malloc((size_t)len + 1);
	if (!s)
		return OMPI_ERR_OUT_OF_RESOURCE;
	front_copy(s, fstr, (size_t)len);
	s[len] = 0;
	*cstr = s;
	return OMPI_SUCCESS;
}

EXPORT int ompi_fortran_string_c2f(const char *cstr, char *fstr, int len);
int ompi_fortran_string_c2f(const char *cstr, char *fstr, int len)
{
	int i = 0;

	for (; i < len && cstr[i]; i++)
		fstr[i] = cstr[i];
	for (; i < len; i++)
		fstr[i] = ' ';
	return OMPI_SUCCESS;
}

static int blank(const char *s, int len)
{
	while (len > 0 && s[len - 1] == ' ')
		len--;
	return len == 0;
}

EXPORT int ompi_fortran_argv_count_f2c(char *array, int argc, int len,
				       int advance, char ***argv);
int ompi_fortran_argv_count_f2c(char *array, int argc, int len, int advance,
				char ***argv)
{
	char **v = malloc(((size_t)argc + 1) * sizeof(*v));
	int rc = OMPI_SUCCESS;

	if (!v)
		return OMPI_ERR_OUT_OF_RESOURCE;
	for (int i = 0; i <= argc; i++)
		v[i] = NULL;
	for (int i = 0; i < argc && rc == OMPI_SUCCESS; i++)
		rc = ompi_fortran_string_f2c(array + (size_t)i * advance, len,
					     &v[i]);
	*argv = v;
	return rc;
}

EXPORT int ompi_fortran_argv_blank_f2c(char *array, int len, int advance,
				       char ***argv);
int ompi_fortran_argv_blank_f2c(char *array, int len, int advance, char ***argv)
{
	int n = 0;

	while (!blank(array + (size_t)n * advance, len))
		n++;
	return ompi_fortran_argv_count_f2c(array, n, len, advance, argv);
}

EXPORT int ompi_fortran_multiple_argvs_f2c(int n, char *array, int len,
					   char ****argv);
int ompi_fortran_multiple_argvs_f2c(int n, char *array, int len, char ****argv)
{
	char ***v = malloc(((size_t)n + 1) * sizeof(*v));
	int rc = OMPI_SUCCESS;

	if (!v)
		return OMPI_ERR_OUT_OF_RESOURCE;
	for (int i = 0; i <= n; i++)
		v[i] = NULL;
	for (int i = 0; i < n && rc == OMPI_SUCCESS; i++)
		rc = ompi_fortran_argv_blank_f2c(array + (size_t)i * len, len,
						 n * len, &v[i]);
	*argv = v;
	return rc;
}
