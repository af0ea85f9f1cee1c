/* SPDX-License-Identifier: MIT */
/* spawn.c - starting processes: arrays of strings, ended by a blank one */
#include "mpifh.h"

static int *errcodes_in(MPI_Fint *e)
{
	return (char *)e == mpi_fortran_errcodes_ignore_ ? MPI_ERRCODES_IGNORE :
							   e;
}

MPIFH(comm_spawn,
      (char *command, char *argv, MPI_Fint *maxprocs, MPI_Fint *info,
       MPI_Fint *root, MPI_Fint *comm, MPI_Fint *intercomm, MPI_Fint *errcodes,
       MPI_Fint *ierr, int command_len, int argv_len))
{
	char *c_command = mpifh_string(command, command_len);
	char **c_argv = MPI_ARGV_NULL;
	MPI_Comm c;
	int rc;

	if (argv != mpi_fortran_argv_null_)
		mpifh_check(ompi_fortran_argv_blank_f2c(argv, argv_len,
							argv_len, &c_argv));
	rc = PMPI_Comm_spawn(c_command, c_argv, *maxprocs, PMPI_Info_f2c(*info),
			     *root, PMPI_Comm_f2c(*comm), &c,
			     errcodes_in(errcodes));
	if (rc == MPI_SUCCESS)
		*intercomm = PMPI_Comm_c2f(c);
	free(c_command);
	mpifh_argv_free(c_argv);
	MPIFH_RETURN(ierr, rc);
}

/* argv(count, *): the arguments of one command are count strings apart. */
static char ***argvs_in(char *argv, int n, int len)
{
	char ***c = NULL;

	if (argv == mpi_fortran_argvs_null_)
		return MPI_ARGVS_NULL;
	mpifh_check(ompi_fortran_multiple_argvs_f2c(n, argv, len, &c));
	return c;
}

static void argvs_free(char ***argvs)
{
	for (char ***a = argvs; a && *a; a++)
		mpifh_argv_free(*a);
	free(argvs);
}

MPIFH(comm_spawn_multiple,
      (MPI_Fint * count, char *commands, char *argv, MPI_Fint *maxprocs,
       MPI_Fint *info, MPI_Fint *root, MPI_Fint *comm, MPI_Fint *intercomm,
       MPI_Fint *errcodes, MPI_Fint *ierr, int command_len, int argv_len))
{
	int n = *count < 0 ? 0 : *count;
	struct mpifh_room commands_room, info_room;
	char **c_commands = mpifh_room(&commands_room, n);
	MPI_Info *c_info = mpifh_room(&info_room, n);
	char ***c_argv = argvs_in(argv, n, argv_len);
	MPI_Comm c;
	int rc;

	for (int i = 0; i < n; i++) {
		c_commands[i] = mpifh_string(commands + (size_t)i * command_len,
					     command_len);
		c_info[i] = PMPI_Info_f2c(info[i]);
	}
	rc = PMPI_Comm_spawn_multiple(n, c_commands, c_argv, maxprocs, c_info,
				      *root, PMPI_Comm_f2c(*comm), &c,
				      errcodes_in(errcodes));
	if (rc == MPI_SUCCESS)
		*intercomm = PMPI_Comm_c2f(c);
	for (int i = 0; i < n; i++)
		free(c_commands[i]);
	argvs_free(c_argv);
	mpifh_room_free(&commands_room);
	mpifh_room_free(&info_room);
	MPIFH_RETURN(ierr, rc);
}
