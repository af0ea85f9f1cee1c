/* SPDX-License-Identifier: MIT */
/* named.c - the start of MPI, and arrays that mean something in part alone */
#include <stdio.h>
#include "front.h"

/* The lower half's environment follows before the real MPI reads it. The
 * application may not have a libc that exports it. */
extern char **environ __attribute__((weak));

static void pass_environ(void)
{
	if (&environ && environ)
		CROSS(environ(environ));
}

/* MPICH's MPI_Init begins with setbuf(stdout, NULL), so what a program prints
 * is seen at once, and not lost when it dies. The lower half's stdout is
 * another, so it is done here as well. */
static void start(void)
{
#ifdef MPICH_VERSION
	static int started;

	if (!started)
		setbuf(stdout, NULL);
	started = 1;
#endif
	pass_environ();
}

int PMPI_Init(int *argc, char ***argv)
{
	start();
	return front_code(CROSS(Init(argc, argv)));
}

int PMPI_Init_thread(int *argc, char ***argv, int required, int *provided)
{
	int given = SEAM_THREAD_SINGLE, rc;

	start();
	rc = CROSS(Init_thread(argc, argv, seam_tlevel(required), &given));
	if (provided)
		*provided = real_tlevel(given);
	return front_code(rc);
}

#ifdef MPI_SESSION_NULL
int PMPI_Session_init(MPI_Info info, MPI_Errhandler errhandler,
		      MPI_Session *session)
{
	seam_session s = SEAM_SESSION_NULL;
	int rc;

	start();
	rc = CROSS(Session_init(in_info(info), in_errhandler(errhandler),
				session ? &s : NULL));
	if (rc == 0)
		*session = out_session(s);
	return front_code(rc);
}
#endif

int PMPI_Comm_spawn_multiple(int count, char *commands[], char **argvs[],
			     const int maxprocs[], const MPI_Info infos[],
			     int root, MPI_Comm comm, MPI_Comm *intercomm,
			     int errcodes[])
{
	const struct desc_comm *c = desc_of(in_comm(comm), DESC_COMM);
	seam_comm s_inter = 0;
	struct front_array s_infos;
	int n = c && c->rank == root ? count : 0, rc;

	/* The first five arguments mean something at the root alone. */
	if (n > 0)
		in_array(s_infos, info, infos, n);
	else
		front_array_init(&s_infos, 0);
	rc = CROSS(Comm_spawn_multiple(n, commands, argvs, maxprocs,
				       front_items(&s_infos), seam_rank(root),
				       in_comm(comm),
				       intercomm ? &s_inter : NULL, errcodes));
	front_array_free(&s_infos);
	if (s_inter)
		*intercomm = out_comm(s_inter);
	return front_code(rc);
}

/* The constructor's integers, where they have names. */
static void out_contents(const struct desc_type *t, int *ints, int max)
{
	int n;

	if (!t || max < t->kept.n_ints)
		return;
	if (t->combiner == SEAM_COMBINER_SUBARRAY) {
		ints[t->kept.n_ints - 1] = real_order(ints[t->kept.n_ints - 1]);
	} else if (t->combiner == SEAM_COMBINER_DARRAY) {
		/* size, rank, ndims, [gsizes,] distribs, dargs, psizes, order
		 */
		n = ints[2];
		for (int i = 0; i < n; i++) {
			int *d = &ints[t->kept.n_ints - 1 - 3 * n + i];

			d[0] = real_distrib(d[0]);
			d[n] = real_darg(d[n]);
		}
		ints[t->kept.n_ints - 1] = real_order(ints[t->kept.n_ints - 1]);
	}
}

static void out_types(const struct front_array *a, MPI_Datatype *types,
		      const struct desc_type *t, int64_t max)
{
	for (int i = 0; t && i < t->kept.n_objects && i < max; i++)
		types[i] = out_datatype(a->items[i]);
}

int PMPI_Type_get_contents(MPI_Datatype datatype, int max_integers,
			   int max_addresses, int max_datatypes, int integers[],
			   MPI_Aint addresses[], MPI_Datatype datatypes[])
{
	const struct desc_type *t = desc_of(in_datatype(datatype), DESC_TYPE);
	struct front_array a;
	int rc;

	front_array_init(&a, max_datatypes);
	rc = CROSS(Type_get_contents(in_datatype(datatype), max_integers,
				     max_addresses, max_datatypes, integers,
				     (seam_aint *)addresses,
				     datatypes ? front_items(&a) : NULL));
	if (rc == 0) {
		out_contents(t, integers, max_integers);
		out_types(&a, datatypes, t, max_datatypes);
	}
	front_array_free(&a);
	return front_code(rc);
}

#if MPI_VERSION >= 4
int PMPI_Type_get_contents_c(MPI_Datatype datatype, MPI_Count max_integers,
			     MPI_Count max_addresses, MPI_Count max_counts,
			     MPI_Count max_datatypes, int integers[],
			     MPI_Aint addresses[], MPI_Count counts[],
			     MPI_Datatype datatypes[])
{
	const struct desc_type *t = desc_of(in_datatype(datatype), DESC_TYPE);
	struct front_array a;
	int rc;

	front_array_init(&a, (int)max_datatypes);
	rc = CROSS(Type_get_contents_c(
		in_datatype(datatype), max_integers, max_addresses, max_counts,
		max_datatypes, integers, (seam_aint *)addresses,
		(seam_count *)counts, datatypes ? front_items(&a) : NULL));
	if (rc == 0) {
		out_contents(t, integers, (int)max_integers);
		out_types(&a, datatypes, t, max_datatypes);
	}
	front_array_free(&a);
	return front_code(rc);
}
#endif
