/* SPDX-License-Identifier: MIT */
/* environment.c - Fortran functions with fewer arguments than C's, or that
 * return their value */
#include "../../../common/arch/x86_64/syscall.h"
#include "../missing.h"
#include "mpifh.h"

MPIFH(init, (MPI_Fint * ierr))
{
	MPIFH_RETURN(ierr, PMPI_Init(NULL, NULL));
}

MPIFH(init_thread, (MPI_Fint * required, MPI_Fint *provided, MPI_Fint *ierr))
{
	MPIFH_RETURN(ierr, PMPI_Init_thread(NULL, NULL, *required, provided));
}

MPIFH(pcontrol, (MPI_Fint * level))
{
	PMPI_Pcontrol(*level);
}

/* A call that the compiler cannot see through. */
MPIFH(f_sync_reg, (void *buf))
{
	(void)buf;
}

EXPORT double ompi_wtime_f(void);
double ompi_wtime_f(void)
{
	return PMPI_Wtime();
}

EXPORT double ompi_wtick_f(void);
double ompi_wtick_f(void)
{
	return PMPI_Wtick();
}

EXPORT MPI_Aint ompi_aint_add_f(MPI_Aint *base, MPI_Aint *disp);
MPI_Aint ompi_aint_add_f(MPI_Aint *base, MPI_Aint *disp)
{
	return *base + *disp;
}

EXPORT MPI_Aint ompi_aint_diff_f(MPI_Aint *a, MPI_Aint *b);
MPI_Aint ompi_aint_diff_f(MPI_Aint *a, MPI_Aint *b)
{
	return *a - *b;
}

/* The value may be as long as Fortran's string: one more byte in C. */
MPIFH(info_get, (MPI_Fint * info, char *key, MPI_Fint *valuelen, char *value,
		 MPI_Fint *flag, MPI_Fint *ierr, int key_len, int value_len))
{
	int n = *valuelen < 0 ? 0 : *valuelen;
	char *c_key = mpifh_string(key, key_len);
	char *c_value = mpifh_malloc((size_t)n + 1);
	int rc;

	c_value[0] = 0;
	rc = PMPI_Info_get(PMPI_Info_f2c(*info), c_key, *valuelen, c_value,
			   flag);
	if (rc == MPI_SUCCESS && *flag)
		mpifh_pad(value, c_value, value_len < n ? value_len : n);
	for (int i = n; rc == MPI_SUCCESS && *flag && i < value_len; i++)
		value[i] = ' ';
	free(c_key);
	free(c_value);
	MPIFH_RETURN(ierr, rc);
}

/* It is not known which argument of such a function is its error code. */
int front_missing(const char *what)
{
	static const char text[] =
		": not supported under mana: do without it\n";
	size_t n = 0;

	while (what[n])
		n++;
	raw_syscall3(SYS_write, 2, (long)what, (long)n);
	raw_syscall3(SYS_write, 2, (long)text, sizeof(text) - 1);
	return PMPI_Abort(MPI_COMM_WORLD, MPI_ERR_OTHER);
}
