/* SPDX-License-Identifier: MIT */
/* tell.c - what the user should know though nobody has asked
 *
 * Only those who look for it read the log. A user who relies on -i is told on
 * the job's stderr, by the first rank that is connected.
 */
#include <ctype.h>
#include <stdarg.h>
#include "../common/fnv.h"
#include "log.h"
#include "peer.h"
#include "server.h"
#include "tell.h"

static void send(struct server *s, const char *text)
{
	struct wire_failed m = { .generation = 0 };
	uint32_t i;

	snprintf(m.text, sizeof(m.text), "%s", text);
	for (i = 0; i < s->job.size; i++) {
		if (!s->job.ranks[i].peer)
			continue;
		peer_send(s, s->job.ranks[i].peer, WIRE_NOTE, &m);
		break;
	}
	log_info("told the job: %s", text);
}

void job_tell(struct server *s, const char *fmt, ...)
{
	char text[WIRE_TEXT];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	send(s, text);
}

/* Of all but the digits, since another generation, pid or size does not
 * make another reason. */
static uint64_t reason_hash(const char *text)
{
	uint64_t h = FNV_BEGIN;

	for (; *text; text++)
		if (!isdigit((unsigned char)*text))
			h = fnv_add(h, *text);
	return h;
}

void job_tell_once(struct server *s, const char *text)
{
	uint64_t h = reason_hash(text);
	unsigned int i;

	for (i = 0; i < s->job.n_said; i++)
		if (s->job.said[i] == h)
			return;
	if (s->job.n_said == SERVER_SAID)
		return;
	s->job.said[s->job.n_said++] = h;
	send(s, text);
}
