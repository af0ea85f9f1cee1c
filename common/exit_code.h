/* SPDX-License-Identifier: MIT */
/* exit_code.h - with which codes mana's programs end, as the man pages say
 *
 * A program that runs under mana_launch or mana_restart ends with its own.
 */
#ifndef MANA_EXIT_CODE_H
#define MANA_EXIT_CODE_H

enum exit_code {
	EXIT_DONE = 0,
	EXIT_NOT_DONE = 1,  /* mana_command: the coordinator said no */
	EXIT_LATER = 85,    /* mana_run: stopped at a checkpoint, to go on */
	EXIT_REFUSED = 99,  /* mana cannot, and has said why */
	EXIT_KILLED = 143,  /* of a job that a user ends, as if by SIGTERM */
	EXIT_NO_EXEC = 127, /* of a child: the program cannot be started */
};

#endif
