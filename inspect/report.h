/* SPDX-License-Identifier: MIT */
/* report.h - what is in an image, or in a generation, as JSON
 *
 * docs/mana_inspect.1 says what each member means: what scripts read. The text
 * for people is printed from the same (print.h).
 */
#ifndef MANA_REPORT_H
#define MANA_REPORT_H

#include <jansson.h>
#include "../launch/pick.h"
#include "process.h"

#define REPORT_FORMAT 1

/* NULL: a sentence is in err. */
json_t *report_image(const struct process *p, char *err, size_t errlen);
json_t *report_generation(const struct pick *p, char *err, size_t errlen);

/* Parts of these. */
json_t *report_memory(const struct process *p);
json_t *report_threads(const struct process *p, char *err, size_t errlen);
json_t *report_files(const struct process *p, char *err, size_t errlen);

#endif
