/* SPDX-License-Identifier: MIT */
/* type.c - datatypes and counts, answered on the spot; types with named ints */
#include <limits.h>
#include "front.h"

#define TYPE(h) desc_of(in_datatype(h), DESC_TYPE)

static int bad_type(MPI_Datatype type, const char *what)
{
	return front_raise(DESC_TYPE, in_datatype(type), SEAM_ERR_TYPE, what);
}

#ifdef OPEN_MPI
/*
 * A handle is an address that is followed natively too. One that is no
 * descriptor is a predefined type's object: the first question makes it look
 * like a descriptor, as far as the size goes, which never changes.
 */
static inline const struct desc_type *type_sized(MPI_Datatype datatype)
{
	struct desc_type *known = (void *)datatype;
	const struct desc_type *t;

	if (likely(known && known->d.magic == (DESC_MAGIC | DESC_TYPE)))
		return known;
	t = TYPE(datatype);
	if (t && (uintptr_t)t->d.seam < 0x400) {
		known->size = t->size;
		__atomic_store_n(&known->d.magic, t->d.magic, __ATOMIC_RELEASE);
	}
	return t;
}
#else
#define type_sized(datatype) TYPE(datatype)
#endif

int PMPI_Type_size(MPI_Datatype datatype, int *size)
{
	const struct desc_type *t = type_sized(datatype);

	if (unlikely(!t))
		return bad_type(datatype, "MPI_Type_size");
	*size = likely(t->size <= INT_MAX) ? (int)t->size : MPI_UNDEFINED;
	return MPI_SUCCESS;
}

static int size_of(MPI_Datatype datatype, MPI_Count *size, const char *what)
{
	const struct desc_type *t = TYPE(datatype);

	if (unlikely(!t))
		return bad_type(datatype, what);
	*size = t->size;
	return MPI_SUCCESS;
}

int PMPI_Type_size_x(MPI_Datatype datatype, MPI_Count *size)
{
	return size_of(datatype, size, "MPI_Type_size_x");
}

static int extent_of(MPI_Datatype datatype, int64_t *lb, int64_t *extent,
		     int true_extent, const char *what)
{
	const struct desc_type *t = TYPE(datatype);

	if (unlikely(!t))
		return bad_type(datatype, what);
	*lb = true_extent ? t->true_lb : t->lb;
	*extent = true_extent ? t->true_extent : t->extent;
	return MPI_SUCCESS;
}

#define EXTENT(name, number, true_extent)                                      \
	EXPORT int PMPI_##name(MPI_Datatype datatype, number *lb,              \
			       number *extent);                                \
	int PMPI_##name(MPI_Datatype datatype, number *lb, number *extent)     \
	{                                                                      \
		int64_t l = 0, e = 0;                                          \
		int rc = extent_of(datatype, &l, &e, true_extent,              \
				   "MPI_" #name);                              \
                                                                               \
		if (rc == MPI_SUCCESS) {                                       \
			*lb = (number)l;                                       \
			*extent = (number)e;                                   \
		}                                                              \
		return rc;                                                     \
	}

EXTENT(Type_get_extent, MPI_Aint, 0)
EXTENT(Type_get_extent_x, MPI_Count, 0)
EXTENT(Type_get_true_extent, MPI_Aint, 1)
EXTENT(Type_get_true_extent_x, MPI_Count, 1)

/* Removed in MPI 3, still exported. */
#define OLD_EXTENT(name, expr)                                                 \
	EXPORT int PMPI_##name(MPI_Datatype datatype, MPI_Aint *n);            \
	int PMPI_##name(MPI_Datatype datatype, MPI_Aint *n)                    \
	{                                                                      \
		int64_t lb = 0, extent = 0;                                    \
		int rc = extent_of(datatype, &lb, &extent, 0, "MPI_" #name);   \
                                                                               \
		if (rc == MPI_SUCCESS)                                         \
			*n = (MPI_Aint)(expr);                                 \
		return rc;                                                     \
	}

OLD_EXTENT(Type_extent, extent)
OLD_EXTENT(Type_lb, lb)
OLD_EXTENT(Type_ub, lb + extent)

EXPORT int PMPI_Address(void *location, MPI_Aint *address);
int PMPI_Address(void *location, MPI_Aint *address)
{
	FRONT_OPEN();
	*address = (MPI_Aint)location;
	return MPI_SUCCESS;
}

/* Whole elements of the type; MPI_UNDEFINED when there is a rest. */
static int count_of(const MPI_Status *status, MPI_Datatype datatype,
		    int64_t max, int64_t *count, const char *what)
{
	const struct desc_type *t = TYPE(datatype);
	uint64_t n, size;

	if (unlikely(!t))
		return bad_type(datatype, what);
	n = status_bytes(status);
	size = (uint64_t)t->size;
	if (size == 0)
		*count = n ? MPI_UNDEFINED : 0;
	else if (n % size || n / size > (uint64_t)max)
		*count = MPI_UNDEFINED;
	else
		*count = (int64_t)(n / size);
	return MPI_SUCCESS;
}

int PMPI_Get_count(const MPI_Status *status, MPI_Datatype datatype, int *count)
{
	int64_t n = 0;
	int rc = count_of(status, datatype, INT_MAX, &n, "MPI_Get_count");

	if (rc == MPI_SUCCESS)
		*count = (int)n;
	return rc;
}

#if MPI_VERSION >= 4
int PMPI_Type_size_c(MPI_Datatype datatype, MPI_Count *size)
{
	return size_of(datatype, size, "MPI_Type_size_c");
}

EXTENT(Type_get_extent_c, MPI_Count, 0)
EXTENT(Type_get_true_extent_c, MPI_Count, 1)

int PMPI_Get_count_c(const MPI_Status *status, MPI_Datatype datatype,
		     MPI_Count *count)
{
	int64_t n = 0;
	int rc = count_of(status, datatype, INT64_MAX, &n, "MPI_Get_count_c");

	if (rc == MPI_SUCCESS)
		*count = n;
	return rc;
}
#endif

int PMPI_Status_set_cancelled(MPI_Status *status, int flag)
{
	FRONT_OPEN();
	status_set(status, status_bytes(status), flag);
	return MPI_SUCCESS;
}

int PMPI_Test_cancelled(const MPI_Status *status, int *flag)
{
	FRONT_OPEN();
	*flag = status_cancelled(status);
	return MPI_SUCCESS;
}
