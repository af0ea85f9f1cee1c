/* SPDX-License-Identifier: MIT */
/* inodes.h - files without a name: one each, however many lead there
 *
 * Contents travel as pages of the image: while it is written, and while it is
 * read, the file is mapped into a window, an address range that neither half
 * uses, and its regions say REGION_CONTENTS. So they are found (holes are left
 * out), packed and checked as memory is, in bounded buffers. Where no
 * descriptor leads to a file, its mappings are all there is of it.
 */
#ifndef MANA_INODES_H
#define MANA_INODES_H

#include <sys/stat.h>
#include "../common/page.h"
#include "file_kind.h"
#include "map_line.h"
#include "names.h"
#include "regions.h"

#define WINDOW_BASE 0x300000000000UL
#define WINDOW_END  0x500000000000UL

struct inode {
	struct saved_inode saved;
	uint64_t dev, ino; /* as fstat says */
	char map_dev[16];  /* as /proc/self/maps says */
	unsigned long map_ino;
	int fd;	    /* by which it is read; -1: it is only mapped */
	int opened; /* 1: we opened fd, and close it */
	uint64_t window, window_len; /* 0: it has none */
	uint64_t window_from;	     /* the window's offset in the file */
};

struct inodes {
	struct inode *at;
	size_t n, cap;
	uint64_t next; /* window */
};

/*
 * Adds the inode that e leads to, with this name, unless it is there. locked:
 * the program has a lock on the file. Entries of one file come one after the
 * other. Returns the inode's number, or -errno with a sentence.
 */
int64_t inodes_add(struct inodes *o, const struct entries *all,
		   const struct entry *e, const char *name, int locked,
		   struct names *names, char *err, size_t errlen);
/* All have been added: find out what they are called in /proc/self/maps. 0 or
 * -errno. */
int inodes_identify(struct inodes *o, struct names *names);
/* The inode that a shared mapping of a file without a name leads to, by what
 * maps says of it; made when it is new. NULL: no memory. */
struct inode *inodes_mapped(struct inodes *o, const char *dev,
			    unsigned long ino, const char *name,
			    struct names *names);
/* The same for a file with a name, mapped shared and writable: x->data_fd gets
 * the descriptor by which its holes can be found. 0 or -errno. */
int inodes_named(struct inodes *o, const struct entries *all,
		 const struct map_line *m, struct image_region *x,
		 struct names *names);
/* Files without a descriptor that are longer than what is mapped of them get
 * windows for the rest. 0 or -errno. */
int inodes_extend(struct inodes *o, const struct regions *r,
		  const struct names *names);
/* Appends the windows to the regions. 0 or -errno. */
int inodes_regions(const struct inodes *o, const struct names *names,
		   struct regions *r);
void inodes_free(struct inodes *o);

/* Between inodes.c and inode_maps.c */

/* A zeroed inode at the end of the list, which does not count it yet. NULL: no
 * memory. */
struct inode *inode_new(struct inodes *o);
void inode_stat(struct inode *x, const struct stat *st);
/* Keeps a file's last name, without what the kernel appends, and its key.
 * -ENOMEM. */
int64_t inode_name(struct names *names, const char *name);
int inode_key(struct inode *x, struct names *names);
/* A descriptor of the program's by which this file can be read, or one of
 * these. */
#define NOT_OPEN     (-1)
#define NOT_READABLE (-2) /* there are descriptors, but none can read */
int inode_reader(const struct entries *all, uint64_t dev, uint64_t ino);
/* An address range of that many bytes to map into; 0: none. */
uint64_t inode_window(struct inodes *o, uint64_t len);

#endif
