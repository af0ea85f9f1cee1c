/* SPDX-License-Identifier: MIT */
/* names.h - strings of a section, one after the other */
#ifndef MANA_NAMES_H
#define MANA_NAMES_H

#include <stddef.h>
#include <stdint.h>

struct names {
	char *at;
	size_t n, cap;
};

/* Appends a string; returns where it begins, or -ENOMEM. */
int64_t names_add(struct names *s, const char *text);
/* 1: the section's strings all end, and one begins at off. */
int names_valid(const char *at, uint64_t len, uint64_t off);

#endif
