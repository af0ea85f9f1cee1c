/* SPDX-License-Identifier: MIT */
/* options.c - command line of mana_run */
#include <string.h>
#include "../common/option.h"
#include "batch.h"
#include "options.h"

/* clang-format off */
static const char usage[] =
"usage: mana_run [options] LAUNCHER [its options] PROGRAM [arguments]\n"
"       mana_run [options] PROGRAM [arguments]\n"
"Runs the line the first time, and goes on from its newest checkpoint every\n"
"later time. LAUNCHER: mpirun, mpiexec or srun.\n"
"\n"
"  -i, --interval SECONDS|auto  checkpoint so often (auto in a batch job,\n"
"                          else on request)\n"
"      --mtbf TIME         how far failures are apart, for auto (24:00:00)\n"
"      --time-left TIME    how long the job may run, where no batch system\n"
"                          tells: S, MM:SS, HH:MM:SS, D-HH\n"
"      --retries N         restarts after a crash without progress (3)\n"
"      --new               start anew, whatever there is\n"
"      --dry-run           print the line that would be run\n"
"      --program N         the line's N-th word is the program\n"
"      --foreground        leave the terminal, and its Ctrl-C, to the line\n"
"  -d, --ckptdir DIR       where checkpoints are (ckpt; in a batch job\n"
"                          ckpt/JOB)\n"
"  -k, --keep N            generations to keep (2)\n"
"  -z, --level N           zstd level of images, 0: none (1)\n"
"      --trust-owner USER  the checkpoint directory may belong to USER, too\n"
"  -h, --help  -V, --version\n"
"SIGUSR1, SIGTERM, SIGINT: a checkpoint, then the end with exit code 85.\n";
/* clang-format on */

enum {
	OPT_MTBF = 256,
	OPT_LEFT,
	OPT_RETRIES,
	OPT_NEW,
	OPT_DRY,
	OPT_PROGRAM,
	OPT_FOREGROUND,
};

#define LETTERS "+:i:d:k:z:hV"

static const struct option longs[] = {
	{ "interval", 1, NULL, 'i' },
	{ "mtbf", 1, NULL, OPT_MTBF },
	{ "time-left", 1, NULL, OPT_LEFT },
	{ "retries", 1, NULL, OPT_RETRIES },
	{ "new", 0, NULL, OPT_NEW },
	{ "dry-run", 0, NULL, OPT_DRY },
	{ "program", 1, NULL, OPT_PROGRAM },
	{ "foreground", 0, NULL, OPT_FOREGROUND },
	{ "ckptdir", 1, NULL, 'd' },
	{ "keep", 1, NULL, 'k' },
	{ "level", 1, NULL, 'z' },
	OPTION_COMMON,
};

static const struct option_program program = { .name = "mana_run",
					       .letters = LETTERS,
					       .help = "mana_run --help",
					       .usage = { usage } };

static double duration(const char *name, const char *text)
{
	double t = batch_duration(text);

	if (t <= 0)
		option_refuse(&program, "%s: '%.60s': not a time", name, text);
	return t;
}

static const char *number(const char *name, long min, long max)
{
	option_long(&program, name, optarg, min, max);
	return optarg;
}

static int interval(const char *text)
{
	if (!strcmp(text, "auto"))
		return RUN_AUTO;
	return (int)option_long(&program, "-i", text, 0, OPTION_SECONDS_MAX);
}

/* Takes an option with a value; 0: it is not one of these. */
static int take_value(struct run_options *o, int c)
{
	switch (c) {
	case 'i':
		o->interval = interval(optarg);
		return 1;
	case OPT_MTBF:
		o->mtbf = duration("--mtbf", optarg);
		return 1;
	case OPT_LEFT:
		o->left = duration("--time-left", optarg);
		return 1;
	case OPT_RETRIES:
		o->retries = (int)option_long(&program, "--retries", optarg, 0,
					      1000000);
		return 1;
	case 'd':
		o->ckptdir = optarg;
		return 1;
	case 'k':
		o->keep = number("--keep", 1, OPTION_KEEP_MAX);
		return 1;
	case 'z':
		o->level = number("--level", 0, OPTION_LEVEL_MAX);
		return 1;
	default:
		return 0;
	}
}

static void take(struct run_options *o, int c, char **argv)
{
	switch (c) {
	case OPT_NEW:
		o->anew = 1;
		break;
	case OPT_DRY:
		o->dry = 1;
		break;
	case OPT_FOREGROUND:
		o->foreground = 1;
		break;
	case OPT_PROGRAM:
		o->program = (int)option_long(&program, "--program", optarg, 1,
					      1000000);
		break;
	case OPTION_TRUST:
		o->trust = optarg;
		option_common(&program, c, argv);
		break;
	default:
		option_common(&program, c, argv);
	}
}

void run_options_parse(struct run_options *o, int argc, char **argv)
{
	int c;

	*o = (struct run_options){ .interval = RUN_NOT_GIVEN,
				   .mtbf = 86400,
				   .left = BATCH_NEVER,
				   .retries = 3 };
	opterr = 0;
	while ((c = getopt_long(argc, argv, LETTERS, longs, NULL)) != -1)
		if (!take_value(o, c))
			take(o, c, argv);
	o->first = optind;
	if (optind >= argc)
		option_refuse(&program, "PROGRAM: missing");
}
