/* SPDX-License-Identifier: MIT */
/* launcher.h - the variables by which a launcher tells a process its place
 *
 * Freestanding: also asked under the upper FS.
 */
#ifndef MANA_LAUNCHER_H
#define MANA_LAUNCHER_H

#include <stddef.h>
#include "gate.h"

/* After a restart these are the new launcher's, the application's are stale. */
static inline int launcher_owns(const char *entry)
{
	static const char *const prefixes[] = {
		"OMPI_", "PMI", "HYD", "MPI_LOCAL", "PRTE_", "SLURM_"
	};
	size_t i, n;

	if (GATE->epoch <= 1)
		return 0;
	for (i = 0; i < sizeof(prefixes) / sizeof(prefixes[0]); i++) {
		for (n = 0; prefixes[i][n] && prefixes[i][n] == entry[n];)
			n++;
		if (!prefixes[i][n])
			return 1;
	}
	return 0;
}

#endif
