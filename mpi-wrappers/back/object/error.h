/* SPDX-License-Identifier: MIT */
/* error.h - codes with texts: native ones, and those the application adds */
#pragma once
#include <stdint.h>

#define ERROR_TEXTS 256

/* An error class or code of the application's, or a native text. */
struct error_text {
	int code, class; /* code 0: deleted */
	char *text;
};

struct error_texts {
	uint32_t next; /* slot of the next native text */
	struct error_text native[ERROR_TEXTS];
	int n_user, n_free; /* classes and codes added; of these deleted */
	struct error_text *user;
};

/* In keep memory, made at first use; NULL without memory. */
struct error_texts *error_texts(void);
/* 1: the application's class or code; its class, which may be NULL. */
int error_user(int code, int *class);
/* The same with objects_lock held; t may be NULL. NULL: it is none. */
struct error_text *user_find(const struct error_texts *t, int code);
/* The number the native library would have given it, or that of its class:
 * what a program that ends by it leaves as its exit status. */
int error_native(int code);
