/* SPDX-License-Identifier: MIT */
/* client.h - find a coordinator, start one, and talk to it
 *
 * Linked into the lower half, mana_launch, mana_restart and mana_command.
 * Errors are -errno and one sentence in err ("what: why: what to do").
 */
#ifndef MANA_CLIENT_H
#define MANA_CLIENT_H

#include <stddef.h>
#include "../common/wire.h"

#define CLIENT_FILE	  "coordinator.json"
#define CLIENT_CONNECT_MS 5000	/* one try */
#define CLIENT_JOIN_MS	  10000 /* all tries to find one that answers */
/* How long to wait for the answer of a coordinator whose process is there, or
 * is being started: on a machine with more to do than processors it may need
 * seconds (docs/protocol.md). */
#define CLIENT_ALIVE_MS	 60000
#define CLIENT_ADDRESSES 16 /* of its host, at most */
#define CLIENT_ADDRESS	 46 /* one, as text: INET6_ADDRSTRLEN */

/* How a coordinator is reached. */
struct client_where {
	char host[WIRE_NAME];
	char secret[WIRE_SECRET];
	int port;
	int pid;	    /* on its own host; 0: not known */
	char on[WIRE_NAME]; /* that host's name */
	/* where it listens besides, if on more than the loopback */
	char address[CLIENT_ADDRESSES][CLIENT_ADDRESS];
	unsigned int n_addresses;
	int gatherer;	 /* the process that the connection leads by; 0: none */
	char apart[256]; /* why it does not, though it was to; "": */
};

struct client_options {
	const char *ckptdir;   /* NULL: $MANA_CKPTDIR, else "ckpt" */
	const char *port_file; /* NULL: $MANA_PORT_FILE, else in ckptdir */
	int start;	       /* 1: start one when there is none */
	unsigned int interval; /* s; 0: as the coordinator has it */
	int patience_ms;       /* for one that is there; 0: CLIENT_ALIVE_MS */
	/* for a coordinator that is started; 0: its defaults */
	unsigned int keep, target_s, stage_s;
	int kill_after_ckpt;
	int level;  /* -1: its default */
	int gather; /* 1: by this host's gatherer, if that can be (gather.h) */
};

/*
 * $MANA_COORD ("host:port") and $MANA_SECRET, else the rendezvous file. 0,
 * -ENOENT: none there (start one), or -errno.
 */
int client_find(const struct client_options *o, struct client_where *w,
		char *err, size_t errlen);

/* The coordinator's process: the letter of its state in proc(5), 'X' when it is
 * gone, 0 when it is on another host. */
char client_process_state(const struct client_where *w);
/* It is gone: whoever has the coordinator's port now is a stranger. */
int client_is_dead(const struct client_where *w);

/*
 * Connect within timeout, and have the other end prove within patience that it
 * is the coordinator. -ECONNREFUSED: nobody there (stale file). -EKEYREJECTED:
 * it does not know the secret, and has been told nothing. -EPROTONOSUPPORT,
 * -ETIMEDOUT ... c is open on success only.
 */
int client_connect(const struct client_where *w, int timeout_ms,
		   int patience_ms, struct wire_conn *c, char *err,
		   size_t errlen);

/* The part of that which follows connect(2): -errno, as above. */
int client_greet(struct wire_conn *c, const struct client_where *w, int ms);

/*
 * Say HELLO (fills in h->proof) and wait for the answer. 0; -EKEYREJECTED wrong
 * secret, -EBUSY another job, -EINVAL, -ETIMEDOUT ...
 */
int client_hello(struct wire_conn *c, const struct client_where *w,
		 struct wire_hello *h, struct wire_welcome *welcome,
		 int timeout_ms, char *err, size_t errlen);

/*
 * All of the above for a rank or a command: find, start if there is none and
 * o->start, connect, HELLO; again while a job that just ended is going away.
 * At most CLIENT_JOIN_MS, or CLIENT_ALIVE_MS with a coordinator whose process
 * is on this host, or which is being started. c is open on success only; w and
 * welcome may be NULL. A rank keeps w (or calls again) to reconnect.
 */
int client_join(const struct client_options *o, struct wire_hello *h,
		struct wire_conn *c, struct client_where *w,
		struct wire_welcome *welcome, char *err, size_t errlen);

/*
 * Fills buf with a key that the ranks of one mpirun (or srun step) have in
 * common, and that no other job has: from the launcher's environment, else from
 * the parent process. Returns buf.
 */
char *client_job_key(char *buf, size_t len);

/* Fills in kind, pid, host and job. The caller fills in rank, size and the
 * rest. */
void client_hello_init(struct wire_hello *h, enum wire_kind kind);

#endif
