/* SPDX-License-Identifier: MIT */
/* type.c - datatypes: functions of MPI-1, whose displacements are INTEGERs */
#include "mpifh.h"

static MPI_Fint narrow(MPI_Aint v)
{
	return v == (MPI_Fint)v ? (MPI_Fint)v : MPI_UNDEFINED;
}

static MPI_Aint *widen(struct mpifh_room *r, const MPI_Fint *from, int n)
{
	MPI_Aint *a = mpifh_room(r, n);

	_Static_assert(sizeof(MPI_Aint) == sizeof(void *), "room");
	for (int i = 0; i < n; i++)
		a[i] = from[i];
	return a;
}

MPIFH(address, (char *location, MPI_Fint *address, MPI_Fint *ierr))
{
	MPI_Aint a = 0;
	int rc = PMPI_Get_address(mpifh_buf(location), &a);

	*address = narrow(a);
	MPIFH_RETURN(ierr, rc);
}

/* Stores one of the three bounds: the one that this function is for. */
static int bound(const MPI_Fint *type, MPI_Fint *value, int which)
{
	MPI_Aint lb = 0, extent = 0;
	int rc = PMPI_Type_get_extent(PMPI_Type_f2c(*type), &lb, &extent);

	if (rc == MPI_SUCCESS)
		*value = narrow(which < 0 ? lb :
				which > 0 ? lb + extent :
					    extent);
	return rc;
}

MPIFH(type_lb, (MPI_Fint * type, MPI_Fint *lb, MPI_Fint *ierr))
{
	MPIFH_RETURN(ierr, bound(type, lb, -1));
}

MPIFH(type_ub, (MPI_Fint * type, MPI_Fint *ub, MPI_Fint *ierr))
{
	MPIFH_RETURN(ierr, bound(type, ub, 1));
}

MPIFH(type_extent, (MPI_Fint * type, MPI_Fint *extent, MPI_Fint *ierr))
{
	MPIFH_RETURN(ierr, bound(type, extent, 0));
}

MPIFH(type_hvector, (MPI_Fint * count, MPI_Fint *blocklength, MPI_Fint *stride,
		     MPI_Fint *oldtype, MPI_Fint *newtype, MPI_Fint *ierr))
{
	MPI_Datatype c;
	int rc = PMPI_Type_create_hvector(*count, *blocklength, *stride,
					  PMPI_Type_f2c(*oldtype), &c);

	if (rc == MPI_SUCCESS)
		*newtype = PMPI_Type_c2f(c);
	MPIFH_RETURN(ierr, rc);
}

MPIFH(type_hindexed,
      (MPI_Fint * count, MPI_Fint *blocklengths, MPI_Fint *displs,
       MPI_Fint *oldtype, MPI_Fint *newtype, MPI_Fint *ierr))
{
	struct mpifh_room r;
	MPI_Datatype c;
	int rc = PMPI_Type_create_hindexed(*count, blocklengths,
					   widen(&r, displs, *count),
					   PMPI_Type_f2c(*oldtype), &c);

	mpifh_room_free(&r);
	if (rc == MPI_SUCCESS)
		*newtype = PMPI_Type_c2f(c);
	MPIFH_RETURN(ierr, rc);
}

MPIFH(type_struct, (MPI_Fint * count, MPI_Fint *blocklengths, MPI_Fint *displs,
		    MPI_Fint *types, MPI_Fint *newtype, MPI_Fint *ierr))
{
	struct mpifh_room r, types_room;
	MPI_Datatype *t = mpifh_room(&types_room, *count), c;
	int rc;

	for (int i = 0; i < *count; i++)
		t[i] = PMPI_Type_f2c(types[i]);
	rc = PMPI_Type_create_struct(*count, blocklengths,
				     widen(&r, displs, *count), t, &c);
	mpifh_room_free(&r);
	mpifh_room_free(&types_room);
	if (rc == MPI_SUCCESS)
		*newtype = PMPI_Type_c2f(c);
	MPIFH_RETURN(ierr, rc);
}

/* The number of types that it gives is what the envelope says, when there is
 * room for them. */
MPIFH(type_get_contents,
      (MPI_Fint * type, MPI_Fint *max_ints, MPI_Fint *max_aints,
       MPI_Fint *max_types, MPI_Fint *ints, MPI_Aint *aints, MPI_Fint *types,
       MPI_Fint *ierr))
{
	MPI_Datatype t = PMPI_Type_f2c(*type), *c;
	int n_ints, n_aints, n = 0, combiner, rc;
	struct mpifh_room r;

	rc = PMPI_Type_get_envelope(t, &n_ints, &n_aints, &n, &combiner);
	if (n > *max_types)
		n = *max_types;
	c = mpifh_room(&r, *max_types);
	if (rc == MPI_SUCCESS)
		rc = PMPI_Type_get_contents(t, *max_ints, *max_aints,
					    *max_types, ints, aints, c);
	for (int i = 0; rc == MPI_SUCCESS && i < n; i++)
		types[i] = PMPI_Type_c2f(c[i]);
	mpifh_room_free(&r);
	MPIFH_RETURN(ierr, rc);
}
