/* SPDX-License-Identifier: MIT */
/* timers.h - POSIX timers and interval timers, into an image and out of one */
#ifndef MANA_TIMERS_H
#define MANA_TIMERS_H

#include <stddef.h>
#include <stdint.h>

#define TIMERS_SECTION "timers" /* an array of these */

struct saved_timer {
	int32_t id, clock;     /* the latter as the application knows it */
	int32_t notify, signo; /* of struct sigevent */
	int32_t tid;	       /* SIGEV_THREAD_ID: as the application knows */
	int32_t pad;
	uint64_t value;		      /* sigev_value */
	int64_t interval[2], left[2]; /* struct timespec */
};

/* Ids of this process's POSIX timers; how many, at most max; -errno when the
 * kernel does not say (CONFIG_CHECKPOINT_RESTORE). */
int timers_ids(int *ids, int max);
/* Timers that are not among the n before are the native MPI library's. */
void timers_native(const int *before, int n);
/* *n entries in malloc'ed memory, or NULL and -errno in *n. */
struct saved_timer *timers_save(long *n);
/*
 * Time goes on while signals are noted. before is what timers_save said before
 * that: a timer that has fired since, and whose signal was not noted, is to
 * fire at once.
 */
void timers_settle(struct saved_timer *t, long n,
		   const struct saved_timer *before, long n_before);
void timers_interval_settle(int64_t saved[3][4], const int64_t before[3][4],
			    uint64_t pending);
/* Makes the timers again, when threads are there. 0 or -errno with a
 * sentence. */
int timers_create(const struct saved_timer *t, size_t n, char *err,
		  size_t errlen);
void timers_start(const struct saved_timer *t, size_t n);

/* getitimer(2): real, virtual, profiling. */
void timers_interval_save(int64_t saved[3][4]);
void timers_interval_restore(const int64_t saved[3][4]);

#endif
