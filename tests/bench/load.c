/* SPDX-License-Identifier: MIT */
/* load.c - what a job of many ranks costs the coordinator
 *
 * usage: load COORDINATOR [RANKS [COMMUNICATORS [ROUNDS [GATHERED]]]]
 *
 * Starts the mana_coordinator of this path in a directory of its own, below
 * $TMPDIR, and connects as all of the ranks at once (load_rank.c). They go
 * through four barriers, as in a restart, then through rounds. Meanwhile a
 * command asks for the status. GATHERED ranks come by one connection, as of a
 * gatherer (0: each by its own). Prints one figure a line: name, value, unit.
 */
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
#include "../../common/monotonic.h"
#include "load_rank.h"

#define SERVES_MS 60000
#define QUIET_MS  120000 /* that long without any message: it hangs */
#define EVENTS	  256
#define BARRIERS  4

static char dir[64];
static pid_t coordinator;
static struct client_where where;

/* The command that asks for rounds, and the one that asks for the status. */
static struct load_line asker;
static int replied;
static struct wire_conn watcher;
static volatile int watching;
static double *latency;
static size_t asked;

static double seconds(clockid_t clock)
{
	struct timespec t;

	if (clock_gettime(clock, &t))
		load_die("the coordinator has ended");
	return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

static double now(void)
{
	return seconds(CLOCK_MONOTONIC);
}

/* What the coordinator has used so far. */
static double cpu(void)
{
	clockid_t clock;

	if (clock_getcpuclockid(coordinator, &clock))
		load_die("the coordinator has ended");
	return seconds(clock);
}

static double peak_mib(void)
{
	char line[256];
	long kib = 0;
	FILE *f;

	snprintf(line, sizeof(line), "/proc/%d/status", (int)coordinator);
	f = fopen(line, "re");
	while (f && fgets(line, sizeof(line), f))
		if (!strncmp(line, "VmHWM:", 6))
			kib = strtol(line + 6, NULL, 10);
	if (f)
		fclose(f);
	return (double)kib / 1024;
}

static void print(const char *name, double value, const char *unit)
{
	printf("%-12s %10.4f %s\n", name, value, unit);
	fflush(stdout);
}

static void remove_dir(void)
{
	char cmd[128];

	snprintf(cmd, sizeof(cmd), "rm -rf %s", dir);
	if (dir[0] && system(cmd))
		fprintf(stderr, "load: %s: left behind\n", dir);
}

/* At the end, whatever it is by. */
static void stop(void)
{
	if (coordinator > 0 && !kill(coordinator, SIGKILL))
		waitpid(coordinator, NULL, 0);
	remove_dir();
}

static void start(const char *path)
{
	struct client_options o = { .ckptdir = dir };
	int64_t end = monotonic_ms() + SERVES_MS;
	const struct timespec pause = { 0, 5000000 };
	const char *temp = getenv("TMPDIR");
	char err[WIRE_TEXT];

	snprintf(dir, sizeof(dir), "%.40s/mana-load-XXXXXX",
		 temp && *temp ? temp : "/tmp");
	if (!mkdtemp(dir))
		load_die("%s: %s", dir, strerror(errno));
	atexit(stop);
	coordinator = fork();
	if (!coordinator) {
		execl(path, path, "-q", "--exit-on-last", "--ckptdir", dir,
		      (char *)NULL);
		fprintf(stderr, "load: %s: %s\n", path, strerror(errno));
		_exit(99);
	}
	while (client_find(&o, &where, err, sizeof(err))) {
		if (waitpid(coordinator, NULL, WNOHANG) || monotonic_ms() > end)
			load_die("%s does not serve: %s", path, err);
		nanosleep(&pause, NULL);
	}
}

static void command(struct wire_conn *c)
{
	struct wire_hello h;
	char err[WIRE_TEXT];

	client_hello_init(&h, WIRE_COMMAND);
	if (client_connect(&where, 5000, 60000, c, err, sizeof(err)) ||
	    client_hello(c, &where, &h, NULL, 60000, err, sizeof(err)))
		load_die("%s", err);
}

static void prepare(struct load *l)
{
	struct epoll_event ev = { .events = EPOLLIN, .data.ptr = &asker };

	l->dir = -1;
	l->epoll = epoll_create1(EPOLL_CLOEXEC);
	l->v = calloc(l->lines, sizeof(*l->v));
	l->clock = calloc(l->comms + 1, sizeof(*l->clock));
	if (l->epoll < 0 || !l->v || !l->clock)
		load_die("out of memory");
	client_hello_init(&l->hello, WIRE_RANK);
	l->hello.size = l->ranks;
	l->secret = where.secret;
	snprintf(l->hello.program, sizeof(l->hello.program), "load");
	l->port = where.port;
	command(&asker.c);
	command(&watcher);
	if (epoll_ctl(l->epoll, EPOLL_CTL_ADD, asker.c.fd, &ev))
		load_die("epoll: %s", strerror(errno));
}

/* The answer to the request for a checkpoint. */
static void on_reply(void)
{
	struct wire_msg m;
	int rc = wire_recv(&asker.c, &m, 0);

	if (rc == -ETIMEDOUT)
		return;
	if (rc || m.type != WIRE_REPLY || m.u.reply.code)
		load_die("checkpoint: %s", rc ? strerror(-rc) : m.u.reply.text);
	replied = 1;
}

static void events(struct load *l, int ms)
{
	static int64_t heard;
	struct epoll_event ev[EVENTS];
	int64_t at;
	int i, n = epoll_wait(l->epoll, ev, EVENTS, ms);

	at = monotonic_ms();
	if (n > 0 || !heard)
		heard = at;
	if (at - heard > QUIET_MS)
		load_die("nothing heard for %d s", QUIET_MS / 1000);
	for (i = 0; i < n; i++) {
		if (ev[i].data.ptr == &asker)
			on_reply();
		else
			load_event(l, ev[i].data.ptr, ev[i].events);
	}
	load_retry(l, at);
}

static void join(struct load *l)
{
	double began = now(), used = cpu();
	uint32_t i, each = l->gathered ? l->gathered : 1;

	for (i = 0; i < l->lines; i++) {
		l->v[i].first = i * each;
		l->v[i].n = i + 1 < l->lines ? each : l->ranks - i * each;
		load_connect(l, &l->v[i]);
		if (i % 64 == 0)
			events(l, 0);
	}
	while (l->welcomed < l->ranks)
		events(l, 50);
	print("join", now() - began, "s");
	print("join-cpu", cpu() - used, "s");
	print("join-again", l->again, "connections");
}

/* All ranks of a connection. */
static void all_say(struct load *l, struct load_line *k, enum wire_type type,
		    const void *msg)
{
	uint32_t i;

	for (i = 0; i < k->n; i++)
		load_say(l, k, k->first + i, type, msg);
	load_flush(l, k);
}

static void barriers(struct load *l)
{
	double began = now();
	struct wire_barrier b = { .name = "barrier" };
	uint32_t i;
	int n;

	for (n = 0; n < BARRIERS; n++) {
		l->released = 0;
		for (i = 0; i < l->lines; i++)
			all_say(l, &l->v[i], WIRE_BARRIER, &b);
		while (l->released < l->ranks)
			events(l, 50);
	}
	print("barriers", now() - began, "s");
}

/* One checkpoint. */
static void one_round(struct load *l, double *took, double *used)
{
	struct wire_request q = { .verb = VERB_CHECKPOINT, .wait = 1 };
	double began = now(), before = cpu();

	l->resumed = 0;
	replied = 0;
	if (wire_send(&asker.c, WIRE_REQUEST, &q, QUIET_MS))
		load_die("the coordinator has ended");
	while (!replied || l->resumed < l->ranks)
		events(l, 50);
	*took = now() - began;
	*used = cpu() - before;
}

static double ask(uint64_t json)
{
	struct wire_request q = { .verb = VERB_STATUS, .arg = json };
	struct wire_msg m;
	double began = now();
	int rc = wire_send(&watcher, WIRE_REQUEST, &q, QUIET_MS);

	if (!rc)
		rc = wire_recv(&watcher, &m, QUIET_MS);
	if (rc)
		load_die("status: %s", strerror(-rc));
	return (now() - began) * 1000;
}

static void *watch(void *unused)
{
	const struct timespec pause = { 0, 10000000 };
	size_t room = 0;

	(void)unused;
	while (watching) {
		if (asked == room) {
			room = room ? 2 * room : 1024;
			latency = realloc(latency, room * sizeof(*latency));
			if (!latency)
				load_die("out of memory");
		}
		latency[asked++] = ask(0);
		nanosleep(&pause, NULL);
	}
	return NULL;
}

static int by_value(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

static double median(double *v, size_t n)
{
	qsort(v, n, sizeof(*v), by_value);
	return n ? v[n / 2] : 0;
}

static void rounds(struct load *l, size_t n)
{
	double *took = calloc(2 * n, sizeof(*took)), *used = took + n;
	pthread_t thread;
	size_t i;

	watching = 1;
	if (!took || pthread_create(&thread, NULL, watch, NULL))
		load_die("out of memory");
	for (i = 0; i < n; i++)
		one_round(l, &took[i], &used[i]);
	watching = 0;
	pthread_join(thread, NULL);
	print("first", took[0], "s");
	print("first-cpu", used[0], "s");
	print("round", median(took + 1, n - 1), "s");
	print("cpu", median(used + 1, n - 1), "s");
	print("cpu-a-rank", median(used + 1, n - 1) / l->ranks * 1e6, "us");
	free(took);
	print("status", median(latency, asked), "ms");
	print("status-worst", asked ? latency[asked - 1] : 0, "ms");
	print("status-json", ask(1), "ms");
}

/* All ranks end in order, and the coordinator with them. */
static void leave(struct load *l)
{
	struct wire_code m = { 0 };
	double began = now();
	int status = 1;
	uint32_t i;

	for (i = 0; i < l->lines; i++) {
		all_say(l, &l->v[i], WIRE_GOODBYE, &m);
		wire_close(&l->v[i].c);
	}
	wire_close(&watcher);
	wire_close(&asker.c);
	waitpid(coordinator, &status, 0);
	coordinator = 0;
	print("leave", now() - began, "s");
	if (!WIFEXITED(status) || WEXITSTATUS(status))
		load_die("the coordinator has not ended well");
}

static uint32_t number(const char *text, unsigned long min, unsigned long max)
{
	char *end;
	unsigned long n = strtoul(text, &end, 10);

	if (*end || n < min || n > max)
		load_die("%s: not a number from %lu to %lu", text, min, max);
	return (uint32_t)n;
}

int main(int argc, char **argv)
{
	struct load l = { .ranks = 1000, .comms = 100 };
	uint32_t n = 3;

	if (argc < 2 || argc > 6)
		load_die("usage: load COORDINATOR [RANKS [COMMUNICATORS "
			 "[ROUNDS [GATHERED]]]]");
	if (argc > 2)
		l.ranks = number(argv[2], 1, 1000000);
	if (argc > 3)
		l.comms = number(argv[3], 0, 100000);
	if (argc > 4)
		n = number(argv[4], 2, 1000);
	if (argc > 5)
		l.gathered = number(argv[5], 0, WIRE_CHANNELS);
	l.lines =
		l.gathered ? (l.ranks + l.gathered - 1) / l.gathered : l.ranks;
	signal(SIGPIPE, SIG_IGN);
	load_raise_limit(l.lines);
	start(argv[1]);
	prepare(&l);
	join(&l);
	barriers(&l);
	rounds(&l, n);
	print("peak", peak_mib(), "MiB");
	leave(&l);
	return 0;
}
