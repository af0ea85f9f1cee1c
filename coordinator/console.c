/* SPDX-License-Identifier: MIT */
/* console.c - commands typed at the coordinator */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <unistd.h>
#include "../common/exit_code.h"
#include "../common/text.h"
#include "checkpoint.h"
#include "console.h"
#include "job.h"
#include "log.h"
#include "server.h"
#include "status.h"

static void print_free(char *text)
{
	if (text)
		fputs(text_clean_lines(text), stdout);
	free(text);
}

static int begin_checkpoint(struct server *s, uint64_t *generation)
{
	char err[WIRE_TEXT];
	int rc = checkpoint_request(s, generation, err, sizeof(err));

	if (rc)
		printf("checkpoint failed: %s\n", text_clean(err));
	return rc;
}

static void on_checkpoint(struct server *s, const char *arg)
{
	uint64_t generation;

	(void)arg;
	begin_checkpoint(s, &generation);
}

static void on_end(struct server *s, const char *arg)
{
	uint64_t generation;

	(void)arg;
	if (!begin_checkpoint(s, &generation))
		checkpoint_ends_job(s, generation);
}

static void on_status(struct server *s, const char *arg)
{
	(void)arg;
	print_free(status_text(s));
}

static void on_list(struct server *s, const char *arg)
{
	(void)arg;
	print_free(status_ranks(s));
}

static void on_interval(struct server *s, const char *arg)
{
	char *end;
	unsigned long n = strtoul(arg, &end, 10);

	if (*arg && !*end && *arg != '-' && n <= OPTION_SECONDS_MAX)
		checkpoint_interval(s, (unsigned int)n);
	else if (*arg)
		printf("i: how many seconds?\n");
	if (s->o.interval)
		printf("interval: %u s\n", s->o.interval);
	else
		printf("interval: off\n");
}

static void on_kill(struct server *s, const char *arg)
{
	(void)arg;
	job_kill(s, EXIT_KILLED);
}

static void on_quit(struct server *s, const char *arg)
{
	(void)arg;
	checkpoint_stop(s, "the coordinator was asked to quit");
	s->quit = 1;
}

static void on_help(struct server *s, const char *arg);

static const struct {
	char key;
	const char *help;
	void (*run)(struct server *s, const char *arg);
} commands[] = {
	{ 'c', "checkpoint now", on_checkpoint },
	{ 's', "status", on_status },
	{ 'l', "list ranks", on_list },
	{ 'i', "interval: i SECONDS sets it, 0 is off", on_interval },
	{ 'e', "end the job with a checkpoint", on_end },
	{ 'k', "kill the job", on_kill },
	{ 'q', "quit: the job runs on", on_quit },
	{ 'h', "this help, also ?", on_help },
};

#define N_COMMANDS (sizeof(commands) / sizeof(*commands))

static void on_help(struct server *s, const char *arg)
{
	size_t i;

	(void)s;
	(void)arg;
	for (i = 0; i < N_COMMANDS; i++)
		printf("%c  %s\n", commands[i].key, commands[i].help);
}

void console_line(struct server *s, char *line)
{
	char key, *arg;
	size_t i;

	log_live(NULL);
	line += strspn(line, " \t");
	line[strcspn(line, "\r")] = 0;
	key = *line == '?' ? 'h' : *line;
	if (!key)
		return;
	arg = line + 1;
	arg += strspn(arg, " \t");
	arg[strcspn(arg, " \t")] = 0;
	for (i = 0; i < N_COMMANDS; i++) {
		/* A word is not its first letter: "keep" kills no job. */
		if (commands[i].key != key || (*arg && key != 'i'))
			continue;
		commands[i].run(s, arg);
		fflush(stdout);
		return;
	}
	printf("%.100s: no such command, h for help\n", line);
	fflush(stdout);
}

/* Whole lines only; a line too long is cut. */
void console_event(struct server *s)
{
	static char buf[256];
	static size_t len;
	ssize_t n = read(0, buf + len, sizeof(buf) - 1 - len);
	char *nl;

	/* EIO: in the background (SIGTTIN is ignored); the keys are not ours */
	if (n <= 0) {
		epoll_ctl(s->epoll, EPOLL_CTL_DEL, 0, NULL);
		return;
	}
	len += (size_t)n;
	buf[len] = 0;
	while ((nl = strchr(buf, '\n'))) {
		*nl = 0;
		console_line(s, buf);
		len -= (size_t)(nl + 1 - buf);
		memmove(buf, nl + 1, len + 1);
	}
	if (len == sizeof(buf) - 1)
		len = 0;
}
