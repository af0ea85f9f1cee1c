/* SPDX-License-Identifier: MIT */
/* answer.h - what mana_command says, as text or as JSON
 *
 * docs/json.md has the schema. An error is one line on stderr in either form.
 */
#ifndef MANA_ANSWER_H
#define MANA_ANSWER_H

#include <jansson.h>

#define ANSWER_VERSION 1 /* of the schema */

struct answer {
	const char *program; /* as its user called it */
	const char *verb;
	int json;
};

/* Says what went wrong; members as below. Returns the exit code. */
int answer_failed(const struct answer *a, int code, const char *why,
		  json_t *members);
/* Says it, and ends the program. */
void answer_die(const struct answer *a, int code, const char *why)
	__attribute__((noreturn));
/* JSON: the object, with members (which this takes; NULL: none) in it. Else:
 * the text ("": nothing) and an end of line. */
void answer_done(const struct answer *a, json_t *members, const char *text);

#endif
