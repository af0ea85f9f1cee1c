/* SPDX-License-Identifier: MIT */
/* mana_gatherer.c - a node's ranks behind one connection to their coordinator
 *
 * Ranks of large jobs start it (client/gather.h). It says why it does not serve
 * on stderr, which it closes once it does.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>
#include "../client/gather.h"
#include "../common/option.h"
#include "../gatherer/relay.h"

/* clang-format off */
static const char usage[] =
"usage: mana_gatherer [options]\n"
"Passes on what the ranks of this host and their coordinator say to each\n"
"other, by one connection. Ranks start it, in jobs of $MANA_GATHER (512)\n"
"ranks and more; it ends with the last of them.\n"
"\n"
"  -d, --ckptdir DIR       whose coordinator it is (default: ckpt)\n"
"      --port-file FILE    instead of DIR/coordinator.json\n"
"      --trust-owner USER  a checkpoint directory may belong to USER, too\n"
"  -h, --help  -V, --version\n";
/* clang-format on */

enum { OPT_PORT_FILE = 256 };

#define LETTERS ":d:hV"

static const struct option longs[] = {
	{ "ckptdir", 1, NULL, 'd' },
	{ "port-file", 1, NULL, OPT_PORT_FILE },
	OPTION_COMMON,
};

static const struct option_program program = { .name = "mana_gatherer",
					       .letters = LETTERS,
					       .help = "--help",
					       .usage = { usage } };

static void parse(struct client_options *o, int argc, char **argv)
{
	int c;

	opterr = 0;
	while ((c = getopt_long(argc, argv, LETTERS, longs, NULL)) != -1) {
		if (c == 'd')
			o->ckptdir = optarg;
		else if (c == OPT_PORT_FILE)
			o->port_file = optarg;
		else
			option_common(&program, c, argv);
	}
	if (optind < argc)
		option_refuse(&program, "unexpected argument");
}

/* It ends with the ranks: what a batch system sends to all of a job is for
 * them, and they may go on. */
static void stay(void)
{
	static const int ignored[] = { SIGPIPE, SIGHUP,	 SIGINT,
				       SIGTERM, SIGUSR1, SIGUSR2 };
	struct rlimit l;
	size_t i;

	for (i = 0; i < sizeof(ignored) / sizeof(*ignored); i++)
		signal(ignored[i], SIG_IGN);
	if (!getrlimit(RLIMIT_NOFILE, &l)) {
		l.rlim_cur = l.rlim_max; /* each rank needs a descriptor */
		setrlimit(RLIMIT_NOFILE, &l);
	}
}

/* Bound, so that there is no other, but nobody can connect before listen(2). */
static int take_address(const struct client_where *w)
{
	struct sockaddr_un a;
	socklen_t len = gather_address(w, 0, &a);
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);

	if (fd < 0 || bind(fd, (struct sockaddr *)&a, len))
		option_die(program.name, strerror(errno));
	return fd;
}

/* Nobody's terminal, pipe or directory stays in use. */
static void detach(void)
{
	int null = open("/dev/null", O_RDWR | O_CLOEXEC);

	if (chdir("/"))
		option_die(program.name, strerror(errno));
	dup2(null, 0);
	dup2(null, 1);
	dup2(null, 2);
}

int main(int argc, char **argv)
{
	struct client_options o = { .level = -1 };
	struct wire_conn up;
	struct client_where w;
	struct wire_hello h;
	char err[WIRE_TEXT] = "";
	int fd;

	parse(&o, argc, argv);
	stay();
	if (client_find(&o, &w, err, sizeof(err)))
		option_die(program.name, err[0] ? err : "no coordinator");
	fd = take_address(&w);
	client_hello_init(&h, WIRE_GATHERER);
	if (client_connect(&w, CLIENT_CONNECT_MS, CLIENT_ALIVE_MS, &up, err,
			   sizeof(err)) ||
	    client_hello(&up, &w, &h, NULL, CLIENT_ALIVE_MS, err, sizeof(err)))
		option_die(program.name, err);
	if (listen(fd, SOMAXCONN))
		option_die(program.name, strerror(errno));
	detach();
	relay_run(&up, fd);
	return 0;
}
