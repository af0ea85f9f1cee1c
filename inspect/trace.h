/* SPDX-License-Identifier: MIT */
/* trace.h - a generation's phases as a trace, for Perfetto or Chrome */
#ifndef MANA_TRACE_H
#define MANA_TRACE_H

#include <stdio.h>
#include "../launch/pick.h"

/* Writes trace-event JSON: hosts are processes, ranks are threads, phases are
 * slices, from the request on. The manifest has phases. 0 or -errno. */
int trace_write(FILE *f, const struct manifest *m);

#endif
