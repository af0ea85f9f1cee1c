/* SPDX-License-Identifier: MIT */
/* mpis.h - the MPI libraries that are known: their names
 *
 * docs/adding.md says what else a new one takes. Freestanding, data alone.
 */
#ifndef MANA_MPIS_H
#define MANA_MPIS_H

/* Those that there is a lower half for. */
static const struct mpi {
	const char *name;    /* as in lower-NAME and --mpi NAME */
	const char *version; /* is in what the library says of itself */
} mpis[] = {
	{ "mpich", "mpich" },
	{ "openmpi", "open mpi" },
};
#define MPIS (sizeof(mpis) / sizeof(mpis[0]))

/* What programs are linked with, or open: the front in its place, and the MPI
 * that the program runs over where nothing else says one. */
static const struct mpi_soname {
	const char *soname, *front, *mpi;
	int optional; /* the real library runs on our front too */
} mpi_sonames[] = {
	{ "libmpich.so.12", "/front-mpich.so", "mpich", 0 },
	{ "libmpi.so.12", "/front-mpich.so", "mpich", 0 },
	{ "libmpi.so.40", "/front-openmpi.so", "openmpi", 0 },
	/* Open MPI 6: both */
	{ "libopen_mpi.so.40", "/front-openmpi.so", "openmpi", 0 },
	{ "libmpi_mpifh.so.40", "/front-openmpi-mpifh.so", "openmpi", 1 },
};
#define MPI_SONAMES (sizeof(mpi_sonames) / sizeof(mpi_sonames[0]))

#endif
