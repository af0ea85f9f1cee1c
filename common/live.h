/* SPDX-License-Identifier: MIT */
/* live.h - one line of a terminal that tells how far something has come
 *
 * It is written over in place and erased at the end, so nothing scrolls. With
 * libc.
 */
#ifndef MANA_LIVE_H
#define MANA_LIVE_H

#include <stddef.h>
#include <stdint.h>

#define LIVE_MS	    250 /* between two looks */
#define LIVE_LINE   256 /* room for a line, its NUL included */
#define LIVE_NUMBER 24	/* and for a number with its unit */

/* A checkpoint or a restart on its way. */
struct live_progress {
	const char *what;    /* "checkpoint", "restart" */
	uint64_t generation; /* 0: not known */
	char phase[48];
	char waits[192]; /* "rank 3 (in MPI_Recv)", or "" */
	uint32_t ready, ranks;
	uint64_t done, total; /* bytes; total 0: not known */
	double seconds;	      /* of the phase */
};

/* 1: fd is a terminal on which a line can be written over. */
int live_is_terminal(int fd);
int live_columns(int fd);
/* Text is cut to the terminal's width; it has no control characters. */
void live_show(int fd, const char *text);
void live_erase(int fd);

/* "write: 2 of 4 ranks, 1.20 GB of 3.40 GB, 0.85 GB/s, 3 s left" in front of
 * which is what and which; cut to columns. Returns buf, of LIVE_LINE. */
char *live_format(const struct live_progress *p, int columns, char *buf);
/* "512 MB", "1.20 GB"; buf is of LIVE_NUMBER. Returns it. */
char *live_bytes(double bytes, char *buf);
/* "3 s", "4:05", "1:00:00"; the same. */
char *live_time(double seconds, char *buf);

#endif
