/* SPDX-License-Identifier: MIT */
/* options.h - command line of mana_run */
#ifndef MANA_RUN_OPTIONS_H
#define MANA_RUN_OPTIONS_H

enum { RUN_ON_REQUEST = 0, RUN_AUTO = -1, RUN_NOT_GIVEN = -2 };

struct run_options {
	const char *ckptdir;		  /* NULL: not given */
	const char *keep, *level, *trust; /* for mana_launch; NULL: not given */
	int interval;			  /* s, or one of the above */
	double mtbf;			  /* s */
	double left;			  /* --time-left; < 0: not given */
	int retries;
	int program; /* --program; 0: not given */
	int anew, dry, foreground;
	int first; /* index of the line in argv */
};

/* Prints help, version or a complaint and ends the program by itself. */
void run_options_parse(struct run_options *o, int argc, char **argv);

#endif
