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
#include <sys/queue.h>
#include <sys/stat.h>
#include "../client/client.h"
#include "../common/manifest.h"
#include "../common/option.h"
#include "../common/wire.h"
#include "directory.h"
#include "http.h"
#include "report.h"
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
	int daemon, exit_on_last, quiet, interactive, kill_after_ckpt;
	unsigned int target_s, stage_s; /* limits of a round */
	unsigned int first_s; /* to wait for the first rank; 0: no limit */
	unsigned int stale_s; /* to wait for another job; 0: no limit */
	const char *status_file, *log; /* NULL: none */
	int metrics;		       /* enum server_metrics */
	int metrics_port;	       /* 0: any */
	const char *metrics_listen;    /* NULL: loopback */
};

enum peer_gone {
	PEER_GONE = 1, /* REPLY is due when all ranks are gone */
	PEER_LAST = 2, /* the same, and tells the newest generation */
};

enum server_metrics {
	METRICS_OFF,
	METRICS_MAY,  /* a job's wish, by its environment */
	METRICS_MUST, /* an option: else the coordinator does not start */
};

TAILQ_HEAD(peers, peer);
STAILQ_HEAD(doomed, peer);

struct peer {
	struct wire_conn c;
	TAILQ_ENTRY(peer) link;
	STAILQ_ENTRY(peer) doomed;
	uint32_t kind; /* enum wire_kind, 0 before HELLO */
	uint32_t rank;
	uint64_t origin; /* origin.h */
	int64_t since;
	int closing;   /* to be dropped by the main loop: peer_close */
	int writing;   /* epoll also watches for room to write */
	uint64_t wait; /* REPLY is due after this generation; 0: none */
	int gone;      /* enum peer_gone, once there is nothing in wait */
	int json;      /* REPLY in JSON */
	/* A gatherer (carrier.h): the peers of its channels, NULL: not open. */
	struct peer **channels;
	uint32_t n_channels;
	int unsent; /* something waits to be sent: it is in the list */
	TAILQ_ENTRY(peer) unsent_link;
	/* A rank that comes by one: has no descriptor, is in no list. */
	struct peer *carrier;
	uint32_t channel;
	int hung_up; /* the gatherer has said that the channel is closed */
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
	uint32_t gone;		  /* ranks that were connected, and are not */
	uint32_t restoring;	  /* connected ranks that are */
	uint32_t n_restarted;	  /* connected ranks that were, ... */
	uint64_t restarted;	  /* ... all of them from this generation */
	uint32_t waiting, alike;  /* in barriers; in the one of this name */
	char barrier[WIRE_NAME];
	int64_t since;
	struct job_rank *ranks;
	char key[WIRE_NAME];
	char mpi[WIRE_NAME];
	char program[WIRE_PATH];
	char id[WIRE_ID];	/* common/ckptdir.h */
	char passed[WIRE_NAME]; /* the last barrier that all ranks have */
	char notes[SERVER_NOTES][WIRE_TEXT];
	unsigned int n_notes;
	uint64_t said[SERVER_SAID]; /* hashes of reasons it was told of */
	unsigned int n_said;
	int killed;  /* a user has it end */
	int trouble; /* DIR/ended says what it ends by */
	/* Ranks that were lost with their gatherer have until then to come
	 * back; 0: there are none. */
	int64_t adrift;
};

struct server {
	struct server_options o;
	struct directory dir;
	char port_path[WIRE_PATH];	       /* absolute */
	char status_path[WIRE_PATH];	       /* the same */
	struct stat announced, status_written; /* the files written there */
	int64_t home_checked;
	int marked; /* DIR/job names this job */
	int gen;    /* the round's generation, open; or -1 */
	struct client_where where;
	int epoll, listener, signals;
	int64_t started;
	int64_t alone;		/* since when a job's last rank is gone */
	struct peers peers;	/* that have said HELLO, but for carried ones */
	struct peers silent;	/* that have not, the oldest first */
	struct peers unsent;	/* gatherers for which messages wait */
	struct doomed closing;	/* to be dropped */
	unsigned int strangers; /* how many are silent */
	unsigned int strangers_max;
	int netlink;	      /* origin.h */
	int spare;	      /* a descriptor for when there are none left */
	unsigned int full;    /* how often there were none */
	int64_t listen_again; /* no connection is taken until then; 0: now */
	int patient;	      /* or until half of the silent have spoken */
	struct job job;
	struct round round;
	struct report report;
	struct http http;
	uint64_t generation;	/* highest number ever used */
	uint64_t complete;	/* newest committed; 0: none */
	struct manifest last;	/* newest committed by us or found at start */
	char failed[WIRE_TEXT]; /* newest round that failed after it */
	uint64_t n_committed, n_failed; /* rounds of this process */
	int again;			/* a round is to follow this one */
	uint64_t last_wanted; /* the job ends with this generation, or a later
			       * one; 0: not */
	int timed;	      /* the round is one of -i: nobody waits for it */
	unsigned int obstacles; /* timer events in a row without a round */
	int64_t next_due;	/* -i; 0: not armed */
	int ended; /* the job, and we with it unless somebody is coming: ranks
		    * that gave up on us while we stood still are */
	int quit;
};

/* 0 or -errno with a sentence. */
int server_open(struct server *s, const struct server_options *o, char *err,
		size_t errlen);
int server_run(struct server *s); /* until quit */
void server_close(struct server *s);

#endif
