/* SPDX-License-Identifier: MIT */
/* timers.c - POSIX timers and interval timers, into an image and out of one
 *
 * /proc/self/timers lists all there are, whoever made them. They go on with the
 * time that was left, whatever clock they count by. Their ids, which the
 * application keeps, are asked for (PR_TIMER_CREATE_RESTORE_IDS, Linux 6.15);
 * before that the kernel counts them up, so others are made and deleted until
 * it has come there.
 */
#include <errno.h>
#include <linux/prctl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/time.h>
#include <time.h>
#include "../common/array.h"
#include "../common/arch/x86_64/syscall.h"
#include "../upper-half/cputime.h"
#include "../upper-half/ids.h"
#include "../upper-half/pending.h"
#include "timers.h"

#ifndef PR_TIMER_CREATE_RESTORE_IDS
#define PR_TIMER_CREATE_RESTORE_IDS 77
#endif
#define NATIVE_MAX 64
#define TRIES_MAX  (1 << 20) /* a second */

static int native[NATIVE_MAX], n_native;

static int is_native(int id)
{
	int i;

	for (i = 0; i < n_native && native[i] != id; i++)
		;
	return i < n_native;
}

/* One entry of /proc/self/timers; 0 at its end. */
static int entry_read(FILE *f, struct saved_timer *t)
{
	unsigned long long value;
	char how[16], whom[8];
	int who;

	memset(t, 0, sizeof(*t));
	if (fscanf(f,
		   " ID: %d signal: %d/%llx notify: %15[^/]/%7[^.].%d "
		   "ClockID: %d",
		   &t->id, &t->signo, &value, how, whom, &who, &t->clock) != 7)
		return 0;
	t->value = value;
	t->notify = !strcmp(how, "none") ? SIGEV_NONE : SIGEV_SIGNAL;
	if (!strcmp(whom, "tid")) {
		t->notify = SIGEV_THREAD_ID;
		t->tid = ids_virtual(who);
	}
	return 1;
}

int timers_ids(int *ids, int max)
{
	FILE *f = fopen("/proc/self/timers", "re");
	struct saved_timer t;
	int n = 0;

	if (!f)
		return -errno;
	while (n < max && entry_read(f, &t))
		ids[n++] = t.id;
	fclose(f);
	return n;
}

void timers_native(const int *before, int n)
{
	int now[NATIVE_MAX], n_now = timers_ids(now, NATIVE_MAX), i, j;

	for (i = 0; i < n_now; i++) {
		for (j = 0; j < n && before[j] != now[i];)
			j++;
		if (j == n && n_native < NATIVE_MAX)
			native[n_native++] = now[i];
	}
}

static int settings_read(struct saved_timer *t)
{
	struct itimerspec s;

	if (raw_syscall2(SYS_timer_gettime, t->id, (long)&s) < 0)
		return -ESRCH;
	t->interval[0] = s.it_interval.tv_sec;
	t->interval[1] = s.it_interval.tv_nsec;
	t->left[0] = s.it_value.tv_sec;
	t->left[1] = s.it_value.tv_nsec;
	t->clock = cputime_clock_virtual(t->clock);
	return 0;
}

struct saved_timer *timers_save(long *n)
{
	FILE *f = fopen("/proc/self/timers", "re");
	struct saved_timer *t = calloc(1, sizeof(*t)), x;
	size_t cap = 1;

	*n = 0;
	while (f && t && entry_read(f, &x)) {
		if (is_native(x.id) || settings_read(&x) < 0)
			continue;
		if (ARRAY_ROOM(t, (size_t)*n, cap) < 0) {
			free(t);
			t = NULL;
			break;
		}
		t[(*n)++] = x;
	}
	if (f)
		fclose(f);
	if (!t)
		*n = -ENOMEM;
	return t;
}

static int armed(const int64_t left[2])
{
	return left[0] || left[1];
}

static int fired(const int64_t before[2], const int64_t now[2])
{
	return armed(before) && (!armed(now) || now[0] > before[0] ||
				 (now[0] == before[0] && now[1] > before[1]));
}

void timers_settle(struct saved_timer *t, long n,
		   const struct saved_timer *before, long n_before)
{
	long i, j;

	for (i = 0; i < n; i++) {
		for (j = 0; j < n_before && before[j].id != t[i].id; j++)
			;
		if (j < n_before && t[i].notify != SIGEV_NONE &&
		    fired(before[j].left, t[i].left) &&
		    !thread_each(pending_has_timer, &t[i].id)) {
			t[i].left[0] = 0;
			t[i].left[1] = 1;
		}
	}
}

void timers_interval_settle(int64_t saved[3][4], const int64_t before[3][4],
			    uint64_t pending)
{
	static const int signals[3] = { SIGALRM, SIGVTALRM, SIGPROF };
	int t;

	for (t = 0; t < 3; t++)
		if (fired(before[t] + 2, saved[t] + 2) &&
		    !(pending >> (signals[t] - 1) & 1)) {
			saved[t][2] = 0;
			saved[t][3] = 1;
		}
}

static int create(const struct saved_timer *t, int *id)
{
	struct sigevent e = { .sigev_signo = t->signo,
			      .sigev_notify = t->notify };

	e.sigev_value.sival_ptr = (void *)t->value;
	if (t->notify == SIGEV_THREAD_ID)
		e._sigev_un._tid = ids_real(t->tid);
	return (int)raw_syscall3(SYS_timer_create, cputime_clock(t->clock),
				 (long)&e, (long)id);
}

static int create_as(const struct saved_timer *t)
{
	int id = t->id, tries, rc;

	raw_syscall5(SYS_prctl, PR_TIMER_CREATE_RESTORE_IDS, 1, 0, 0, 0);
	rc = create(t, &id);
	raw_syscall5(SYS_prctl, PR_TIMER_CREATE_RESTORE_IDS, 0, 0, 0, 0);
	for (tries = 0; !rc && id != t->id && tries < TRIES_MAX; tries++) {
		raw_syscall1(SYS_timer_delete, id);
		rc = create(t, &id);
	}
	return !rc && id != t->id ? -EBUSY : rc;
}

int timers_create(const struct saved_timer *t, size_t n, char *err,
		  size_t errlen)
{
	int rc = 0;

	for (; n && !rc; t++, n--) {
		rc = create_as(t);
		if (rc < 0)
			snprintf(err, errlen,
				 "POSIX timer %d (signal %d): "
				 "cannot be made again: %s",
				 t->id, t->signo, strerror(-rc));
	}
	return rc;
}

void timers_start(const struct saved_timer *t, size_t n)
{
	for (; n; t++, n--) {
		struct itimerspec s = { { t->interval[0], t->interval[1] },
					{ t->left[0], t->left[1] } };

		raw_syscall4(SYS_timer_settime, t->id, 0, (long)&s, 0);
	}
}

void timers_interval_save(int64_t saved[3][4])
{
	int t;

	for (t = 0; t < 3; t++)
		getitimer(t, (struct itimerval *)saved[t]);
}

/* An interval without time left is a timer whose signal waits to be delivered:
 * the kernel begins anew when it is. */
void timers_interval_restore(const int64_t saved[3][4])
{
	struct itimerval v;
	int t;

	for (t = 0; t < 3; t++) {
		memcpy(&v, saved[t], sizeof(v));
		if (!v.it_value.tv_sec && !v.it_value.tv_usec)
			v.it_value = v.it_interval;
		setitimer(t, &v, NULL);
	}
}
