/* SPDX-License-Identifier: MIT */
/* answer.c - what mana_command says, as text or as JSON */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "../common/jfile.h"
#include "../common/text.h"
#include "answer.h"

/* Text with an end of line, and with nothing that a terminal would obey. */
static void put(FILE *f, const char *text)
{
	char *clean = strdup(text);
	size_t len = strlen(text);

	if (clean)
		fprintf(f, "%s%s", text_clean_lines(clean),
			len && text[len - 1] == '\n' ? "" : "\n");
	free(clean);
}

static void put_json(const struct answer *a, json_t *members, const char *error)
{
	json_t *o = json_pack("{s:i, s:s, s:b, s:o}", "version", ANSWER_VERSION,
			      "verb", a->verb, "ok", !error, "error",
			      error ? jfile_text(error) : json_null());

	if (o && members)
		json_object_update_missing(o, members);
	json_decref(members);
	if (o && !json_dumpf(o, stdout, JSON_INDENT(1)))
		putchar('\n');
	json_decref(o);
}

int answer_failed(const struct answer *a, int code, const char *why,
		  json_t *members)
{
	fprintf(stderr, "%s: ", a->program);
	put(stderr, why);
	if (a->json)
		put_json(a, members, why);
	else
		json_decref(members);
	return code;
}

void answer_die(const struct answer *a, int code, const char *why)
{
	exit(answer_failed(a, code, why, NULL));
}

void answer_done(const struct answer *a, json_t *members, const char *text)
{
	if (a->json) {
		put_json(a, members, NULL);
		return;
	}
	json_decref(members);
	if (*text)
		put(stdout, text);
}
