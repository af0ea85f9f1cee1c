/* SPDX-License-Identifier: MIT */
/* file_table.h - the application's open files, while a checkpoint is taken */
#ifndef MANA_FILE_TABLE_H
#define MANA_FILE_TABLE_H

#include "file_info.h"
#include "inodes.h"

struct file_table {
	struct entries all;
	struct saved_file *at;
	size_t n;
	struct lock_list locks;
	struct inodes inodes;
	struct names names;
	char *pipes; /* what is in the pipes */
	size_t pipes_len;
};

/* 1 and the sentence when a descriptor cannot be saved; quick. */
int file_table_refuse(char *err, size_t len);
/*
 * Notes all of the application's open files, and maps the inodes into their
 * windows. 0, or -errno and a sentence; to be freed in any case.
 */
int file_table_save(struct file_table *t, char *err, size_t errlen);
void file_table_free(struct file_table *t);

#endif
