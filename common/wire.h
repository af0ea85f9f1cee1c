/* SPDX-License-Identifier: MIT */
/* wire.h - what ranks, commands and the coordinator say to each other
 *
 * Frames over TCP: a 16-byte header and a payload whose length is a multiple
 * of 8, little endian (docs/protocol.md). A message is a C struct; wire.c holds
 * one table of its fields and packs, checks and unpacks by it. Nothing that
 * comes from the socket is believed: lengths, counts and strings are checked
 * and a malformed frame ends the connection with -EPROTO.
 *
 * A connection is used by one thread at a time. No globals.
 */
#ifndef MANA_WIRE_H
#define MANA_WIRE_H

#include <stddef.h>
#include <stdint.h>

#define WIRE_MAGIC     0x574e414dU /* "MANW" */
#define WIRE_VERSION   8
#define WIRE_LEN_HELLO (16U << 10) /* before WELCOME, and most messages */
#define WIRE_LEN_TEXT  (16U << 20) /* REPLY */
#define WIRE_LEN_CLOCK (64U << 20) /* CLOCK, TARGETS, STATE, PASSED */

#define WIRE_SECRET 33	 /* 32 hexadecimal digits and a NUL */
#define WIRE_NONCE  32	 /* random bytes of one end of a connection */
#define WIRE_PROOF  32	 /* handshake.h */
#define WIRE_ID	    33	 /* the same, of a job or a round */
#define WIRE_NAME   128	 /* names: host, job, barrier */
#define WIRE_PATH   4096 /* paths */
#define WIRE_TEXT   1024 /* sentences */

struct wire_header {
	uint32_t magic;
	uint16_t version;
	uint16_t type; /* enum wire_type */
	uint32_t len;  /* of the payload, a multiple of 8 */
	uint32_t seq;  /* 0, 1, 2 ... per connection and direction */
};

/* > coordinator to rank, < rank to coordinator, c command, g gatherer */
enum wire_type {
	WIRE_HELLO = 1,	     /* < c  answer to a GREETING */
	WIRE_WELCOME = 2,    /* >    answer to a HELLO */
	WIRE_REFUSED = 3,    /* >    answer to a HELLO; then the end */
	WIRE_CKPT_BEGIN = 4, /* >    a round begins: set pending=CLOCK */
	WIRE_CLOCK = 5,	     /* <    collective clocks at that moment */
	WIRE_TARGETS = 6,    /* >    merge (by max) into the targets */
	WIRE_STATE = 7,	     /* <    on every change after the first TARGETS */
	WIRE_STOP = 8,	     /* >    nobody is inside: stop all threads */
	WIRE_STOPPED = 9,    /* < */
	WIRE_DRAIN = 10,     /* >    all have stopped: drain messages */
	WIRE_DRAINED = 11,   /* < */
	WIRE_WRITE = 12,     /* >    all have drained: write the image */
	WIRE_PROGRESS = 13,  /* <    while writing, a few times a second */
	WIRE_WRITTEN = 14,   /* <    image is on disk, under its final name */
	WIRE_RESUME = 15,    /* >    round is over: run on */
	WIRE_CKPT_FAILED = 16,	/* <  at any stage: this rank cannot */
	WIRE_ABORT = 17,	/* >    at any stage: run on, no generation */
	WIRE_BARRIER = 18,	/* <    */
	WIRE_BARRIER_DONE = 19, /* > all ranks of the job sent BARRIER */
	WIRE_FINISHED = 20,	/* <    application called exit; may go on */
	WIRE_GOODBYE = 21,  /* <>   process ends in order, as it was told to */
	WIRE_KILL = 22,	    /* >    end the process with this code */
	WIRE_REQUEST = 23,  /* < c  what a user wants */
	WIRE_REPLY = 24,    /* c >  answer to a REQUEST */
	WIRE_NOTE = 25,	    /* <>   a sentence: for the log; for stderr */
	WIRE_PASSED = 26,   /* <    own targets it raised, before its STATE */
	WIRE_BEAT = 27,	    /* >    the round is still on: every few seconds */
	WIRE_SETTINGS = 28, /* >    after WELCOME to a rank, and on change */
	WIRE_CALL = 29,	    /* < c  first message */
	WIRE_GREETING = 30, /* >    answer to a CALL */
	WIRE_OF = 31,	    /* g    a channel's frame: struct wire_of */
	WIRE_OPENED = 32,   /* g <  in OF: a rank has come by this channel */
	WIRE_CLOSED = 33,   /* g    in OF: nothing more comes by it */
	WIRE_DOING = 34,    /* <    what MPI call it is in, when waited for */
	WIRE_TYPES
};

enum wire_kind { WIRE_RANK = 1, WIRE_COMMAND = 2, WIRE_GATHERER = 3 };

enum wire_hello_flags {
	WIRE_RESTARTED = 1, /* this process was made by mana_restart */
	WIRE_RECONNECT = 2, /* was connected before: coordinator died */
};

struct wire_call {
	uint8_t nonce[WIRE_NONCE];
};

struct wire_greeting {
	uint8_t nonce[WIRE_NONCE];
	uint8_t proof[WIRE_PROOF];
};

struct wire_hello {
	uint8_t proof[WIRE_PROOF]; /* of all that follows */
	uint32_t kind;		   /* enum wire_kind */
	uint32_t flags;		   /* enum wire_hello_flags */
	uint32_t rank, size;	   /* rank < size */
	uint32_t pid;
	uint32_t interval;   /* wanted, s; 0: as the coordinator has it */
	uint64_t generation; /* restarted from; 0: none */
	char id[WIRE_ID]; /* of the job (ckptdir.h), if it has one; else "" */
	char host[WIRE_NAME];
	char job[WIRE_NAME]; /* same on all ranks of one mpirun */
	char mpi[WIRE_NAME]; /* "MPICH 4.0.2", "none" */
	char program[WIRE_PATH];
};

struct wire_welcome {
	uint64_t generation; /* newest committed; 0: none */
	uint32_t interval;   /* seconds between checkpoints; 0: none */
	uint32_t keep;
	char id[WIRE_ID]; /* of the job; "" when there is none */
	char job[WIRE_NAME];
	char ckptdir[WIRE_PATH]; /* absolute */
};

/* With these a rank can start another coordinator like this one. */
struct wire_settings {
	uint32_t interval, keep; /* as in WELCOME */
	int32_t level;
	uint32_t target_s, stage_s; /* limits of a round */
	uint32_t last;		    /* 1: the job ends with its next one */
};

struct wire_refused {
	uint32_t code; /* EBUSY: another job runs here; EACCES: secret;
			  EPROTONOSUPPORT: version; EINVAL: rank or size */
	uint32_t reserved;
	char text[WIRE_TEXT];
};

struct wire_ckpt_begin {
	uint64_t generation;
	int32_t level;	     /* struct image_options */
	uint32_t flags;	     /* 0 */
	char round[WIRE_ID]; /* its mark (ckptdir.h) says the same */
	char dir[WIRE_PATH]; /* exists; image_name.h says where in it */
};

/*
 * A communicator's collective clock. members is its size: an identity that all
 * its members reported is sent to them only, any other one to everybody. A
 * rank keeps targets of identities it does not know (yet).
 */
struct wire_clock {
	uint64_t id[2];
	uint64_t seq; /* in TARGETS: run on up to and with this one */
	uint32_t members;
	uint32_t reserved;
};

/* CLOCK, TARGETS and PASSED. epoch counts TARGETS of a round from 1; else 0. */
struct wire_clocks {
	uint64_t generation; /* of CKPT_BEGIN: an aborted round's are dropped */
	uint32_t epoch;
	uint32_t n;
	const struct wire_clock *v; /* received: valid until the next receive */
};

/* All counts as of one moment; epoch is that of the newest TARGETS applied. */
struct wire_state {
	uint32_t epoch;
	uint32_t inside;   /* threads inside a native collective */
	uint32_t behind;   /* known clocks below their target */
	uint32_t parked;   /* threads waiting before a collective */
	uint64_t progress; /* sum of all clocks: any advance changes it */
	uint32_t reserved;
	uint32_t n;		    /* the clocks they are parked at; */
	const struct wire_clock *v; /* seq: the target that would let go */
};

struct wire_progress {
	uint64_t done, total; /* bytes of memory */
};

struct wire_written {
	/* struct image_result */
	uint64_t bytes, raw_bytes, digest, sync_us;
	char file[WIRE_NAME]; /* within the generation's directory */
};

struct wire_resume {
	uint64_t generation;
	uint32_t committed; /* 1 */
	uint32_t reserved;
};

/* CKPT_FAILED, ABORT, DOING, NOTE (generation 0): one sentence. */
struct wire_failed {
	uint64_t generation;
	char text[WIRE_TEXT];
};

struct wire_barrier { /* BARRIER, BARRIER_DONE */
	char name[WIRE_NAME];
};

struct wire_code { /* FINISHED, GOODBYE, KILL; > GOODBYE: 0 */
	int32_t code;
	uint32_t reserved;
};

enum wire_verb {
	VERB_CHECKPOINT = 1, /* wait=1: REPLY comes when it is over */
	VERB_STATUS = 2,     /* arg: enum wire_status */
	VERB_INTERVAL = 3,   /* arg seconds */
	VERB_KILL = 4,	     /* ask all ranks to exit; wait=1: they are gone */
	VERB_QUIT = 5,	     /* coordinator ends; ranks go on */
	VERB_PRUNE = 6,	     /* keep arg generations; REPLY: survey_prune() */
};

enum wire_request_flags { /* of VERB_CHECKPOINT */
			  REQUEST_JSON =
				  1, /* REPLY is JSON, if it is no error */
			  REQUEST_KILL =
				  2, /* once it is committed the job ends */
			  REQUEST_GONE = 4, /* and REPLY comes when all ranks
					       are gone */
};

enum wire_status { STATUS_TEXT = 0, STATUS_JSON = 1, STATUS_BRIEF = 2 };

struct wire_request {
	uint32_t verb; /* enum wire_verb */
	uint32_t wait;
	uint64_t arg;
	uint32_t flags; /* enum wire_request_flags */
	uint32_t reserved;
};

struct wire_reply {
	uint32_t code; /* 0, or 1: what was asked failed, text says why */
	uint32_t reserved;
	const char *text; /* received: valid until the next receive */
};

struct wire_stage { /* STOP STOPPED DRAIN DRAINED WRITE BEAT: the round */
	uint64_t generation;
	/* of messages, begun so far: STOPPED the rank's own, DRAIN the most */
	uint64_t exchanges;
};

/*
 * Between a gatherer and the coordinator: a frame of one of the ranks behind
 * it. Channels are numbered from 0. Each side says CLOSED once for each channel
 * that was OPENED; it may be opened again when both have.
 */
struct wire_of {
	uint32_t channel; /* or WIRE_ALL, from the coordinator */
	uint32_t type;	  /* of the frame: not OF */
	uint32_t len;	  /* of its payload; not sent: what is left */
	uint32_t reserved;
	const uint8_t *body; /* received: valid until the next receive */
};

#define WIRE_CHANNELS 4096	  /* of a gatherer, at most */
#define WIRE_ALL      0xffffffffU /* all channels that had a WELCOME */

struct wire_msg {
	uint32_t type; /* enum wire_type */
	uint32_t seq;
	uint32_t len;	     /* of the payload as it came: */
	const uint8_t *body; /* valid until the next receive */
	union {
		struct wire_call call;
		struct wire_greeting greeting;
		struct wire_hello hello;
		struct wire_welcome welcome;
		struct wire_settings settings;
		struct wire_refused refused;
		struct wire_ckpt_begin begin;
		struct wire_clocks clocks;
		struct wire_state state;
		struct wire_progress progress;
		struct wire_written written;
		struct wire_resume resume;
		struct wire_failed failed;
		struct wire_barrier barrier;
		struct wire_code code;
		struct wire_request request;
		struct wire_reply reply;
		struct wire_stage stage;
		struct wire_of of;
	} u;
};

struct wire_conn {
	int fd;
	uint32_t version; /* of what is sent; 0: ours */
	uint32_t tx_seq, rx_seq;
	uint32_t trusted; /* 0: only short messages are accepted */
	uint32_t greeted; /* handshake.h; and what both ends have said: */
	uint8_t call[WIRE_NONCE], greeting[WIRE_NONCE];
	uint8_t *in, *out;
	size_t in_pos, in_len, in_cap;
	size_t out_pos, out_len, out_cap;
};

/* Takes fd over and makes it nonblocking, close-on-exec. */
void wire_init(struct wire_conn *c, int fd);
/* A client's connection, which leads to its coordinator: long messages are
 * taken from now on, and there is room to send with. It stays: a rank that has
 * no memory for a checkpoint must be able to say so. 0 or -ENOMEM. */
int wire_trust(struct wire_conn *c);
/* Closes fd, frees the buffers; a closed one is fine. */
void wire_close(struct wire_conn *c);

/*
 * Send the message, all of it; msg is the struct of its type (NULL: zeros).
 * timeout in ms, -1: no limit. 0, -ETIMEDOUT (the connection is then useless),
 * -EINVAL (does not fit), -EPIPE and other -errno of send(2).
 */
int wire_send(struct wire_conn *c, enum wire_type type, const void *msg,
	      int timeout_ms);
/* The same into memory only; wire_flush sends. 0, -EINVAL or -ENOMEM. */
int wire_queue(struct wire_conn *c, enum wire_type type, const void *msg);
/* The same, as the frame of a channel; or a frame whose payload is ready. */
int wire_queue_of(struct wire_conn *c, uint32_t channel, enum wire_type type,
		  const void *msg);
int wire_queue_body(struct wire_conn *c, enum wire_type type,
		    const uint8_t *body, uint32_t len);
/* Sends what the socket takes. 0: all gone, 1: some left, -errno. */
int wire_flush(struct wire_conn *c);

/*
 * Receive one message. timeout in ms (0: look only, -1: no limit). 0,
 * -ETIMEDOUT, -ECONNRESET when the peer is gone, -EPROTO when it talks
 * nonsense, -EPROTONOSUPPORT when it is of another version.
 */
int wire_recv(struct wire_conn *c, struct wire_msg *m, int timeout_ms);
/* After -EPROTONOSUPPORT: what is sent is of the peer's version. REFUSED is the
 * same in all of them. */
void wire_speak_theirs(struct wire_conn *c);
/* Another message that has come with the last one; without a system call. As
 * wire_recv; -ETIMEDOUT: there is none. */
int wire_next(struct wire_conn *c, struct wire_msg *m);

const char *wire_name(uint32_t type); /* "HELLO", never NULL */

#endif
