/* SPDX-License-Identifier: MIT */
/* pruning.c - mana_command --prune */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "../client/rendezvous.h"
#include "../client/start.h"
#include "../common/exit_code.h"
#include "../common/monotonic.h"
#include "../common/survey.h"
#include "ask.h"
#include "generations.h"
#include "pruning.h"

#define RETRY_US 50000

static void numbers(FILE *f, const char *what, const json_t *list)
{
	size_t i, n = json_array_size(list);

	for (i = 0; i < n; i++)
		fprintf(f, "%s%s %" JSON_INTEGER_FORMAT, i ? "," : what,
			i ? "" : ":",
			json_integer_value(json_array_get(list, i)));
	if (n)
		fprintf(f, "\n");
}

static void reasons(FILE *f, const char *what, const json_t *list)
{
	const char *why;
	json_int_t n;
	size_t i;

	for (i = 0; i < json_array_size(list); i++) {
		const json_t *one = json_array_get(list, i);

		n = json_integer_value(json_object_get(one, "generation"));
		why = json_string_value(json_object_get(one, "why"));
		fprintf(f, "%s: %" JSON_INTEGER_FORMAT ": %s\n", what, n,
			why ? why : "?");
	}
}

/* Says what survey_prune() has done, which this takes. */
static int pruned(const struct answer *a, json_t *found)
{
	const json_t *failed = json_object_get(found, "failed");
	char *text = NULL;
	size_t len;
	FILE *f = open_memstream(&text, &len);

	if (!found || !f)
		return answer_failed(a, EXIT_REFUSED, "out of memory", found);
	if (json_array_size(failed)) {
		reasons(f, "cannot remove generation", failed);
		fclose(f);
		answer_failed(a, EXIT_NOT_DONE, text, found);
		free(text);
		return EXIT_NOT_DONE;
	}
	if (!json_array_size(json_object_get(found, "removed")))
		fprintf(f, "removed: none\n");
	numbers(f, "removed", json_object_get(found, "removed"));
	numbers(f, "kept", json_object_get(found, "kept"));
	reasons(f, "left alone", json_object_get(found, "left"));
	fclose(f);
	answer_done(a, found, text ? text : "");
	free(text);
	return EXIT_DONE;
}

/* In the place of a coordinator, and of whoever would start one. -EAGAIN: one
 * of them is there. *found: what was done. */
static int prune_alone(const char *dir, unsigned int keep, json_t **found,
		       char *err, size_t errlen)
{
	struct survey_prune how = { .keep = keep };
	int fd = generations_open(dir, err, errlen), starter, place, rc;
	struct survey s;

	if (fd < 0)
		return fd;
	starter = rendezvous_lock(fd, dir, LOCK_STARTER, err, errlen);
	place = starter < 0 ?
			starter :
			rendezvous_lock(fd, dir, LOCK_COORDINATOR, err, errlen);
	rc = place < 0 ? place : survey_read(&s, fd, dir);
	if (place >= 0) {
		if (rc)
			snprintf(err, errlen, "%.900s: %s", dir, strerror(-rc));
		else
			*found = survey_prune(&s, fd, &how);
		survey_fini(&s);
		close(place);
	}
	if (starter >= 0)
		close(starter);
	close(fd);
	return rc;
}

static int prune_by(const struct answer *a, struct wire_conn *c,
		    unsigned int keep, int timeout_ms)
{
	struct wire_request q = { .verb = VERB_PRUNE, .arg = keep };
	char err[2 * WIRE_TEXT];
	struct wire_reply r;
	int rc = ask_send(c, NULL, &q, timeout_ms, &r, err, sizeof(err));

	if (rc)
		rc = answer_failed(a, EXIT_REFUSED, err, NULL);
	else if (r.code)
		rc = answer_failed(a, EXIT_NOT_DONE, r.text, NULL);
	else
		rc = pruned(a, json_loads(r.text, 0, NULL));
	wire_close(c);
	return rc;
}

/* Is it another directory's coordinator that the user names? Then the default
 * directory is not meant. */
static int names_coordinator(const struct client_options *o)
{
	const char *at = getenv("MANA_COORD");

	return !o->ckptdir && (o->port_file || (at && *at));
}

int pruning_run(const struct answer *a, const struct client_options *o,
		unsigned int keep, int timeout_ms)
{
	int64_t end = monotonic_ms() + CLIENT_JOIN_MS;
	char err[2 * WIRE_TEXT], busy[2 * WIRE_TEXT];
	json_t *found = NULL;
	struct wire_conn c;
	int rc;

	for (;;) {
		rc = ask_join(o, &c, NULL, err, sizeof(err));
		if (!rc)
			return prune_by(a, &c, keep, timeout_ms);
		if ((rc != -ENOENT && rc != -ECONNREFUSED) ||
		    names_coordinator(o))
			break;
		rc = prune_alone(client_ckptdir(o), keep, &found, busy,
				 sizeof(busy));
		if (!rc)
			return pruned(a, found);
		if (rc != -EAGAIN)
			return answer_failed(a, EXIT_REFUSED, busy, NULL);
		if (monotonic_ms() >= end)
			break;
		usleep(RETRY_US); /* it has not said yet where it is */
	}
	return answer_failed(a, EXIT_REFUSED, err, NULL);
}
