/* SPDX-License-Identifier: MIT */
/* objects.c - the MPI objects that an image holds, by kind
 *
 * Their descriptors hang on lists in keep memory (mpi-wrappers/desc.h).
 */
#include <errno.h>
#include <string.h>
#include "../common/jfile.h"
#include "../common/text.h"
#include "../image/image_format.h"
#include "../mpi-wrappers/desc.h"
#include "objects.h"

#define OBJECTS_MAX 10000000 /* of a kind: more are a ring */

static const char *const names[DESC_KINDS] = {
	[DESC_COMM] = "communicators",
	[DESC_GROUP] = "groups",
	[DESC_TYPE] = "datatypes",
	[DESC_OP] = "operations",
	[DESC_REQUEST] = "requests",
	[DESC_MESSAGE] = "messages",
	[DESC_ERRHANDLER] = "error handlers",
	[DESC_INFO] = "info objects",
	[DESC_KEYVAL] = "keyvals",
	[DESC_WIN] = "windows",
	[DESC_FILE] = "files",
	[DESC_SESSION] = "sessions",
	[DESC_T_CVAR] = "control variables of MPI_T",
	[DESC_T_PVAR] = "performance variables of MPI_T",
	[DESC_T_SESSION] = "sessions of MPI_T",
	[DESC_T_EVENT] = "events of MPI_T",
	[DESC_T_ENUM] = "enumerations of MPI_T",
};

/* One more in the object's member of that name. */
static void count(json_t *o, const char *name)
{
	json_t *n = json_object_get(o, name);

	json_object_set_new(o, name, json_integer(json_integer_value(n) + 1));
}

/* One more of what this function makes. */
static void count_maker(json_t *makers, const struct desc *d)
{
	char what[sizeof(d->what) + 1];

	memcpy(what, d->what, sizeof(d->what));
	what[sizeof(d->what)] = 0;
	text_clean(what);
	count(makers, what[0] ? what : "(unknown)");
}

static int count_size(const struct process *p, uint64_t at, json_t *sizes,
		      char *err, size_t errlen)
{
	struct desc_comm c;
	char size[16];
	int rc = process_need(p, at, &c, sizeof(c), "a communicator", err,
			      errlen);

	snprintf(size, sizeof(size), "%d", c.size);
	if (!rc)
		count(sizes, size);
	return rc;
}

struct tally {
	json_int_t made, fixed; /* by the program; predefined */
	json_t *makers, *sizes;
};

static int tally_one(const struct process *p, uint64_t at, int kind,
		     struct tally *t, uint64_t *next, char *err, size_t errlen)
{
	struct desc d;
	int rc = process_need(p, at, &d, sizeof(d), "an MPI object", err,
			      errlen);

	if (rc)
		return rc;
	*next = (uint64_t)d.next;
	if ((d.magic != (DESC_MAGIC | (uint32_t)kind) &&
	     d.magic != (DESC_CLOSED | (uint32_t)kind)) ||
	    t->made + t->fixed >= OBJECTS_MAX)
		return image_fail(-EBADMSG, err, errlen,
				  "%s: damaged: its list of %s makes no sense",
				  p->path, names[kind]);
	if (desc_is_fixed(&d)) {
		t->fixed++;
		return 0;
	}
	t->made++;
	count_maker(t->makers, &d);
	return kind == DESC_COMM ? count_size(p, at, t->sizes, err, errlen) : 0;
}

static int tally_kind(const struct process *p, uint64_t at, int kind,
		      json_t *out, char *err, size_t errlen)
{
	struct tally t = { .makers = json_object(), .sizes = json_object() };
	json_t *o;
	int rc = 0;

	while (at && !rc)
		rc = tally_one(p, at, kind, &t, &at, err, errlen);
	if (!rc && t.made + t.fixed) {
		o = json_pack("{s:I, s:I, s:O}", "made", t.made, "predefined",
			      t.fixed, "by", t.makers);
		if (kind == DESC_COMM)
			json_object_set(o, "sizes", t.sizes);
		json_object_set_new(out, names[kind], o);
	}
	json_decref(t.makers);
	json_decref(t.sizes);
	return rc;
}

json_t *objects_json(const struct process *p, int *rc, char *err, size_t errlen)
{
	struct mpi_root root;
	json_t *out = json_object();
	int kind;

	*rc = 0;
	if (p->info->mpi_phase == BACK_BEFORE_INIT)
		return out;
	*rc = process_need(p, KEEP_MPI_ROOT, &root, sizeof(root),
			   "the root of the MPI objects", err, errlen);
	for (kind = 1; kind < DESC_KINDS && !*rc; kind++)
		*rc = tally_kind(p, (uint64_t)root.live[kind], kind, out, err,
				 errlen);
	if (!*rc)
		return out;
	json_decref(out);
	return NULL;
}
