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
#include "../client/client.h"
#include "../common/exit_code.h"
#include "../common/option.h"
#include "../common/text.h"
#include "../common/trust.h"

/* clang-format off */
static const char usage[] =
"usage: mana_command [options] REQUEST\n"
"       mana_status [options]\n"
"\n"
"  -c, --checkpoint       take a checkpoint now\n"
"  -w, --wait             and wait until it is committed (exit code 0)\n"
"  -s, --status           who is running, last generation, sizes, times\n"
"  -j, --json             the same as JSON\n"
"  -i, --interval N       checkpoint every N seconds, 0: on request only\n"
"  -k, --kill             end the job\n"
"  -q, --quit             end the coordinator, the job runs on\n"
"  -d, --ckptdir DIR      whose coordinator (default: ckpt)\n"
"      --port-file FILE   where it says where it is (DIR/coordinator.json)\n"
"      --trust-owner USER that file may belong to USER, too\n"
"  -t, --timeout S        wait for the answer no longer\n"
"  -h, --help  -V, --version\n"
"exit code: 0 done, 1 failed, 99 no coordinator\n";
/* clang-format on */

enum { OPT_PORT_FILE = 256, OPT_TRUST };

#define LETTERS ":cwsji:kqd:t:hV"

static const struct option longs[] = {
	{ "checkpoint", 0, NULL, 'c' },
	{ "wait", 0, NULL, 'w' },
	{ "status", 0, NULL, 's' },
	{ "json", 0, NULL, 'j' },
	{ "interval", 1, NULL, 'i' },
	{ "kill", 0, NULL, 'k' },
	{ "quit", 0, NULL, 'q' },
	{ "ckptdir", 1, NULL, 'd' },
	{ "port-file", 1, NULL, OPT_PORT_FILE },
	{ "trust-owner", 1, NULL, OPT_TRUST },
	{ "timeout", 1, NULL, 't' },
	{ "help", 0, NULL, 'h' },
	{ "version", 0, NULL, 'V' },
	{ 0 },
};

static struct option_program program = { .name = "mana_command",
					 .letters = LETTERS,
					 .help = "--help" };

struct command {
	struct client_options where;
	struct wire_request request;
	int timeout_ms;
};

static void __attribute__((noreturn)) die(const char *why)
{
	option_die(program.name, why);
}

static void set_verb(struct command *c, enum wire_verb verb)
{
	if (c->request.verb && c->request.verb != verb)
		option_refuse(&program, "one request at a time");
	c->request.verb = verb;
}

/* Takes an option that asks for something; 0: it is not one of these. */
static int take_request(struct command *c, int opt)
{
	switch (opt) {
	case 'c':
		set_verb(c, VERB_CHECKPOINT);
		return 1;
	case 's':
		set_verb(c, VERB_STATUS);
		return 1;
	case 'j':
		set_verb(c, VERB_STATUS);
		c->request.arg = 1;
		return 1;
	case 'i':
		set_verb(c, VERB_INTERVAL);
		c->request.arg = (uint64_t)option_long(&program, "-i", optarg,
						       0, OPTION_SECONDS_MAX);
		return 1;
	case 'k':
		set_verb(c, VERB_KILL);
		return 1;
	case 'q':
		set_verb(c, VERB_QUIT);
		return 1;
	default:
		return 0;
	}
}

static void take(struct command *c, int opt, char **argv)
{
	switch (opt) {
	case 'w':
		c->request.wait = 1;
		break;
	case 'd':
		c->where.ckptdir = optarg;
		break;
	case OPT_PORT_FILE:
		c->where.port_file = optarg;
		break;
	case OPT_TRUST:
		if (trust_add(optarg))
			option_refuse(&program, "--trust-owner: no such user");
		break;
	case 't':
		c->timeout_ms =
			(int)option_long(&program, "-t", optarg, 0, 2000000) *
			1000;
		break;
	case 'h':
		option_help(usage, "");
	case 'V':
		option_version(program.name);
	default:
		option_bad(&program, opt, argv);
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
	if (!c->request.verb && !strcmp(program.name, "mana_status"))
		c->request.verb = VERB_STATUS;
	if (!c->request.verb)
		die("what to do? see --help");
	if (c->timeout_ms > 0)
		c->where.patience_ms = c->timeout_ms;
	if (c->timeout_ms < 0 && c->request.verb != VERB_CHECKPOINT)
		c->timeout_ms = CLIENT_ALIVE_MS;
}

/* Prints the answer with an end of line, and with nothing that a terminal would
 * obey. */
static void print(const struct wire_reply *r)
{
	char *text = strdup(r->text);
	size_t len = strlen(r->text);

	if (!text)
		die("out of memory");
	text_clean_lines(text);
	if (r->code)
		fprintf(stderr, "%s: ", program.name);
	if (len)
		fprintf(r->code ? stderr : stdout, "%s%s", text,
			text[len - 1] == '\n' ? "" : "\n");
	free(text);
}

/* Sends the request and prints the answer. Returns the exit code. */
static int ask(struct wire_conn *conn, const struct command *c)
{
	char why[WIRE_TEXT];
	struct wire_msg m;
	int rc;

	rc = wire_send(conn, WIRE_REQUEST, &c->request, CLIENT_ALIVE_MS);
	if (!rc)
		rc = wire_recv(conn, &m, c->timeout_ms);
	if (!rc && m.type != WIRE_REPLY)
		rc = -EPROTO;
	if (rc) {
		snprintf(why, sizeof(why), "no answer: %s: ask again%s",
			 rc == -ECONNRESET ? "the coordinator has ended" :
					     strerror(-rc),
			 rc == -ETIMEDOUT ? ", or wait longer with -t" : "");
		die(why);
	}
	print(&m.u.reply);
	return m.u.reply.code ? EXIT_NOT_DONE : EXIT_DONE;
}

int main(int argc, char **argv)
{
	struct command c = { .timeout_ms = -1 };
	char err[WIRE_TEXT] = "";
	struct wire_hello h;
	struct wire_conn conn;
	const char *base = strrchr(argv[0], '/');
	int rc;

	if (!strcmp(base ? base + 1 : argv[0], "mana_status"))
		program.name = "mana_status";
	parse(&c, argc, argv);
	client_hello_init(&h, WIRE_COMMAND);
	rc = client_join(&c.where, &h, &conn, NULL, NULL, err, sizeof(err));
	if (rc == -ENOENT) {
		char why[WIRE_TEXT + 64];

		snprintf(why, sizeof(why),
			 "no coordinator: %.1000s: is a job "
			 "running, or --ckptdir another?",
			 err);
		die(why);
	}
	if (rc)
		die(err);
	rc = ask(&conn, &c);
	wire_close(&conn);
	return rc;
}
