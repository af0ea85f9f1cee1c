/* SPDX-License-Identifier: MIT */
/* files.h - the application's open files: what an image holds of them
 *
 * Written by file_table.c, file_kind.c, inodes.c and pipes.c, read by restart/.
 */
#ifndef MANA_FILES_H
#define MANA_FILES_H

#include <stddef.h>
#include <stdint.h>
#include "../image/image.h"

#define FD_SECTION    "fds"    /* struct saved_file[], by number */
#define LOCK_SECTION  "locks"  /* struct saved_lock[] */
#define INODE_SECTION "inodes" /* struct saved_inode[] */
#define PIPE_SECTION  "pipes"  /* struct pipe_piece[], pipe by pipe */
#define NAME_SECTION  "names"  /* NUL-terminated strings */

enum file_kind {
	FILE_STD = 1,  /* one of the launcher's stdin, stdout, stderr */
	FILE_LAUNCHER, /* another file that the launcher gave us */
	FILE_STREAM,   /* the launcher's terminal or pipe, opened again */
	FILE_REGULAR,
	FILE_DEVICE, /* /dev/null and its like, a disk: opened again */
	FILE_DIRECTORY,
	FILE_GONE_DIR, /* a directory that was removed */
	FILE_PATH,     /* O_PATH: just a place */
	FILE_INODE,    /* a file without a name: inodes.h */
	FILE_PIPE,     /* both ends are ours, or the other is closed */
	FILE_FIFO,     /* a pipe with a name: both ends are ours */
	FILE_EVENT,    /* eventfd; size: its count */
};

/* The beginning of names that at a restart lead to the process's own directory
 * in /proc. */
#define OWN_PROC "/proc/self/"
#define OWN_TASK "/proc/self/task/main/"

struct saved_file {
	int32_t fd;
	int32_t kind;	 /* enum file_kind */
	int32_t same_as; /* shares its open file with that lower fd; -1 */
	int32_t std;	 /* STD, STREAM: 0, 1 or 2; EVENT: its flags */
	uint32_t flags;	 /* fcntl F_GETFL */
	uint32_t cloexec;
	uint32_t name;	    /* in NAME_SECTION */
	uint32_t inode;	    /* INODE: its place in INODE_SECTION */
	uint64_t offset;    /* PIPE, FIFO: of its contents in PIPE_SECTION */
	uint64_t size;	    /* STD: the flags that the program has changed */
	uint64_t pipe;	    /* PIPE, FIFO: which one; others: 0 */
	uint32_t pipe_size; /* what it can hold */
	uint32_t inherited; /* 1: the launcher opened it */
	int32_t signal;	    /* fcntl F_GETSIG */
	int32_t owner_kind; /* enum file_owner */
	int32_t owner;	    /* OWNER_THREAD: as the program knows it */
	uint32_t uid;	    /* whose file it is */
};

/* To whom a signal goes when a file can be read or its lease is wanted:
 * F_GETOWN_EX. */
enum file_owner {
	OWNER_NONE,
	OWNER_PROCESS, /* this one */
	OWNER_GROUP,   /* its process group */
	OWNER_THREAD,
};

/* A piece of what is in a pipe: one write, if the pipe keeps writes apart
 * (O_DIRECT), else any part. Pieces begin at multiples of 4. */
struct pipe_piece {
	uint32_t len;
	char data[];
};

enum lock_kind { LOCK_POSIX = 1, LOCK_OFD, LOCK_FLOCK, LOCK_LEASE };

struct saved_lock {
	int32_t fd;
	int32_t kind; /* enum lock_kind */
	int32_t type; /* F_RDLCK or F_WRLCK */
	int32_t zero;
	uint64_t start, len; /* len 0: to the end, wherever that is */
};

enum inode_kind {
	INODE_FILE = 1, /* on a disk: made again where it was */
	INODE_SHMEM,	/* in memory: a memfd */
	INODE_PRIVATE,	/* the same, and no other rank can have it */
	INODE_NAMED,	/* it has a name, which is its key, and is mapped */
};

/*
 * A file without a name that descriptors or shared mappings still lead to; or
 * one with a name that is mapped, and would be made again if it were gone.
 * Whatever leads to it names it by its key, in all ranks of a host: at a
 * restart it is one file again.
 */
struct saved_inode {
	uint32_t kind; /* enum inode_kind */
	uint32_t key;  /* in NAME_SECTION: host, device, inode */
	uint32_t name; /* in NAME_SECTION: what it was last called */
	uint32_t mode, uid, gid;
	uint32_t seals;
	uint32_t linkable; /* 1: from O_TMPFILE: may get a name yet */
	uint64_t size;
};

#endif
