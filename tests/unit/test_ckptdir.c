/* SPDX-License-Identifier: MIT */
/* test_ckptdir.c - checkpoint directories: names, marks, whose they are, and
 * one that is moved away under its coordinator */
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/xattr.h>
#include <unistd.h>
#include <cmocka.h>
#include "../../common/ckptdir.h"
#include "../../common/generation.h"
#include "../../common/trust.h"
#include "../../coordinator/directory.h"
#include "scratch.h"

static struct reason why;

static void test_numbers(void **state)
{
	static const struct {
		const char *name;
		uint64_t n;
	} names[] = {
		{ "1", 1 },
		{ "10", 10 },
		{ "999999999999999", GENERATION_MAX },
		{ "", 0 },
		{ "0", 0 },
		{ "01", 0 },
		{ "1 ", 0 },
		{ " 1", 0 },
		{ "+1", 0 },
		{ "-1", 0 },
		{ "1.0", 0 },
		{ "0x1", 0 },
		{ "1000000000000000", 0 },
		{ "18446744073709551615", 0 },
		{ "18446744073709551617", 0 },
		{ "latest", 0 },
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(names) / sizeof(*names); i++)
		if (generation_number(names[i].name) != names[i].n)
			fail_msg("%s", names[i].name);
}

static void test_marks(void **state)
{
	struct job_mark m = { .program = "./app \xff" }, got;

	(void)state;
	assert_int_equal(job_id(m.id), 0);
	assert_int_equal(job_id(m.round), 0);
	assert_string_not_equal(m.id, m.round);
	assert_int_equal(job_mark_read(at, top, &got, &why), -ENOENT);
	assert_int_equal(job_mark_write(at, &m, 1), 0);
	assert_int_equal(job_mark_read(at, top, &got, &why), 0);
	assert_string_equal(got.id, m.id);
	assert_string_equal(got.round, m.round);
	assert_string_equal(got.program, "./app ?");
	run("echo '{\"id\": \"\"}' >job");
	assert_int_equal(job_mark_read(at, top, &got, &why), -EINVAL);
	run("rm job");
}

static void test_kinds(void **state)
{
	static const struct {
		const char *make;
		int as_file, as_dir;
	} kinds[] = {
		{ "touch x", 0, -ENOTDIR },
		{ "mkdir x", -EINVAL, 0 },
		{ "mkfifo x", -EINVAL, -ENOTDIR },
		{ "ln -s y x; touch y", -ELOOP, -ELOOP },
		{ "ln -s y x; mkdir y", -ELOOP, -ELOOP },
		{ "ln -s y x", -ELOOP, -ELOOP },
		{ "true", -ENOENT, -ENOENT },
	};
	char cmd[128];
	size_t i;
	int fd;

	(void)state;
	for (i = 0; i < sizeof(kinds) / sizeof(*kinds); i++) {
		run("rm -rf x y");
		snprintf(cmd, sizeof(cmd), "%s", kinds[i].make);
		run(cmd);
		fd = trust_file(at, "x", O_RDONLY, "x", &why);
		if ((fd < 0 ? fd : 0) != kinds[i].as_file)
			fail_msg("%s: as a file %d: %s", cmd, fd, why.what);
		if (fd >= 0)
			close(fd);
		fd = trust_dir(at, "x", "x", &why);
		if ((fd < 0 ? fd : 0) != kinds[i].as_dir)
			fail_msg("%s: as a directory %d: %s", cmd, fd,
				 why.what);
		if (fd >= 0)
			close(fd);
	}
	run("rm -rf x y");
	/* to write: nothing of it is made at the end of a link */
	run("ln -s y x");
	assert_int_equal(trust_file(at, "x", O_WRONLY | O_CREAT, "x", &why),
			 -ELOOP);
	assert_int_equal(faccessat(at, "y", F_OK, 0), -1);
	run("rm x; mkfifo x");
	assert_int_equal(trust_file(at, "x", O_WRONLY, "x", &why), -EINVAL);
	run("rm x");
}

/* What a group's bits say is what an access control list may give to others. */
static void test_list(void **state)
{
	static const struct {
		uint32_t version;
		struct {
			uint16_t tag, perm;
			uint32_t id;
		} entry[5];
	} acl = { 2,
		  { { 0x01, 6, -1U },
		    { 0x02, 6, 54321 },
		    { 0x04, 0, -1U },
		    { 0x10, 6, -1U },
		    { 0x20, 0, -1U } } };
	char path[128];
	int fd;

	(void)state;
	if (geteuid() || getegid()) /* a group of root's own */
		skip();
	run("rm -f x; touch x; chmod 660 x");
	fd = trust_file(at, "x", O_RDONLY, "x", &why);
	assert_true(fd >= 0);
	close(fd);
	snprintf(path, sizeof(path), "%s/x", top);
	if (setxattr(path, "system.posix_acl_access", &acl, sizeof(acl), 0))
		skip();
	assert_int_equal(trust_file(at, "x", O_RDONLY, "x", &why), -EPERM);
	run("rm x");
}

static void test_owners(void **state)
{
	struct stat st = { .st_uid = geteuid(),
			   .st_gid = getegid(),
			   .st_mode = S_IFREG | 0644 };

	(void)state;
	assert_int_equal(trust_check(-1, &st, "x", &why), 0);
	st.st_mode = S_IFREG | 0646;
	assert_int_equal(trust_check(-1, &st, "x", &why), -EPERM);
	st.st_mode = S_IFREG | 0664;
	st.st_gid = 12345;
	assert_int_equal(trust_check(-1, &st, "x", &why), -EPERM);
	st.st_mode = S_IFREG | 0600;
	assert_int_equal(trust_check(-1, &st, "x", &why), 0);
	st.st_uid = 0;
	assert_int_equal(trust_check(-1, &st, "x", &why), 0);
	st.st_uid = 54321;
	assert_int_equal(trust_check(-1, &st, "x", &why), -EPERM);
	assert_non_null(strstr(why.todo, "--trust-owner 54321"));
	assert_int_equal(trust_add("no such user"), -ENOENT);
	assert_int_equal(trust_add("-1"), -ENOENT);
	assert_int_equal(trust_add("4294967295"), -ENOENT);
	assert_int_equal(trust_add("54321"), 0);
	assert_int_equal(trust_check(-1, &st, "x", &why), 0);
	st.st_mode |= S_IWOTH; /* who is trusted may let others */
	assert_int_equal(trust_check(-1, &st, "x", &why), 0);
}

static void test_top(void **state)
{
	char path[128];
	int fd;

	(void)state;
	run("mkdir -m 755 d; ln -s d l; mkdir -m 777 open; mkdir -m 1777 tmp");
	snprintf(path, sizeof(path), "%s/l", top);
	fd = trust_top(path, &why);
	assert_true(fd >= 0);
	close(fd);
	snprintf(path, sizeof(path), "%s/open", top);
	assert_int_equal(trust_top(path, &why), -EPERM);
	snprintf(path, sizeof(path), "%s/tmp", top);
	fd = trust_top(path, &why);
	assert_true(fd >= 0);
	close(fd);
	run("rm -r d l open tmp");
}

static void expect_stale(const struct directory *d, const char *part)
{
	char err[WIRE_TEXT] = "";

	assert_int_equal(directory_check(d, err, sizeof(err)), -ESTALE);
	if (!strstr(err, part))
		fail_msg("no '%s' in '%s'", part, err);
}

static void test_directory(void **state)
{
	char path[128], err[WIRE_TEXT];
	struct directory d, other;

	(void)state;
	snprintf(path, sizeof(path), "%s/a/b", top);
	assert_int_equal(directory_open(&d, path, 0, err, sizeof(err)), 0);
	assert_int_equal(directory_check(&d, err, sizeof(err)), 0);
	assert_int_equal(directory_open(&other, path, 50, err, sizeof(err)),
			 -EBUSY);
	run("mv a/b a/c");
	expect_stale(&d, "moved away");
	run("mkdir a/b");
	expect_stale(&d, "moved away");
	assert_int_equal(directory_open(&other, path, 0, err, sizeof(err)), 0);
	directory_close(&other);
	run("rmdir a/b || rm -r a/b; mv a/c a/b");
	assert_int_equal(directory_check(&d, err, sizeof(err)), 0);
	run("rm a/b/.lock");
	expect_stale(&d, "removed");
	run("touch a/b/.lock");
	expect_stale(&d, "removed");
	directory_close(&d);
	run("rm -r a");
}

static int made(uint64_t n, const char *id)
{
	struct job_mark m = { .program = "p" };
	char err[WIRE_TEXT];

	snprintf(m.id, sizeof(m.id), "%s", id);
	return generation_make(at, top, n, &m, 2, err, sizeof(err));
}

/* Another job's generations are not touched, nor what is not known. */
static void test_prune(void **state)
{
	struct generations g;
	uint64_t n;

	(void)state;
	for (n = 1; n <= 8; n++)
		close(made(n, n % 2 ? "odd" : "even"));
	run("for n in 1 2 3 4 5 6 8; do touch $n/manifest.json; done");
	run("touch 1/rank-0.mana 1/rank-17.mana.tmp 1/job.tmp 3/mine");
	run("mkdir 9 10; ln -s / 11; touch 10/manifest.json");
	assert_int_equal(generation_scan(at, &g), 0);
	assert_int_equal(g.newest, 11);
	assert_int_equal(g.complete, 10);
	assert_int_equal(generation_prune(at, "odd", 1), 0);
	run("test ! -e 1 && test -e 3/mine && test ! -e 3/manifest.json && "
	    "test -e 5/manifest.json && test -e 7 && test -L 11");
	run("for n in 2 4 6 8; do test -e $n/manifest.json || exit 1; done");
	assert_int_equal(generation_remove(at, 2, "odd"), -EPERM);
	assert_int_equal(generation_remove(at, 2, "even"), 0);
	assert_int_equal(generation_remove(at, 2, "even"), 0);
	assert_int_equal(made(4, "odd"), -EEXIST);
	run("rm -r [0-9]*");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_numbers),	  cmocka_unit_test(test_marks),
		cmocka_unit_test(test_kinds),	  cmocka_unit_test(test_top),
		cmocka_unit_test(test_directory), cmocka_unit_test(test_prune),
		cmocka_unit_test(test_list),	  cmocka_unit_test(test_owners),
	};

	alarm(60);
	return cmocka_run_group_tests(tests, scratch_make, scratch_remove);
}
