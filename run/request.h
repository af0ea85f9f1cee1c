/* SPDX-License-Identifier: MIT */
/* request.h - what mana_run asks the coordinator of its job */
#ifndef MANA_REQUEST_H
#define MANA_REQUEST_H

#include "../client/client.h"

struct request {
	struct wire_conn conn; /* fd -1: nothing is asked */
};

void request_init(struct request *r);
/* Asks for a checkpoint with which the job ends, so that nothing of the program
 * runs in between; when it fails the job runs on. The answer comes when it is
 * over. 0, or -errno and one sentence. */
int request_checkpoint(struct request *r, const char *dir, char *err,
		       size_t errlen);
/* Its answer, without waiting: 0: committed, 1: failed, -EAGAIN: not yet,
 * -errno: the coordinator is gone; one sentence. */
int request_answer(struct request *r, char *err, size_t errlen);
void request_close(struct request *r);

/* Asks and waits for the answer, some seconds at most. */
int request_kill(const char *dir);
int request_interval(const char *dir, unsigned int seconds);
/* 1: a job runs there, that of *program. */
int request_is_running(const char *dir, char *program, size_t len);
enum request_job {
	REQUEST_JOB_UNKNOWN, /* no coordinator answers, or none of a job */
	REQUEST_JOB_COMING,  /* some of its ranks have not connected yet */
	REQUEST_JOB_THERE,
};
enum request_job request_job(const char *dir);

#endif
