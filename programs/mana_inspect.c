/* SPDX-License-Identifier: MIT */
/* mana_inspect.c - what is in an image or a generation, without running it
 *
 * Exit code: EXIT_DONE; EXIT_NOT_DONE: it cannot be read, or what was asked for
 * cannot be made of it; EXIT_REFUSED: the command line makes no sense.
 */
#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "../common/exit_code.h"
#include "../common/option.h"
#include "../common/text.h"
#include "../inspect/core.h"
#include "../inspect/output.h"
#include "../inspect/print.h"
#include "../inspect/report.h"
#include "../inspect/target.h"
#include "../inspect/timeline.h"
#include "../inspect/trace.h"

/* clang-format off */
static const char usage[] =
"usage: mana_inspect [options] IMAGE|GENERATION|CKPTDIR\n"
"       mana_inspect --timeline|--trace GENERATION|CKPTDIR OUT\n"
"       mana_inspect --core RANK GENERATION|CKPTDIR OUT\n"
"\n"
"Says what is in an image, or in a generation (of a checkpoint directory: the\n"
"newest complete one). Nothing is run, and no MPI is needed.\n"
"\n"
"  -r, --rank N           of a generation: the image of rank N\n"
"  -j, --json             as JSON\n"
"      --timeline         draw what each rank took for each phase: OUT is SVG\n"
"      --trace            the same as a trace for Perfetto or Chrome: JSON\n"
"      --core RANK        make an ELF core of the rank's image, for gdb\n"
"      --trust-owner USER files may belong to USER, too\n"
"  -h, --help  -V, --version\n"
"exit code: 0 done, 1 cannot be read or made, 99 not understood\n";
/* clang-format on */

enum { OPT_TIMELINE = 256, OPT_TRACE, OPT_CORE };

#define LETTERS	 ":r:jhV"
#define RANK_MAX (MANIFEST_RANKS_MAX - 1)

static const struct option longs[] = {
	{ "rank", 1, NULL, 'r' },
	{ "json", 0, NULL, 'j' },
	{ "timeline", 0, NULL, OPT_TIMELINE },
	{ "trace", 0, NULL, OPT_TRACE },
	{ "core", 1, NULL, OPT_CORE },
	OPTION_COMMON,
};

static const struct option_program program = { .name = "mana_inspect",
					       .letters = LETTERS,
					       .help = "--help",
					       .usage = { usage } };

struct inspect {
	int make; /* what: one of the options above; 0: a report */
	int rank; /* or TARGET_ALL */
	int json;
	const char *path, *out;
};

static char err[WIRE_PATH + WIRE_TEXT];

static void set_make(struct inspect *i, int make)
{
	if (i->make && i->make != make)
		option_refuse(&program, "one of --timeline, --trace, --core");
	i->make = make;
}

static void take(struct inspect *i, int opt, char **argv)
{
	switch (opt) {
	case 'r':
		i->rank = (int)option_long(&program, "--rank", optarg, 0,
					   RANK_MAX);
		break;
	case 'j':
		i->json = 1;
		break;
	case OPT_CORE:
		i->rank = (int)option_long(&program, "--core", optarg, 0,
					   RANK_MAX);
		set_make(i, opt);
		break;
	case OPT_TIMELINE:
	case OPT_TRACE:
		set_make(i, opt);
		break;
	default:
		option_common(&program, opt, argv);
	}
}

static void parse(struct inspect *i, int argc, char **argv)
{
	int opt, want;

	opterr = 0;
	while ((opt = getopt_long(argc, argv, LETTERS, longs, NULL)) != -1)
		take(i, opt, argv);
	want = i->make ? 2 : 1;
	if (argc - optind < want)
		option_refuse(&program, optind == argc ?
						"of what? name an image or a "
						"directory" :
						"name the file to write");
	if (argc - optind > want)
		option_refuse(&program, "unexpected argument");
	i->path = argv[optind];
	i->out = argv[optind + 1]; /* NULL for a report */
	if (i->make && i->json)
		option_refuse(&program, "--json is of a report alone");
}

static int print(const struct inspect *i, json_t *report)
{
	int rc = 0;

	if (!report)
		return -EINVAL;
	if (i->json)
		rc = json_dumpf(report, stdout, JSON_INDENT(1)) ||
		     putchar('\n') == EOF;
	else
		print_report(report);
	json_decref(report);
	if (!rc && !fflush(stdout) && !ferror(stdout))
		return 0;
	snprintf(err, sizeof(err), "cannot write: %s", strerror(errno));
	return -EIO;
}

static int report(const struct inspect *i, struct target *t)
{
	struct process p;
	int rc;

	if (!t->img)
		return print(i, report_generation(&t->p, err, sizeof(err)));
	rc = process_open(&p, t->img, t->path, err, sizeof(err));
	if (rc)
		return rc;
	rc = print(i, report_image(&p, err, sizeof(err)));
	process_close(&p);
	return rc;
}

/* The file's descriptor is closed by output_end. */
static int draw(const struct inspect *i, const struct target *t, int fd)
{
	FILE *f = fdopen(dup(fd), "w");
	int rc;

	if (!f)
		return -errno;
	rc = i->make == OPT_TRACE ? trace_write(f, &t->p.m) :
				    timeline_write(f, &t->p.m);
	if (fclose(f) && !rc)
		rc = -errno;
	return rc;
}

static int draw_phases(const struct inspect *i, const struct target *t)
{
	struct output o;
	int rc;

	if (t->img || !t->p.m.phases) {
		snprintf(err, sizeof(err),
			 t->img ? "%s: an image: name its generation" :
				  "%s: it does not say what the phases took: "
				  "it is of an older version of mana",
			 t->img ? t->path : t->p.path);
		return -EINVAL;
	}
	rc = output_begin(&o, i->out, err, sizeof(err));
	if (rc)
		return rc;
	rc = draw(i, t, o.fd);
	if (rc)
		snprintf(err, sizeof(err), "%s: cannot write it: %s", i->out,
			 strerror(-rc));
	return output_end(&o, rc, err, sizeof(err));
}

static int make_core(const struct inspect *i, struct target *t)
{
	struct output o = { .fd = -1 };
	struct process p;
	int rc = process_open(&p, t->img, t->path, err, sizeof(err));

	if (rc)
		return rc;
	if (p.info->rank != i->rank) {
		snprintf(err, sizeof(err), "%s: it is of rank %d", t->path,
			 p.info->rank);
		rc = -EINVAL;
	}
	if (!rc)
		rc = output_begin(&o, i->out, err, sizeof(err));
	if (!rc) {
		rc = core_write(o.fd, i->out, &p, err, sizeof(err));
		rc = output_end(&o, rc, err, sizeof(err));
	}
	process_close(&p);
	return rc;
}

int main(int argc, char **argv)
{
	struct inspect i = { .rank = TARGET_ALL };
	struct target t;
	int rc;

	parse(&i, argc, argv);
	rc = target_open(&t, i.path, i.rank, err, sizeof(err));
	if (!rc) {
		if (t.p.note)
			fprintf(stderr, "%s: %s\n", program.name,
				text_clean(t.p.note));
		if (i.make == OPT_CORE)
			rc = make_core(&i, &t);
		else
			rc = i.make ? draw_phases(&i, &t) : report(&i, &t);
		target_close(&t);
	}
	if (rc)
		fprintf(stderr, "%s: %s\n", program.name, text_clean(err));
	return rc ? EXIT_NOT_DONE : EXIT_DONE;
}
