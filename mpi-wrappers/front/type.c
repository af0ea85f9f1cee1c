/* SPDX-License-Identifier: MIT */
/* type.c - datatypes and counts, answered on the spot; types with named ints */
#include <limits.h>
#include "front.h"

#define TYPE(h) desc_of(in_datatype(h), DESC_TYPE)

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
	if (t && desc_is_fixed(&t->d)) {
		known->size = t->size;
		__atomic_store_n(&known->d.magic, t->d.magic, __ATOMIC_RELEASE);
	}
	return t;
}
#else
#define type_sized(datatype) TYPE(datatype)
#endif

static __attribute__((cold)) int no_size(const struct desc_type *t,
					 MPI_Datatype datatype, int *size)
{
	if (!t || !size)
		return ask_Type_size(datatype, size);
	*size = MPI_UNDEFINED;
	return MPI_SUCCESS;
}

int PMPI_Type_size(MPI_Datatype datatype, int *size)
{
	const struct desc_type *t = type_sized(datatype);

	if (unlikely(!t || !size || t->size > INT_MAX))
		return no_size(t, datatype, size);
	*size = (int)t->size;
	return MPI_SUCCESS;
}

/* Removed in MPI 3, still exported. */
#define OLD_EXTENT(name, expr)                                                 \
	EXPORT int PMPI_##name(MPI_Datatype datatype, MPI_Aint *n);            \
	int PMPI_##name(MPI_Datatype datatype, MPI_Aint *n)                    \
	{                                                                      \
		const struct desc_type *t = TYPE(datatype);                    \
		MPI_Aint other;                                                \
                                                                               \
		if (unlikely(!t || !n))                                        \
			return ask_Type_get_extent(datatype, &other, n);       \
		*n = (MPI_Aint)(expr);                                         \
		return MPI_SUCCESS;                                            \
	}

OLD_EXTENT(Type_extent, t->extent)
OLD_EXTENT(Type_lb, t->lb)
OLD_EXTENT(Type_ub, t->lb + t->extent)

EXPORT int PMPI_Address(void *location, MPI_Aint *address);
int PMPI_Address(void *location, MPI_Aint *address)
{
	return PMPI_Get_address(location, address);
}

int PMPI_Status_set_cancelled(MPI_Status *status, int flag)
{
#if !defined(MPICH_NUMVERSION) || MPICH_NUMVERSION < 40200000
	FRONT_OPEN();
#endif
	if (!right_status(status))
		return ask_Status_set_cancelled(status, flag);
	native_set_bytes(status, native_bytes(status), !!flag);
	return MPI_SUCCESS;
}

int PMPI_Test_cancelled(const MPI_Status *status, int *flag)
{
	FRONT_OPEN();
	if (unlikely(!flag || !right_status(status)))
		return ask_Test_cancelled(status, flag);
	*flag = native_cancelled(status);
	return MPI_SUCCESS;
}
