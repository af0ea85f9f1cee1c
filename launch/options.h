/* SPDX-License-Identifier: MIT */
/* options.h - command line of mana_launch and mana_restart */
#ifndef MANA_OPTIONS_H
#define MANA_OPTIONS_H

#include <stdint.h>

struct options {
	const char *ckptdir;
	const char *port_file;
	const char *mpi;     /* --mpi: of common/mpis.h, "none" or NULL */
	int interval;	     /* seconds; 0: none; -1: not given */
	int keep;	     /* generations; -1: not given */
	int level;	     /* zstd level; -1: not given */
	uint64_t generation; /* mana_restart; 0: the newest */
	int verbose;
	int tls_fs;	    /* --tls fs: switch FS at each crossing */
	int no_coordinator; /* run without checkpoints */
	const char *job_id; /* of the program that became this one */
	const char *argv0;  /* what the program is to see as argv[0] */
	int first;	    /* index of the program in argv */
};

/*
 * Parse; prints help, version or a complaint and exits by itself (EXIT_DONE or
 * EXIT_REFUSED). tool is "mana_launch" or "mana_restart".
 */
void options_parse(struct options *o, const char *tool, int argc, char **argv);

#endif
