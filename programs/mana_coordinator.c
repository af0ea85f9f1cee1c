/* SPDX-License-Identifier: MIT */
/* mana_coordinator.c - the program that leads a job's checkpoints */
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>
#include "../common/exit_code.h"
#include "../common/option.h"
#include "../coordinator/log.h"
#include "../coordinator/home.h"
#include "../coordinator/server.h"

/* clang-format off */
static const char usage[] =
"usage: mana_coordinator [options]\n"
"Leads the checkpoints of one MPI job at a time. Ranks and commands find it\n"
"by the file coordinator.json in the checkpoint directory.\n"
"\n"
"  -i, --interval SECONDS  checkpoint so often (default: on request only)\n"
"  -d, --ckptdir DIR       where generations are kept (default: ckpt)\n"
"  -k, --keep N            complete generations to keep (default: 2)\n"
"  -z, --level N           zstd level of images, 0: none (default: 1)\n"
"  -p, --port PORT         to listen on (default: any free one)\n"
"      --listen ADDR       default: 127.0.0.1, or 0.0.0.0 in a job of\n"
"                          several hosts\n"
"      --port-file FILE    instead of DIR/coordinator.json\n"
"      --status-file FILE  write host, port and pid there, for scripts\n"
"      --daemon            go to the background once it serves; log to\n"
"                          DIR/coordinator.log\n"
"      --log FILE          log to this file, at its end\n"
"      --exit-on-last      end with the job\n"
"      --timeout S         end if no rank has come S seconds from now\n"
"      --stale-timeout S   end S seconds after a job if no other comes\n"
"      --kill-after-ckpt   end the job with its first checkpoint\n"
"      --interactive       take commands from stdin (default on a terminal)\n"
"      --clock-timeout S   for ranks to reach their collectives (3600)\n"
"      --stage-timeout S   for any other stage without progress (600)\n"
"      --metrics-port PORT serve /metrics for Prometheus (default: do not)\n"
"      --metrics-listen ADDR  on this address (127.0.0.1)\n"
"      --trust-owner USER  a checkpoint directory may belong to USER, too\n"
"  -q, --quiet             say nothing but errors\n"
"  -h, --help  -V, --version\n"
"On a terminal: c s l i k q h + RETURN (h explains).\n";
/* clang-format on */

enum {
	OPT_LISTEN = 256,
	OPT_PORT_FILE,
	OPT_DAEMON,
	OPT_EXIT,
	OPT_INTERACTIVE,
	OPT_CLOCK,
	OPT_STAGE,
	OPT_STATUS_FILE,
	OPT_LOG,
	OPT_FIRST,
	OPT_STALE,
	OPT_KILL,
	OPT_METRICS_PORT,
	OPT_METRICS_LISTEN
};

#define LETTERS ":i:d:k:z:p:qhV"

static const struct option longs[] = {
	{ "interval", 1, NULL, 'i' },
	{ "ckptdir", 1, NULL, 'd' },
	{ "keep", 1, NULL, 'k' },
	{ "level", 1, NULL, 'z' },
	{ "port", 1, NULL, 'p' },
	{ "listen", 1, NULL, OPT_LISTEN },
	{ "port-file", 1, NULL, OPT_PORT_FILE },
	{ "daemon", 0, NULL, OPT_DAEMON },
	{ "exit-on-last", 0, NULL, OPT_EXIT },
	{ "interactive", 0, NULL, OPT_INTERACTIVE },
	{ "clock-timeout", 1, NULL, OPT_CLOCK },
	{ "stage-timeout", 1, NULL, OPT_STAGE },
	{ "metrics-port", 1, NULL, OPT_METRICS_PORT },
	{ "metrics-listen", 1, NULL, OPT_METRICS_LISTEN },
	{ "status-file", 1, NULL, OPT_STATUS_FILE },
	{ "log", 1, NULL, OPT_LOG },
	{ "timeout", 1, NULL, OPT_FIRST },
	{ "stale-timeout", 1, NULL, OPT_STALE },
	{ "kill-after-ckpt", 0, NULL, OPT_KILL },
	{ "quiet", 0, NULL, 'q' },
	OPTION_COMMON,
};

static const struct option_program program = { .name = "mana_coordinator",
					       .letters = LETTERS,
					       .help = "--help",
					       .usage = { usage } };

static void __attribute__((noreturn)) die(const char *why)
{
	option_die(program.name, why);
}

static int number(const char *name, long min, long max)
{
	return (int)option_long(&program, name, optarg, min, max);
}

static void take_flag(struct server_options *o, int c, char **argv)
{
	switch (c) {
	case OPT_DAEMON:
		o->daemon = 1;
		break;
	case OPT_EXIT:
		o->exit_on_last = 1;
		break;
	case OPT_INTERACTIVE:
		o->interactive = 1;
		break;
	case OPT_KILL:
		o->kill_after_ckpt = 1;
		break;
	case 'q':
		o->quiet = 1;
		break;
	default:
		option_common(&program, c, argv);
	}
}

static unsigned int seconds(const char *name, long min)
{
	return (unsigned int)number(name, min, OPTION_SECONDS_MAX);
}

/* Takes an option with a number; 0: it is not one of these. */
static int take_number(struct server_options *o, int c)
{
	switch (c) {
	case 'i':
		o->interval = seconds("-i", 0);
		return 1;
	case 'k':
		o->keep = (unsigned int)number("--keep", 1, OPTION_KEEP_MAX);
		return 1;
	case 'z':
		o->level = number("--level", 0, OPTION_LEVEL_MAX);
		return 1;
	case 'p':
		o->port = number("--port", 0, 65535);
		return 1;
	case OPT_METRICS_PORT:
		o->metrics = METRICS_MUST;
		o->metrics_port = number("--metrics-port", 0, 65535);
		return 1;
	case OPT_CLOCK:
		o->target_s = seconds("--clock-timeout", 1);
		return 1;
	case OPT_STAGE:
		o->stage_s = seconds("--stage-timeout", 1);
		return 1;
	case OPT_FIRST:
		o->first_s = seconds("--timeout", 1);
		return 1;
	case OPT_STALE:
		o->stale_s = seconds("--stale-timeout", 1);
		return 1;
	default:
		return 0;
	}
}

/* Takes an option with a text; 0: it is not one of these. */
static int take_text(struct server_options *o, int c)
{
	switch (c) {
	case 'd':
		o->ckptdir = optarg;
		return 1;
	case OPT_LISTEN:
		o->listen = optarg;
		return 1;
	case OPT_PORT_FILE:
		o->port_file = optarg;
		return 1;
	case OPT_STATUS_FILE:
		o->status_file = optarg;
		return 1;
	case OPT_LOG:
		o->log = optarg;
		return 1;
	case OPT_METRICS_LISTEN:
		o->metrics_listen = optarg;
		return 1;
	default:
		return 0;
	}
}

static void parse(struct server_options *o, int argc, char **argv)
{
	int c;

	opterr = 0;
	while ((c = getopt_long(argc, argv, LETTERS, longs, NULL)) != -1)
		if (!take_number(o, c) && !take_text(o, c))
			take_flag(o, c, argv);
	if (optind < argc)
		option_refuse(&program, "unexpected argument");
}

/* A job has its coordinator started by itself, so its environment may say it,
 * too; what is wrong there does not keep the job from running. */
static void take_environment(struct server_options *o)
{
	const char *port = getenv("MANA_METRICS_PORT");
	char why[OPTION_TEXT];
	long n;

	o->metrics_listen = getenv("MANA_METRICS_LISTEN");
	if (!port || !*port)
		return;
	if (option_number("MANA_METRICS_PORT", port, 0, 65535, &n, why,
			  sizeof(why)))
		n = -1;
	o->metrics = METRICS_MAY;
	o->metrics_port = (int)n;
}

/*
 * The parent stays until the child serves (it then closes its end of the
 * pipe after one byte) or fails (it ends): its exit code says which.
 */
static int to_background(void)
{
	int p[2], status = 0;
	char ready;
	pid_t pid;

	if (pipe(p) || (pid = fork()) < 0)
		die(strerror(errno));
	if (pid == 0) {
		close(p[0]);
		setpgid(0, 0); /* not setsid: see become() in start.c */
		return p[1];
	}
	close(p[1]);
	if (read(p[0], &ready, 1) == 1)
		_exit(0);
	waitpid(pid, &status, 0);
	_exit(WIFEXITED(status) && WEXITSTATUS(status) ? WEXITSTATUS(status) :
							 EXIT_REFUSED);
}

/* A daemon keeps nobody's terminal, pipe or directory in use. */
static void detach(const struct server *s, int ready)
{
	int null = open("/dev/null", O_RDWR | O_CLOEXEC);

	dup2(null, 0);
	dup2(null, 1);
	dup2(null, 2);
	if (!s->o.log)
		home_log(s);
	if (chdir("/"))
		log_error("/: %s", strerror(errno));
	if (write(ready, "", 1) != 1)
		log_error("nobody waits for this daemon");
	close(ready);
}

/* Each rank needs a descriptor. */
static void raise_limit(void)
{
	struct rlimit l;

	if (getrlimit(RLIMIT_NOFILE, &l))
		return;
	l.rlim_cur = l.rlim_max;
	setrlimit(RLIMIT_NOFILE, &l);
}

/* What a person types at is their own; what nobody reads goes where a service
 * manager, or a script, looks for it. */
static void open_log(const struct server_options *o)
{
	char why[WIRE_TEXT];
	int rc = 0;

	log_init(o->quiet);
	if (o->log)
		rc = log_open(o->log);
	else if (!o->daemon && !o->interactive)
		log_to(stderr);
	if (!rc)
		return;
	snprintf(why, sizeof(why),
		 "cannot write %.900s: %s: name another with --log", o->log,
		 strerror(-rc));
	die(why);
}

int main(int argc, char **argv)
{
	struct server_options o = {
		.keep = 2, .level = 1, .target_s = 3600, .stage_s = 600
	};
	static struct server s;
	const char *dir = getenv("MANA_CKPTDIR");
	char err[WIRE_TEXT] = "";
	int ready = -1, rc;

	o.ckptdir = dir && *dir ? dir : "ckpt";
	take_environment(&o);
	parse(&o, argc, argv);
	signal(SIGXFSZ, SIG_IGN); /* too large a file is an error to be told */
	if (!o.daemon && isatty(0))
		o.interactive = 1;
	if (o.daemon) {
		o.interactive = 0;
		ready = to_background();
	}
	raise_limit();
	open_log(&o);
	if (server_open(&s, &o, err, sizeof(err)))
		die(err);
	if (o.daemon)
		detach(&s, ready);
	log_info("serving %s on %s:%d", s.dir.path, s.where.host, s.where.port);
	http_say(&s);
	rc = server_run(&s);
	server_close(&s);
	if (rc)
		die(strerror(-rc));
	return 0;
}
