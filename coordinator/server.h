/* SPDX-License-Identifier: MIT */
/* server.h - the coordinator's state, shared by its parts
 *
 * One thread, one epoll. A peer whose connection fails is only marked; the
 * main loop drops it between events, so that no function loses a peer it is
 * looking at. Times are ms of the monotonic clock.
 */
#ifndef MANA_SERVER_H
#define MANA_SERVER_H

#include <stdio.h>
#include <sys/stat.h>
#include "../client/client.h"
#include "../common/manifest.h"
#include "../common/option.h"
#include "../common/wire.h"
#include "directory.h"
#include "round.h"

#define SERVER_HELLO_MS	 30000 /* to say HELLO after connecting */
#define SERVER_FIRST_MS	 60000 /* --exit-on-last: for the first rank */
#define SERVER_STRANGERS 1024  /* that have not said HELLO, at most */
#define SERVER_SIZE_MAX	 (1U << 20)
#define SERVER_NOTES	 16
#define SERVER_SAID	 32

struct server_options {
	unsigned int interval; /* seconds; 0: only on request */
	int port;	       /* 0: any */
	const char *port_file; /* NULL: DIR/coordinator.json */
	const char *ckptdir;
	const char *listen; /* NULL: loopback, or all when several hosts */
	unsigned int keep;
	int level;
	int daemon, exit_on_last, quiet, interactive;
	unsigned int target_s, stage_s; /* limits of a round */
};

struct peer {
	struct wire_conn c;
	struct peer *next;
	uint32_t kind; /* enum wire_kind, 0 before HELLO */
	uint32_t rank;
	uint64_t origin; /* origin.h */
	int64_t since;
	int closing;   /* to be dropped by the main loop */
	int writing;   /* epoll also watches for room to write */
	uint64_t wait; /* REPLY is due after this generation; 0: none */
};

struct job_rank {
	struct peer *peer; /* NULL: not connected */
	uint32_t pid;
	int seen;     /* has been connected */
	int finished; /* FINISHED: the application called exit with code */
	int left;     /* GOODBYE */
	int code;
	uint64_t restarted; /* from this generation; 0: not */
	int restoring;	    /* and has not finished that yet */
	char host[WIRE_NAME];
	char barrier[WIRE_NAME]; /* it waits in; "" none */
};

struct job {
	uint32_t size, connected; /* size 0: there was none yet */
	int64_t since;
	struct job_rank *ranks;
	char key[WIRE_NAME];
	char mpi[WIRE_NAME];
	char program[WIRE_PATH];
	char id[WIRE_ID]; /* common/ckptdir.h */
	char notes[SERVER_NOTES][WIRE_TEXT];
	unsigned int n_notes;
	uint64_t said[SERVER_SAID]; /* hashes of reasons it was told of */
	unsigned int n_said;
};

struct server {
	struct server_options o;
	struct directory dir;
	char port_path[WIRE_PATH]; /* absolute */
	struct stat announced;	   /* the file that was written there */
	int64_t home_checked;
	int marked; /* DIR/job names this job */
	int gen;    /* the round's generation, open; or -1 */
	struct client_where where;
	int epoll, listener, signals;
	int64_t started;
	struct peer *peers;
	unsigned int strangers, strangers_max;
	int netlink;	      /* origin.h */
	int spare;	      /* a descriptor for when there are none left */
	unsigned int full;    /* how often there were none */
	int64_t listen_again; /* no connection is taken until then; 0: now */
	struct job job;
	struct round round;
	uint64_t generation;	/* highest number ever used */
	uint64_t complete;	/* newest committed; 0: none */
	struct manifest last;	/* newest committed by us or found at start */
	char failed[WIRE_TEXT]; /* newest round that failed after it */
	int again;		/* a round is to follow this one */
	int timed; /* the round is one of -i: nobody waits for it */
	unsigned int obstacles; /* timer events in a row without a round */
	int64_t next_due;	/* -i; 0: not armed */
	int ended; /* the job, and we with it unless somebody is coming: ranks
		    * that gave up on us while we stood still are */
	int quit;
};

/* server.c: 0 or -errno with a sentence */
int server_open(struct server *s, const struct server_options *o, char *err,
		size_t errlen);
int server_run(struct server *s); /* until quit */
void server_close(struct server *s);

/* home.c */
int home_take(struct server *s, char *err, size_t errlen);
int home_announce(struct server *s, char *err, size_t errlen);
/* Called when no round is on: makes sure that the directory is still ours, or
 * makes a new one. 0, or -errno and a sentence. */
int home_keep(struct server *s, char *err, size_t errlen);
/* Does the same now and then, while there is a job. Returns the ms until the
 * next time. */
int64_t home_due(struct server *s, int64_t now);
/* A daemon: what it says goes to DIR/coordinator.log from now on. */
void home_log(const struct server *s);
void home_leave(struct server *s);

/* peer.c */
void peer_accept(struct server *s);
/* Listens again when the pause is over. Returns the ms until then. */
int64_t peer_listen(struct server *s, int64_t now);
void peer_event(struct server *s, struct peer *p, uint32_t events);
void peer_send(struct server *s, struct peer *p, enum wire_type type,
	       const void *msg);
void peer_reply(struct server *s, struct peer *p, uint32_t code,
		const char *text);
/* Drop those that are closing; silent strangers too. */
void peer_sweep(struct server *s, int64_t now);

/* dispatch.c: one message from a peer */
void dispatch(struct server *s, struct peer *p, struct wire_msg *m);

/* job.c */
/* 0, or an errno value (as in REFUSED) and a sentence. */
int job_join(struct server *s, struct peer *p, const struct wire_hello *h,
	     char *err, size_t errlen);
void job_leave(struct server *s, struct peer *p); /* it is disconnected */
void job_barrier(struct server *s, uint32_t rank, const char *name);
void job_kill(struct server *s, int code);
/* 1: a rank is being restarted, so requests wait until that is finished. */
int job_restoring(const struct job *j);
/* Why no checkpoint can be taken now; NULL: one can. */
const char *job_obstacle(const struct job *j, char *buf, size_t len);
/* Sends the rank (NULL: all ranks) what another coordinator would need to go
 * on. */
void job_settings(struct server *s, struct peer *p);
/* Tells the ranks that we end because we were told to, so that they start no
 * other coordinator. */
void job_goodbye(struct server *s);
void job_note(struct job *j, uint32_t rank, const char *text);
void job_fini(struct job *j);

/* tell.c: sentences on the job's stderr, by its first rank */
void job_tell(struct server *s, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));
/* The same, unless the rank has been told before, perhaps with other numbers in
 * the sentence. */
void job_tell_once(struct server *s, const char *text);

/* checkpoint.c */
void checkpoint_init(struct server *s);
/* Finds out which generations the directory holds. */
void checkpoint_scan(struct server *s);
/* Writes DIR/job, which names this job, before any of its generations is
 * there. */
int checkpoint_mark(struct server *s, char *err, size_t errlen);
/*
 * Begin a round, or join one whose images will not predate the request, or
 * have one follow. 0 and the generation to wait for, or -errno and a sentence.
 */
int checkpoint_request(struct server *s, uint64_t *wait, char *err,
		       size_t errlen);
void checkpoint_due(struct server *s, int64_t now); /* timer, follow-up */
/* End the round because of what the user wants. */
void checkpoint_stop(struct server *s, const char *why);
void checkpoint_interval(struct server *s, unsigned int seconds);

/* status.c: caller frees; NULL: no memory */
char *status_text(struct server *s);
char *status_json(struct server *s);
char *status_ranks(struct server *s);
/* "generation 3 committed: 4 ranks, 12.5 MiB, 0.8 s"; returns buf */
char *status_last(const struct manifest *m, char *buf, size_t len);

/* console.c: one line typed by the user; prints to stdout */
void console_line(struct server *s, char *line);
void console_event(struct server *s); /* stdin is readable */

#endif
