/* SPDX-License-Identifier: MIT */
/* carrier.c - ranks that come by the connection of a gatherer */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include "../common/monotonic.h"
#include "../common/wire_codec.h"
#include "carrier.h"
#include "dispatch.h"
#include "log.h"
#include "peer.h"

#define SEND_BYTES ((size_t)256 << 10) /* so much does not wait for more */

/* In the place of a peer that we have dropped, until the gatherer says CLOSED,
 * too: what comes meanwhile is nobody's. */
static struct peer gone;

static void send_soon(struct server *s, struct peer *g)
{
	if (g->c.out_len - g->c.out_pos >= SEND_BYTES)
		peer_flush(s, g);
	if (g->unsent || g->closing)
		return;
	g->unsent = 1;
	TAILQ_INSERT_TAIL(&s->unsent, g, unsent_link);
}

int carrier_queue(struct server *s, struct peer *p, enum wire_type type,
		  const void *msg)
{
	int rc = wire_queue_of(&p->carrier->c, p->channel, type, msg);

	if (!rc)
		send_soon(s, p->carrier);
	return rc;
}

int carrier_queue_all(struct server *s, struct peer *g, enum wire_type type,
		      const void *msg)
{
	int rc = wire_queue_of(&g->c, WIRE_ALL, type, msg);

	if (!rc)
		send_soon(s, g);
	return rc;
}

static void sent(struct server *s, struct peer *g)
{
	if (g->unsent)
		TAILQ_REMOVE(&s->unsent, g, unsent_link);
	g->unsent = 0;
}

void carrier_flush(struct server *s)
{
	struct peer *g;

	while ((g = TAILQ_FIRST(&s->unsent))) {
		sent(s, g);
		peer_flush(s, g);
	}
}

/* Room for this channel. 0 or -errno. */
static int make_room(struct peer *g, uint32_t channel)
{
	uint32_t n = g->n_channels ? g->n_channels : 16;
	struct peer **v;

	if (channel >= WIRE_CHANNELS)
		return -EPROTO;
	if (channel < g->n_channels)
		return 0;
	while (n <= channel)
		n *= 2;
	v = realloc(g->channels, n * sizeof(*v));
	if (!v)
		return -ENOMEM;
	memset(v + g->n_channels, 0, (n - g->n_channels) * sizeof(*v));
	g->channels = v;
	g->n_channels = n;
	return 0;
}

static int open_channel(struct peer *g, uint32_t channel)
{
	int rc = make_room(g, channel);
	struct peer *p;

	if (rc)
		return rc;
	if (g->channels[channel])
		return -EPROTO;
	p = calloc(1, sizeof(*p));
	if (!p)
		return -ENOMEM;
	p->c.fd = -1;
	p->since = monotonic_ms();
	p->carrier = g;
	p->channel = channel;
	g->channels[channel] = p;
	return 0;
}

/* What a rank says wrong ends its channel, and no other. */
static void deliver(struct server *s, struct peer *p, const struct wire_of *of)
{
	struct wire_msg m;

	if (p->closing)
		return;
	if ((!p->c.trusted && of->len > WIRE_LEN_HELLO) ||
	    of->len > wire_limit(of->type) ||
	    wire_unpack(of->type, of->body, of->len, &m))
		peer_close(s, p);
	else
		dispatch(s, p, &m);
}

static int take(struct server *s, struct peer *g, const struct wire_of *of)
{
	struct peer **slot;

	if (of->type == WIRE_OPENED)
		return open_channel(g, of->channel);
	if (of->channel >= g->n_channels || of->type == WIRE_OF)
		return -EPROTO;
	slot = &g->channels[of->channel];
	if (!*slot || (*slot)->hung_up)
		return -EPROTO;
	if (of->type != WIRE_CLOSED) {
		if (*slot != &gone)
			deliver(s, *slot, of);
	} else if (*slot == &gone) {
		*slot = NULL;
	} else {
		(*slot)->hung_up = 1;
		peer_close(s, *slot);
	}
	return 0;
}

void carrier_take(struct server *s, struct peer *g, const struct wire_of *of)
{
	if (take(s, g, of))
		peer_close(s, g);
}

void carrier_leave(struct server *s, struct peer *p)
{
	struct peer *g = p->carrier;

	g->channels[p->channel] = p->hung_up ? NULL : &gone;
	if (!g->closing && carrier_queue(s, p, WIRE_CLOSED, NULL))
		peer_close(s, g);
}

void carrier_close(struct server *s, struct peer *g)
{
	uint32_t i, n = 0;

	sent(s, g);
	for (i = 0; i < g->n_channels; i++) {
		if (!g->channels[i] || g->channels[i] == &gone ||
		    g->channels[i]->closing)
			continue;
		n++;
		peer_close(s, g->channels[i]);
	}
	if (n)
		log_info("the gatherer of %u ranks is gone", n);
}

void carrier_free(struct peer *g)
{
	free(g->channels);
}

int carrier_lost(const struct peer *p)
{
	return p->carrier && p->carrier->closing && !p->hung_up;
}
