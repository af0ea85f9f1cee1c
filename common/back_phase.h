/* SPDX-License-Identifier: MIT */
/* back_phase.h - how far the application has got with MPI */
#ifndef MANA_BACK_PHASE_H
#define MANA_BACK_PHASE_H

enum back_phase {
	BACK_BEFORE_INIT,
	BACK_ACTIVE,	/* native MPI is up, the application may use it */
	BACK_FINALIZED, /* the application called MPI_Finalize; native is up */
};

#endif
