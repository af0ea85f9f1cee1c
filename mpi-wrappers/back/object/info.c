/* SPDX-License-Identifier: MIT */
/* info.c - info objects: wholly in descriptors
 *
 * A native info is made only for the time of the native call that takes one.
 */
#include <stdlib.h>
#include <string.h>
#include "../../../common/launcher.h"
#include "kind.h"
#include "../core/native.h"
#include "build/gen/ask.h"

/* Neither an info nor the null handle, of which every function takes note. */
#define BAD_INFO BAD_HANDLE(MPI_Info, MPI_INFO_NULL, (void *)NO_HANDLE)

void info_destroy(void *p)
{
	struct desc_info *f = p;
	int i;

	for (i = 0; i < f->n; i++) {
		keep_free(f->keys[i]);
		keep_free(f->values[i]);
	}
	keep_free(f->keys);
	keep_free(f->values);
}

static int info_find(const struct desc_info *f, const char *key)
{
	int i;

	for (i = 0; i < f->n; i++)
		if (!strcmp(f->keys[i], key))
			return i;
	return -1;
}

int info_put(struct desc_info *f, const char *key, const char *value)
{
	char *v = keep_strdup(value), *k, **p;
	int i = info_find(f, key);

	if (!v)
		return SEAM_ERR_NO_MEM;
	if (i >= 0) {
		keep_free(f->values[i]);
		f->values[i] = v;
		return 0;
	}
	k = keep_strdup(key);
	p = k ? keep_realloc(f->keys, (f->n + 1) * sizeof(char *)) : NULL;
	if (p) {
		f->keys = p;
		p = keep_realloc(f->values, (f->n + 1) * sizeof(char *));
	}
	if (!p) {
		keep_free(k);
		keep_free(v);
		return SEAM_ERR_NO_MEM;
	}
	f->values = p;
	f->keys[f->n] = k;
	f->values[f->n++] = v;
	return 0;
}

int info_copy(const struct desc *from, struct desc **out)
{
	const struct desc_info *f = (const struct desc_info *)from;
	struct desc_info *t = desc_make(DESC_INFO, sizeof(*t), "MPI_Info_dup");
	int i, rc = 0;

	if (!t)
		return SEAM_ERR_NO_MEM;
	for (i = 0; f && i < f->n && !rc; i++)
		rc = info_put(t, f->keys[i], f->values[i]);
	if (rc)
		desc_unref(t);
	else
		*out = &t->d;
	return rc;
}

#ifdef OPEN_MPI
#define INFO_ROOM MPI_MAX_INFO_VAL
#else /* which does not count the end */
#define INFO_ROOM (MPI_MAX_INFO_VAL + 1)
#endif

MPI_Info native_info(seam_info h)
{
	struct desc_info *f = desc_of(h, DESC_INFO);
	MPI_Info info;
	int i;

	if (!f)
		return h == SEAM_INFO_NULL ? MPI_INFO_NULL : BAD_INFO;
	if (MPI_Info_create(&info))
		return MPI_INFO_NULL;
	for (i = 0; i < f->n; i++) /* a key too long here: a hint less */
		if (strlen(f->keys[i]) < MPI_MAX_INFO_KEY &&
		    strlen(f->values[i]) < INFO_ROOM)
			MPI_Info_set(info, f->keys[i], f->values[i]);
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

/* Before MPI_Init MPICH 5 takes the null handle for an empty info. */
static struct desc_info *info_arg(seam_info h, int *rc)
{
	struct desc_info *f = desc_of(h, DESC_INFO);

	if (!f)
		*rc = ASK(h == SEAM_INFO_NULL ? SEAM_SUCCESS : SEAM_ERR_INFO);
	return f;
}

static int key_check(const char *key)
{
	return key && *key && strlen(key) < front_room(ROOM_KEY) ?
		       0 :
		       ASK(SEAM_ERR_INFO_KEY);
}

int back_Info_create(seam_info *info)
{
	struct desc *d = NULL;
	int rc = info_copy(NULL, &d);

	if (rc)
		return back_raise(NULL, rc, "MPI_Info_create");
	*info = d->seam;
	return 0;
}

/* What the library says of how the program was started; MPICH does so at any
 * time, in MPI_INFO_ENV as well. */
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

int back_Info_set(seam_info info, const char *key, const char *value)
{
	static const char fn[] = "MPI_Info_set";
	struct desc_info *f;
	int rc = 0;

	f = info_arg(info, &rc);
	if (!f)
		return rc;
	rc = key_check(key);
	if (!rc && strlen(value) > front_room(ROOM_VALUE))
		rc = ASK(SEAM_ERR_INFO_VALUE);
	if (!rc && !*value) /* MPICH takes it */
		rc = ask_Info_set(info, key, value, ASK(SEAM_SUCCESS));
	return rc ? rc : back_raise(NULL, info_put(f, key, value), fn);
}

int back_Info_delete(seam_info info, const char *key)
{
	struct desc_info *f;
	int rc = 0, i;
	size_t rest;

	f = info_arg(info, &rc);
	if (!f)
		return rc;
	rc = key_check(key);
	if (rc)
		return rc;
	i = info_find(f, key);
	if (i < 0)
		return ASK(SEAM_ERR_INFO_NOKEY);
	keep_free(f->keys[i]);
	keep_free(f->values[i]);
	rest = (--f->n - i) * sizeof(char *);
	memmove(f->keys + i, f->keys + i + 1, rest);
	memmove(f->values + i, f->values + i + 1, rest);
	return 0;
}

int back_Info_get(seam_info info, const char *key, int valuelen, char *value,
		  int *flag)
{
	struct desc_info *f;
	int rc = 0, i;
	size_t n, room;

	f = info_arg(info, &rc);
	if (!f)
		return rc;
	rc = key_check(key);
	if (!rc && valuelen <= 0)
		rc = ASK(SEAM_SUCCESS);
	if (rc)
		return rc;
	i = info_find(f, key);
	*flag = i >= 0;
	if (i < 0)
		return 0;
	n = strlen(f->values[i]);
	room = n < (size_t)valuelen ? n : (size_t)valuelen;
	memcpy(value, f->values[i], room);
	value[room] = 0;
#ifndef OPEN_MPI
	if (room < n)
		return back_raise(NULL, SEAM_ERR_INFO_VALUE, "MPI_Info_get");
#endif
	return 0;
}

/* *buflen counts the terminating null, going in and coming out. */
int back_Info_get_string(seam_info info, const char *key, int *buflen,
			 char *value, int *flag)
{
	struct desc_info *f;
	int rc = 0, i, room;
	size_t n;

	f = info_arg(info, &rc);
	if (!f)
		return rc;
	rc = key_check(key);
	if (!rc && (*buflen < 0 || (*buflen && !value)))
		rc = ASK(SEAM_ERR_ARG);
	if (rc)
		return rc;
	i = info_find(f, key);
	*flag = i >= 0;
	if (i < 0)
		return 0;
	room = *buflen;
	n = strlen(f->values[i]);
	*buflen = n + 1;
	if (!room)
		return 0;
	n = n < (size_t)room - 1 ? n : (size_t)room - 1;
	memcpy(value, f->values[i], n);
	value[n] = 0;
	return 0;
}

int back_Info_get_valuelen(seam_info info, const char *key, int *valuelen,
			   int *flag)
{
	struct desc_info *f;
	int rc = 0, i;

	f = info_arg(info, &rc);
	if (!f)
		return rc;
	rc = key_check(key);
	if (rc)
		return rc;
	i = info_find(f, key);
	*flag = i >= 0;
	if (i >= 0)
		*valuelen = strlen(f->values[i]);
	return 0;
}

int back_Info_get_nkeys(seam_info info, int *nkeys)
{
	struct desc_info *f;
	int rc = 0;

	f = info_arg(info, &rc);
	if (f)
		*nkeys = f->n;
	return rc;
}

int back_Info_get_nthkey(seam_info info, int n, char *key)
{
	struct desc_info *f;
	int rc = 0;

	f = info_arg(info, &rc);
	if (!f)
		return rc;
	if (n < 0 || n >= f->n)
		return ASK(SEAM_ERR_ARG);
	strcpy(key, f->keys[n]);
	return 0;
}

int back_Info_dup(seam_info info, seam_info *newinfo)
{
	static const char fn[] = "MPI_Info_dup";
	struct desc *d = NULL;
	struct desc_info *f;
	int rc = 0;

	f = info_arg(info, &rc);
	if (!f)
		rc = ask_Info_dup(info, newinfo, rc);
	if (rc)
		return rc;
	rc = info_copy(f ? &f->d : NULL, &d);
	if (rc)
		return back_raise(NULL, rc, fn);
	*newinfo = d->seam;
	return 0;
}

int back_Info_free(seam_info *info)
{
	struct desc_info *f;
	int rc = 0;

	f = info_arg(*info, &rc);
	if (!f)
		return rc;
	if (handle_is_fixed(*info))
		return ASK(SEAM_ERR_INFO);
	*info = SEAM_INFO_NULL;
	desc_unref(f);
	return 0;
}
