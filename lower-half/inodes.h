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
	int fd;			     /* to read it by; -1: only mapped */
	int opened;		     /* that is ours to close */
	uint64_t window, window_len; /* 0: it has none */
	uint64_t window_from;	     /* what of the file is there */
};

struct inodes {
	struct inode *at;
	size_t n, cap;
	uint64_t next; /* window */
};

/*
 * The inode that e leads to, with this name; locked: the program has a lock on
 * that file. Entries of one file come one after the other. Its number, or
 * -errno with a sentence.
 */
int64_t inodes_add(struct inodes *o, const struct entries *all,
		   const struct entry *e, const char *name, int locked,
		   struct names *names, char *err, size_t errlen);
/* All have been added: what they are called in /proc/self/maps. 0 or -errno. */
int inodes_identify(struct inodes *o, struct names *names);
/* One that a shared mapping of a file without a name leads to, by what maps
 * says of it; made when it is new. NULL: no memory. */
struct inode *inodes_mapped(struct inodes *o, const char *dev,
			    unsigned long ino, const char *name,
			    struct names *names);
/* One with a name, which a writable shared mapping leads to: whose it is,
 * and by what its holes can be found (x->data_fd). 0 or -errno. */
int inodes_named(struct inodes *o, const struct entries *all,
		 const struct map_line *m, struct image_region *x,
		 struct names *names);
/* Files that are longer than what is mapped of them, and of which there is no
 * descriptor, have windows for the rest. 0 or -errno. */
int inodes_extend(struct inodes *o, const struct regions *r,
		  const struct names *names);
/* Append the windows. 0 or -errno. */
int inodes_regions(const struct inodes *o, const struct names *names,
		   struct regions *r);
void inodes_free(struct inodes *o);

/* Between inodes.c and inode_maps.c */

#define PAGE 4096UL

static inline uint64_t page_up(uint64_t v)
{
	return (v + PAGE - 1) & ~(PAGE - 1);
}

/* One at the end of the list, which does not count it yet. NULL: no memory. */
struct inode *inode_new(struct inodes *o);
void inode_stat(struct inode *x, const struct stat *st);
/* Its last name, without what the kernel appends, and its key. -ENOMEM. */
int64_t inode_name(struct names *names, const char *name);
int inode_key(struct inode *x, struct names *names);
/* A descriptor of the program's that can read this file; none: one of these. */
#define NOT_OPEN     (-1)
#define NOT_READABLE (-2) /* it has others */
int inode_reader(const struct entries *all, uint64_t dev, uint64_t ino);
/* An address range of that many bytes to map into; 0: none. */
uint64_t inode_window(struct inodes *o, uint64_t len);

#endif
