/* SPDX-License-Identifier: MIT */
/* decimal.h - numbers as text, without a libc
 *
 * Freestanding: for code under the upper FS, which cannot call snprintf.
 */
#ifndef MANA_DECIMAL_H
#define MANA_DECIMAL_H

#define DECIMAL_ROOM 11 /* the digits of an int, and a NUL */

/* The digits of n, which is not negative, without a NUL behind them. Returns
 * their end. */
static inline char *decimal_put(char *to, int n)
{
	char digits[DECIMAL_ROOM];
	int i = 0;

	do
		digits[i++] = (char)('0' + n % 10);
	while (n /= 10);
	while (i)
		*to++ = digits[--i];
	return to;
}

#endif
