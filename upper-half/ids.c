/* SPDX-License-Identifier: MIT */
/* ids.c - the ids that the application knows, and the kernel's
 *
 * Freestanding. Threads have both ids in their records, this process in struct
 * app; others whose two ids differ stand in a list: parent, group and session
 * after a restart, and children whose id was taken. Entries are written before
 * they are counted, so that readers need no lock.
 */
#include <signal.h>
#include "../common/lower_hooks.h"
#include "../common/sync.h"
#include "app.h"
#include "ids.h"

#define PAIRS 128

struct ids {
	uint32_t n;
	struct {
		int id, real;
	} at[PAIRS];
};

static struct ids *ids_get(void)
{
	return KEEP_ROOT->ids;
}

int ids_create(void)
{
	KEEP_ROOT->ids = keep_alloc_hook(sizeof(struct ids));
	return KEEP_ROOT->ids ? 0 : -12 /* ENOMEM */;
}

void ids_forget(void)
{
	ids_get()->n = 0;
}

void ids_pair(int id, int real)
{
	struct ids *p = ids_get();
	struct hold h;

	sync_lock(LOCK_THREADS, &h);
	if (p->n < PAIRS && id && real) {
		p->at[p->n].id = id;
		p->at[p->n].real = real;
		__atomic_store_n(&p->n, p->n + 1, __ATOMIC_RELEASE);
	}
	sync_unlock(LOCK_THREADS, &h);
}

/* Compiled once for each direction: all that names ids comes by here. */
#define BOTH inline __attribute__((always_inline))

/* The other id of the newest pair that has this one as its real or its virtual
 * id: the kernel gives ids of processes again. 0: there is none. */
static BOTH int pair_find(int id, int is_real)
{
	struct ids *p = ids_get();
	uint32_t i = __atomic_load_n(&p->n, __ATOMIC_ACQUIRE);

	while (i-- > 0)
		if ((is_real ? p->at[i].real : p->at[i].id) == id)
			return is_real ? p->at[i].id : p->at[i].real;
	return 0;
}

static BOTH int own_id(int is_real)
{
	return is_real ? lower_pid() : lower_id();
}

/* A process group may have the id of a process of ours that is now in another
 * group. */
static BOTH int translate(int id, int is_real)
{
	int found;

	if ((id <= 0 && id >= -1) || GATE->epoch == 1)
		return id;
	if (id == own_id(is_real))
		return own_id(!is_real);
	found = pair_find(id, is_real);
	if (!found && id < 0)
		return -id == own_id(is_real)		 ? -own_id(!is_real) :
		       (found = pair_find(-id, is_real)) ? -found :
							   id;
	if (!found)
		found = is_real ? thread_vtid(id) : thread_tid(id);
	return found ? found : id;
}

int ids_real(int id)
{
	return translate(id, 0);
}

int ids_virtual(int real)
{
	return translate(real, 1);
}

/* Ids from before the restart are below 1 << 22, the kernel's PID_MAX_LIMIT, or
 * were given here: so names given to different ids are never the same. */
int ids_name(int real)
{
	int id = real;

	while (GATE->epoch > 1 &&
	       (id == lower_id() || pair_find(id, 0) || thread_tid(id)))
		id += 1 << 22;
	return id;
}

static void sender(siginfo_t *si, int (*other)(int))
{
	if (GATE->epoch == 1)
		return;
	switch (si->si_code) {
	case SI_USER:
	case SI_QUEUE:
	case SI_TKILL:
	case SI_MESGQ:
	case SI_ASYNCIO:
	case SI_ASYNCNL:
		si->si_pid = other(si->si_pid);
		return;
	}
	if (si->si_signo == SIGCHLD && si->si_code > 0)
		si->si_pid = other(si->si_pid);
}

void ids_siginfo(void *siginfo)
{
	sender(siginfo, ids_virtual);
}

void ids_siginfo_real(void *siginfo)
{
	sender(siginfo, ids_real);
}
