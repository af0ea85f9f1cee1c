/* SPDX-License-Identifier: MIT */
/* test_text.c - what is left of text from outside, and numbers of options */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>
#include "../../common/option.h"
#include "../../common/text.h"

static const struct {
	const char *in, *out;
} lines[] = {
	{ "", "" },
	{ "plain ~", "plain ~" },
	{ "a\033[2Jb", "a?[2Jb" },
	{ "tab\there\nthere\r", "tab?here?there?" },
	{ "del\177", "del?" },
	{ "\xc3\xa4\xe2\x82\xac\xf0\x9f\x8c\x8d", "\xc3\xa4\xe2\x82\xac\xf0\x9f"
						  "\x8c\x8d" },
	{ "\xc2\x9b"
	  "31m",
	  "??31m" }, /* CSI, 8 bits */
	{ "\x9b"
	  "31m",
	  "?31m" },		    /* the same without UTF-8 */
	{ "\xc2\xa0", "\xc2\xa0" }, /* the first that is none */
	{ "\xc0\x9b"
	  "x",
	  "??x" }, /* overlong */
	{ "\xe0\x80\x9b"
	  "x",
	  "???x" }, /* overlong */
	{ "\xf0\x80\x80\x9b"
	  "x",
	  "????x" },
	{ "\xed\xa0\x80"
	  "x",
	  "???x" }, /* a surrogate */
	{ "\xf4\x90\x80\x80"
	  "x",
	  "????x" }, /* beyond Unicode */
	{ "cut \xe2\x82", "cut ??" },
	{ "cut \xf0", "cut ?" },
};

static void test_clean(void **state)
{
	char buf[64];
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(lines) / sizeof(*lines); i++)
		assert_string_equal(text_copy(buf, sizeof(buf), lines[i].in),
				    lines[i].out);
	strcpy(buf, "two\n\tlines\033\n");
	assert_string_equal(text_clean_lines(buf), "two\n\tlines?\n");
}

/* No byte sequence at all leaves a control character. */
static void test_all_pairs(void **state)
{
	unsigned int a, b;
	char buf[8];

	(void)state;
	for (a = 1; a < 256; a++) {
		for (b = 1; b < 256; b++) {
			unsigned char *p = (unsigned char *)buf;

			p[0] = (unsigned char)a;
			p[1] = (unsigned char)b;
			p[2] = 0;
			text_clean(buf);
			assert_true(p[0] >= 32 && p[1] >= 32 && p[0] != 127 &&
				    p[1] != 127);
			if (p[0] & 0x80)
				assert_true(p[0] > 0xc2 || p[1] >= 0xa0);
		}
	}
}

/* A character that a copy cuts is none any more. */
static void test_cut(void **state)
{
	char buf[4];

	(void)state;
	assert_string_equal(text_copy(buf, sizeof(buf), "ab\xc3\xa4"), "ab?");
}

static void test_numbers(void **state)
{
	static const char *const bad[] = { "",
					   "-3",
					   "+3",
					   " 3",
					   "3 ",
					   "3s",
					   "0x10",
					   "x",
					   "10",
					   "1e3",
					   "99999999999999999999" };
	char why[OPTION_TEXT];
	size_t i;
	long n;

	(void)state;
	assert_int_equal(option_number("-k", "3", 0, 9, &n, why, sizeof(why)),
			 0);
	assert_int_equal(n, 3);
	for (i = 0; i < sizeof(bad) / sizeof(*bad); i++)
		assert_int_equal(
			option_number("-k", bad[i], 0, 9, &n, why, sizeof(why)),
			-ERANGE);
	option_number("-k", "-3", 0, 9, &n, why, sizeof(why));
	assert_string_equal(why, "-k: '-3': not in 0..9");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_clean),
		cmocka_unit_test(test_all_pairs),
		cmocka_unit_test(test_cut),
		cmocka_unit_test(test_numbers),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
