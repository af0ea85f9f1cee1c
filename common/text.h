/* SPDX-License-Identifier: MIT */
/* text.h - text from outside, before it comes to a terminal or a log
 *
 * Names, paths and sentences are others' to choose: of programs, hosts, files,
 * other processes. On a terminal an escape sequence in one of them would move
 * the cursor, hide a line or type an answer.
 */
#ifndef MANA_TEXT_H
#define MANA_TEXT_H

#include <stddef.h>

/*
 * Each control character, the 8-bit ones (U+0080 to U+009F) too, and each byte
 * that is not UTF-8 becomes a '?': what is left is one line. Returns s.
 */
char *text_clean(char *s);
/* The same, but ends of lines and tabs stay. */
char *text_clean_lines(char *s);
/* A clean copy of at most len - 1 bytes. Returns to. */
char *text_copy(char *to, size_t len, const char *from);

#endif
