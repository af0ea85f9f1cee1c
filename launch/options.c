/* SPDX-License-Identifier: MIT */
/* options.c - command line of mana_launch and mana_restart */
#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "../common/ckptdir.h"
#include "../common/mpis.h"
#include "../common/option.h"
#include "options.h"
#include "refusal.h"

static const char launch_help[] =
	"Usage: mpirun -n N mana_launch [options] PROGRAM [arguments]\n"
	"       mana_launch [options] PROGRAM [arguments]\n"
	"Run PROGRAM, unmodified, so that it can be checkpointed.\n\n"
	"  -i, --interval SECONDS  checkpoint so often (default: on request)\n"
	"  -d, --ckptdir DIR       where checkpoints go (default: ./ckpt)\n"
	"  -k, --keep N            generations to keep (default: 2)\n"
	"  -z, --level N           zstd level, 0: uncompressed (default: 1)\n"
	"      --mpi WHICH         mpich, openmpi or none (default: by what\n"
	"                          started it and what PROGRAM needs)\n"
	"      --port-file FILE    where to find the coordinator\n"
	"      --no-coordinator    run without checkpoints\n"
	"      --argv0 NAME        what PROGRAM is to find in argv[0]\n";

static const char restart_help[] =
	"Usage: mpirun -n N mana_restart [options]\n"
	"Go on from the newest complete checkpoint in ./ckpt.\n\n"
	"  -d, --ckptdir DIR       where checkpoints are (default: ./ckpt)\n"
	"  -g, --generation N      this one instead of the newest\n"
	"  -i, --interval SECONDS  checkpoint that often (default: as before)\n"
	"  -k, --keep N            generations to keep (default: as before)\n"
	"  -z, --level N           zstd level (default: as before)\n"
	"      --mpi WHICH         mpich, openmpi or none\n"
	"      --port-file FILE    where to find the coordinator\n"
	"      --no-coordinator    go on without checkpoints\n";

static const char common_help[] =
	"      --trust-owner USER  the checkpoint directory and what is in it\n"
	"                          may belong to USER, too\n"
	"      --tls WHICH         gs or fs: how the MPI library's half finds\n"
	"                          its thread-local storage (default: gs)\n"
	"  -v, --verbose           say what is being done\n"
	"  -h, --help              this text\n"
	"  -V, --version           version\n\n"
	"See also mana_coordinator(1), mana_command(1).\n";

enum {
	OPT_MPI = 256,
	OPT_PORT_FILE,
	OPT_NO_COORDINATOR,
	OPT_ARGV0,
	OPT_TLS,
	OPT_JOB
};

#define LETTERS "+:i:d:k:z:g:vhV"

static const struct option longs[] = {
	{ "interval", required_argument, NULL, 'i' },
	{ "ckptdir", required_argument, NULL, 'd' },
	{ "keep", required_argument, NULL, 'k' },
	{ "level", required_argument, NULL, 'z' },
	{ "generation", required_argument, NULL, 'g' },
	{ "mpi", required_argument, NULL, OPT_MPI },
	{ "port-file", required_argument, NULL, OPT_PORT_FILE },
	{ "no-coordinator", no_argument, NULL, OPT_NO_COORDINATOR },
	{ "argv0", required_argument, NULL, OPT_ARGV0 },
	{ "tls", required_argument, NULL, OPT_TLS },
	{ "job-id", required_argument, NULL, OPT_JOB }, /* given by exec.c */
	{ "verbose", no_argument, NULL, 'v' },
	OPTION_COMMON,
};

static int is_restart(const char *tool)
{
	return !strcmp(tool, "mana_restart");
}

static void __attribute__((noreturn))
refuse(const struct option_program *p, const char *why)
{
	refusal_exit("%s: %s", p->name, why);
}

static const char *mpi_name(const struct option_program *p, const char *s)
{
	char known[256] = "";
	size_t i, n = 0;

	if (!strcmp(s, "none"))
		return s;
	for (i = 0; i < MPIS; i++) {
		if (!strcmp(s, mpis[i].name))
			return s;
		n += (size_t)snprintf(known + n, sizeof(known) - n, "%s%s",
				      i ? ", " : "", mpis[i].name);
	}
	option_refuse(p, "--mpi: %s or none are known", known);
}

static int tls_fs(const struct option_program *p, const char *s)
{
	if (strcmp(s, "gs") && strcmp(s, "fs"))
		option_refuse(p, "--tls: gs or fs are known");
	return *s == 'f';
}

/* Takes the value of an option with a number; 0: it is not one of these. */
static int take_number(struct options *o, const struct option_program *p, int c)
{
	switch (c) {
	case 'i':
		o->interval = (int)option_long(p, "-i", optarg, 0,
					       OPTION_SECONDS_MAX);
		return 1;
	case 'k':
		o->keep = (int)option_long(p, "--keep", optarg, 1,
					   OPTION_KEEP_MAX);
		return 1;
	case 'z':
		o->level = (int)option_long(p, "--level", optarg, 0,
					    OPTION_LEVEL_MAX);
		return 1;
	case 'g':
		o->generation = (uint64_t)option_long(p, "--generation", optarg,
						      1, GENERATION_MAX);
		return 1;
	default:
		return 0;
	}
}

static void take(struct options *o, const struct option_program *p, int c,
		 char **argv)
{
	switch (c) {
	case 'd':
		o->ckptdir = optarg;
		break;
	case OPT_MPI:
		o->mpi = mpi_name(p, optarg);
		break;
	case OPT_PORT_FILE:
		o->port_file = optarg;
		break;
	case OPT_NO_COORDINATOR:
		o->no_coordinator = 1;
		break;
	case OPT_TLS:
		o->tls_fs = tls_fs(p, optarg);
		break;
	case OPT_JOB:
		o->job_id = optarg;
		break;
	case OPT_ARGV0:
		o->argv0 = optarg;
		break;
	case 'v':
		o->verbose = 1;
		break;
	default:
		option_common(p, c, argv);
	}
}

void options_parse(struct options *o, const char *tool, int argc, char **argv)
{
	const struct option_program p = {
		.name = tool,
		.letters = LETTERS,
		.help = is_restart(tool) ? "mana_restart --help" :
					   "mana_launch --help",
		.usage = { is_restart(tool) ? restart_help : launch_help,
			   common_help },
		.refuse = refuse,
	};
	int c;

	memset(o, 0, sizeof(*o));
	o->interval = o->keep = o->level = -1;
	opterr = 0;
	while ((c = getopt_long(argc, argv, LETTERS, longs, NULL)) != -1)
		if (!take_number(o, &p, c))
			take(o, &p, c, argv);
	o->first = optind;
	if (!is_restart(tool) && optind >= argc)
		option_refuse(&p, "PROGRAM: missing");
	if (is_restart(tool) && optind < argc)
		option_refuse(&p, "%s: not wanted here", argv[optind]);
}
