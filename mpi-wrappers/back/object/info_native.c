/* SPDX-License-Identifier: MIT */
/* info_native.c - infos given to the native library, and taken from it */
#include <string.h>
#include "../../../common/launcher.h"
#include "../core/native.h"
#include "build/gen/back.h"

/* Neither an info nor the null handle, of which every function takes note. */
#define BAD_INFO BAD_HANDLE(MPI_Info, MPI_INFO_NULL, (void *)NO_HANDLE)

#ifdef OPEN_MPI
#define INFO_ROOM MPI_MAX_INFO_VAL
#else /* which does not count the end */
#define INFO_ROOM (MPI_MAX_INFO_VAL + 1)
#endif

MPI_Info native_info(seam_info h)
{
	struct desc *from = desc_of(h, DESC_INFO), *copy;
	const struct desc_info *f;
	MPI_Info info;
	int i;

	if (!from)
		return h == SEAM_INFO_NULL ? MPI_INFO_NULL : BAD_INFO;
	if (info_copy(from, &copy)) /* others may change it meanwhile */
		return MPI_INFO_NULL;
	f = (const struct desc_info *)copy;
	if (MPI_Info_create(&info))
		info = MPI_INFO_NULL;
	for (i = 0; info != MPI_INFO_NULL && i < f->n; i++)
		/* a key too long here: a hint less */
		if (strlen(f->keys[i]) < MPI_MAX_INFO_KEY &&
		    strlen(f->values[i]) < INFO_ROOM)
			MPI_Info_set(info, f->keys[i], f->values[i]);
	desc_unref(copy);
	return info;
}

MPI_Info native_info_or_null(seam_info h)
{
	return info_bad(h) ? BAD_HANDLE(MPI_Info, MPI_INFO_NULL, h) :
			     native_info(h);
}

void native_info_free(MPI_Info *info)
{
	if (*info != MPI_INFO_NULL && *info != BAD_INFO)
		MPI_Info_free(info);
}

int info_fill(struct desc *to, MPI_Info native)
{
	char key[MPI_MAX_INFO_KEY + 1], value[MPI_MAX_INFO_VAL + 1];
	int n = 0, i, flag, rc;

	rc = MPI_Info_get_nkeys(native, &n);
	for (i = 0; i < n && !rc; i++) {
		rc = MPI_Info_get_nthkey(native, i, key);
		if (!rc)
			rc = MPI_Info_get(native, key, MPI_MAX_INFO_VAL, value,
					  &flag);
		if (!rc && flag && info_put((struct desc_info *)to, key, value))
			return SEAM_ERR_NO_MEM;
	}
	return rc ? err_from_native(rc) : 0;
}

int info_from_native(MPI_Info native, seam_info *out)
{
	struct desc *d = NULL;
	int rc;

	if (native == MPI_INFO_NULL) {
		*out = SEAM_INFO_NULL;
		return 0;
	}
	rc = info_copy(NULL, &d);
	if (!rc)
		rc = info_fill(d, native);
	if (rc)
		desc_unref(d);
	else
		*out = d->seam;
	return rc;
}

/* The library says how the program was started; MPICH does so at any time,
 * in MPI_INFO_ENV as well. */
int back_Info_create_env(int argc, char *argv[], seam_info *info)
{
#if MPI_VERSION >= 4
	static const char fn[] = "MPI_Info_create_env";
	MPI_Info n = MPI_INFO_NULL;
	int rc = MPI_Info_create_env(argc, argv, &n);

	rc = rc ? err_from_native(rc) : info_from_native(n, info);
	native_info_free(&n);
	return rc ? back_raise(NULL, rc, fn) : 0;
#else
	(void)argc;
	(void)argv;
	return back_Info_dup(SEAM_INFO_ENV, info);
#endif
}

static struct desc *info_env_made(void)
{
	struct desc *d = desc_of_fixed(SEAM_INFO_ENV);

	return d ? d :
		   desc_make_fixed(DESC_INFO, sizeof(struct desc_info),
				   SEAM_INFO_ENV);
}

int info_env_early(void)
{
	return info_env_made() ? 0 : SEAM_ERR_NO_MEM;
}

#if defined(OPEN_MPI) && OMPI_MAJOR_VERSION >= 5
/* The launcher has been asked, who knows of mana_launch alone. That has put the
 * program in its place where earlier ones look (launcher_tell). */
static int info_env_program(struct desc_info *f)
{
	const char *command, *args;
	int rc;

	launcher_told(&command, &args);
	if (!command)
		return 0;
	rc = info_put(f, "command", command);
	return rc ? rc : info_put(f, "argv", args ? args : command);
}
#else
#define info_env_program(f) 0
#endif

int info_env_fill(void)
{
	struct desc *d = info_env_made();
	int rc = d ? info_fill(d, MPI_INFO_ENV) : SEAM_ERR_NO_MEM;

	return rc ? rc : info_env_program((struct desc_info *)d);
}
