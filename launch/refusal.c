/* SPDX-License-Identifier: MIT */
/* refusal.c - ending with one line, however many ranks have the same reason
 *
 * A name in the abstract socket namespace says who speaks: it goes away with
 * its process, leaves no file behind, and needs neither MPI nor coordinator.
 */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>
#include "../client/client.h"
#include "../common/exit_code.h"
#include "../common/launcher.h"
#include "../common/say.h"
#include "refusal.h"

#define LINGER_US 700000 /* how much later other ranks may come */
#define LISTEN_US 100000 /* the launcher must have read the line */

/* 1: it is for this process to speak. It keeps the name until it ends. */
static int first(void)
{
	struct sockaddr_un a = { .sun_family = AF_UNIX };
	char job[WIRE_NAME];
	int fd;

	fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return 1;
	snprintf(a.sun_path + 1, sizeof(a.sun_path) - 1, "mana-%u-%.80s",
		 geteuid(), client_job_key(job, sizeof(job)));
	return bind(fd, (struct sockaddr *)&a, sizeof(a)) == 0;
}

static int say(const char *fmt, va_list ap)
{
	if (!launcher_alone() && !first()) {
		usleep(LISTEN_US);
		return 0;
	}
	say_format(fmt, ap);
	return 1;
}

void refusal_say(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	say(fmt, ap);
	va_end(ap);
}

void refusal_exit(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	if (say(fmt, ap) && !launcher_alone())
		usleep(LINGER_US);
	va_end(ap);
	_exit(EXIT_REFUSED);
}
