/* SPDX-License-Identifier: MIT */
/* mana_command.c - ask a coordinator for something; mana_status is a link
 *
 * Exit code: EXIT_DONE; EXIT_NOT_DONE: what was asked failed; EXIT_REFUSED: the
 * coordinator could not be asked.
 */
#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "../command/ask.h"
#include "../command/generations.h"
#include "../command/pruning.h"
#include "../common/exit_code.h"
#include "../common/last_part.h"
#include "../common/option.h"
#include "../watch/watch.h"

/* clang-format off */
static const char usage[] =
"usage: mana_command [options] REQUEST\n"
"       mana_status [options]\n"
"\n"
"  -c, --checkpoint        take a checkpoint now\n"
"  -s, --status            who is running, last generation, sizes, times\n"
"  -l, --list              all generations, with or without a coordinator\n"
"      --prune N           keep the N newest complete generations only\n"
"  -i, --interval N        checkpoint every N seconds, 0: on request only\n"
"  -k, --kill              end the job; with --checkpoint: once that is\n"
"                          committed, else it runs on (exit code 1)\n"
"  -q, --quit              end the coordinator, the job runs on\n"
"\n"
"  -w, --wait              until it is done: the checkpoint committed (exit\n"
"                          code 0), the job or the coordinator gone\n"
"  -j, --json              answer in JSON; alone: --status\n"
"      --watch[=S]         status on the whole screen, every S seconds (1)\n"
"  -d, --ckptdir DIR       whose coordinator (default: ckpt)\n"
"      --port-file FILE    where it says where it is (DIR/coordinator.json)\n"
"      --trust-owner USER  that file may belong to USER, too\n"
"  -t, --timeout S         wait for the answer no longer\n"
"  -h, --help  -V, --version\n"
"exit code: 0 done, 1 failed, 99 no coordinator\n";
/* clang-format on */

enum { OPT_PORT_FILE = 256, OPT_PRUNE, OPT_BOTH, OPT_WATCH };

#define LETTERS ":cwsjli:kqd:t:hV"

static const struct option longs[] = {
	{ "checkpoint", 0, NULL, 'c' },
	{ "checkpoint-and-kill", 0, NULL, OPT_BOTH },
	{ "wait", 0, NULL, 'w' },
	{ "status", 0, NULL, 's' },
	{ "json", 0, NULL, 'j' },
	{ "watch", 2, NULL, OPT_WATCH },
	{ "list", 0, NULL, 'l' },
	{ "prune", 1, NULL, OPT_PRUNE },
	{ "interval", 1, NULL, 'i' },
	{ "kill", 0, NULL, 'k' },
	{ "quit", 0, NULL, 'q' },
	{ "ckptdir", 1, NULL, 'd' },
	{ "port-file", 1, NULL, OPT_PORT_FILE },
	{ "timeout", 1, NULL, 't' },
	OPTION_COMMON,
};

static struct option_program program = { .name = "mana_command",
					 .letters = LETTERS,
					 .help = "--help",
					 .usage = { usage } };

/* The requests, of which there is one at a time. */
enum verb {
	NONE,
	CHECKPOINT,
	BOTH, /* checkpoint and kill */
	STATUS,
	LIST,
	PRUNE,
	INTERVAL,
	KILL,
	QUIT
};

static const struct {
	const char *name; /* in JSON */
	enum wire_verb wire;
} verbs[] = {
	[NONE] = { "none", 0 },
	[CHECKPOINT] = { "checkpoint", VERB_CHECKPOINT },
	[BOTH] = { "checkpoint-and-kill", VERB_CHECKPOINT },
	[STATUS] = { "status", VERB_STATUS },
	[LIST] = { "list", 0 },
	[PRUNE] = { "prune", VERB_PRUNE },
	[INTERVAL] = { "interval", VERB_INTERVAL },
	[KILL] = { "kill", VERB_KILL },
	[QUIT] = { "quit", VERB_QUIT },
};

struct command {
	enum verb verb;
	int json;
	unsigned int keep;
	int watch; /* s between two looks; 0: once */
	struct ask ask;
};

/* A checkpoint and the end of the job go together, in either order. */
static void set_verb(struct command *c, enum verb verb)
{
	if ((c->verb == CHECKPOINT && verb == KILL) ||
	    (c->verb == KILL && verb == CHECKPOINT))
		c->verb = verb = BOTH;
	if (c->verb == BOTH && (verb == CHECKPOINT || verb == KILL))
		return;
	if (c->verb && c->verb != verb)
		option_refuse(&program, "one request at a time");
	c->verb = verb;
}

/* Takes an option that asks for something; 0: it is not one of these. */
static int take_request(struct command *c, int opt)
{
	switch (opt) {
	case 'c':
		set_verb(c, CHECKPOINT);
		return 1;
	case OPT_BOTH:
		set_verb(c, BOTH);
		return 1;
	case 's':
		set_verb(c, STATUS);
		return 1;
	case OPT_WATCH:
		set_verb(c, STATUS);
		c->watch = optarg ? (int)option_long(&program, "--watch",
						     optarg, 1, 3600) :
				    1;
		return 1;
	case 'l':
		set_verb(c, LIST);
		return 1;
	case OPT_PRUNE:
		set_verb(c, PRUNE);
		c->keep = (unsigned int)option_long(&program, "--prune", optarg,
						    1, OPTION_KEEP_MAX);
		return 1;
	case 'i':
		set_verb(c, INTERVAL);
		c->ask.request.arg = (uint64_t)option_long(
			&program, "-i", optarg, 0, OPTION_SECONDS_MAX);
		return 1;
	case 'k':
		set_verb(c, KILL);
		return 1;
	case 'q':
		set_verb(c, QUIT);
		return 1;
	default:
		return 0;
	}
}

static void take(struct command *c, int opt, char **argv)
{
	switch (opt) {
	case 'w':
		c->ask.request.wait = 1;
		break;
	case 'j':
		c->json = 1;
		break;
	case 'd':
		c->ask.where.ckptdir = optarg;
		break;
	case OPT_PORT_FILE:
		c->ask.where.port_file = optarg;
		break;
	case 't':
		c->ask.timeout_ms =
			(int)option_long(&program, "-t", optarg, 0, 2000000) *
			1000;
		break;
	default:
		option_common(&program, opt, argv);
	}
}

static void parse(struct command *c, int argc, char **argv)
{
	int opt;

	opterr = 0;
	while ((opt = getopt_long(argc, argv, LETTERS, longs, NULL)) != -1)
		if (!take_request(c, opt))
			take(c, opt, argv);
	if (optind < argc)
		option_refuse(&program, "unexpected argument");
	if (!c->verb && (c->json || !strcmp(program.name, "mana_status")))
		c->verb = STATUS;
	if (!c->verb)
		option_die(program.name, "what to do? see --help");
	if (c->watch && c->json)
		option_refuse(&program, "--watch and --json: one of them");
}

/* Puts the request together when all options are known. */
static void complete(struct command *c)
{
	struct ask *q = &c->ask;
	struct wire_request *r = &q->request;

	r->verb = verbs[c->verb].wire;
	if (c->json && r->verb == VERB_STATUS)
		r->arg = 1;
	if (c->json && r->verb == VERB_CHECKPOINT)
		r->flags |= REQUEST_JSON;
	if (c->verb == BOTH) {
		r->flags |=
			r->wait ? REQUEST_KILL | REQUEST_GONE : REQUEST_KILL;
		r->wait = 1;
	}
	if (q->timeout_ms > 0)
		q->where.patience_ms = q->timeout_ms;
	if (q->timeout_ms < 0 && r->verb != VERB_CHECKPOINT)
		q->timeout_ms = CLIENT_ALIVE_MS;
}

/* The status on the whole screen; without one, once, as ever. */
static int look_on(const struct answer *a, const struct command *c)
{
	char err[2 * WIRE_TEXT];
	struct wire_conn conn;
	int rc = ask_join(&c->ask.where, &conn, NULL, err, sizeof(err));

	if (rc)
		return answer_failed(a, EXIT_REFUSED, err, NULL);
	rc = watch(&conn, c->watch);
	wire_close(&conn);
	if (rc == -ENOTTY) {
		fprintf(stderr,
			"%s: --watch: no terminal to draw on: this is the "
			"status now\n",
			program.name);
		return ask(a, &c->ask);
	}
	if (rc == -ECONNRESET || rc == -EPIPE)
		printf("%s: the coordinator has ended\n", program.name);
	else if (rc)
		option_die(program.name, strerror(-rc));
	return EXIT_DONE;
}

int main(int argc, char **argv)
{
	struct command c = { .ask.timeout_ms = -1 };
	struct answer a = { 0 };

	if (!strcmp(last_part(argv[0]), "mana_status"))
		program.name = "mana_status";
	parse(&c, argc, argv);
	complete(&c);
	a.program = program.name;
	a.verb = verbs[c.verb].name;
	a.json = c.json;
	if (c.verb == LIST)
		return generations_list(&a, &c.ask.where);
	if (c.verb == PRUNE)
		return pruning_run(&a, &c.ask.where, c.keep, c.ask.timeout_ms);
	return c.watch ? look_on(&a, &c) : ask(&a, &c.ask);
}
