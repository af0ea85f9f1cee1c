/* SPDX-License-Identifier: MIT */
/* metrics.h - what the coordinator knows, for Prometheus (docs/metrics.md) */
#ifndef MANA_METRICS_H
#define MANA_METRICS_H

#include "server.h"

/* Text format 0.0.4. For free(3); NULL: no memory. */
char *metrics_text(const struct server *s);

#endif
