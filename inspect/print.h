/* SPDX-License-Identifier: MIT */
/* print.h - a report, for a person */
#ifndef MANA_PRINT_H
#define MANA_PRINT_H

#include <jansson.h>

/* Prints what report.h has made, of either kind, with nothing in it that a
 * terminal would obey. */
void print_report(const json_t *report);

#endif
