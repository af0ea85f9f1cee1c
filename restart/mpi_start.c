/* SPDX-License-Identifier: MIT */
/* mpi_start.c - native MPI_Init at a restart, which may never end by itself
 *
 * It waits for all ranks. One whose coordinator has died before it was told to
 * come here ends, and under Hydra the others would stay in MPI_Init for ever.
 */
#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>
#include "../common/back.h"
#include "../common/exit_code.h"
#include "../common/say.h"
#include "../launch/refusal.h"
#include "../lower-half/core.h"
#include "../lower-half/link.h"
#include "mpi_start.h"

struct watcher {
	pthread_t thread;
	int over; /* eventfd(2): MPI_Init has returned */
	int limit_ms;
};

static void *watch(void *arg)
{
	static const char late[] =
		"mana_restart: the MPI library has not "
		"started: another rank may have refused: see what it says\n";
	static const char gone[] = "mana_restart: the coordinator is gone, "
				   "while the MPI library started: restart "
				   "once more\n";
	const struct watcher *w = arg;
	struct pollfd p[] = { { w->over, POLLIN, 0 },
			      { link_fd(), POLLRDHUP, 0 } };
	int n;

	do {
		n = poll(p, 2, p[1].fd < 0 ? w->limit_ms : -1);
	} while (n < 0 && errno == EINTR);
	if (n < 0 || p[0].revents)
		return NULL;
	if (n)
		say_line(gone, sizeof(gone) - 1);
	else
		say_line(late, sizeof(late) - 1);
	_exit(EXIT_REFUSED);
}

int mpi_start(int level, int limit_ms)
{
	struct watcher w = { .limit_ms = limit_ms };
	int rc;

	w.over = eventfd(0, EFD_CLOEXEC);
	rc = w.over < 0 ? errno : pthread_create(&w.thread, NULL, watch, &w);
	if (rc)
		refusal_exit("%s: no thread to watch over the start of the MPI "
			     "library: %s",
			     core.tool, strerror(rc));
	rc = back_start(level);
	eventfd_write(w.over, 1);
	pthread_join(w.thread, NULL);
	close(w.over);
	return rc;
}
