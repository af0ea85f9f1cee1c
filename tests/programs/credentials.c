/* SPDX-License-Identifier: MIT */
/* credentials.c - a program that was root and has given up most of that stays
 * what it became, in all its threads, whoever restarts it */
/* test: ranks=1 mpi=none threads=2 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <linux/capability.h>
#include <linux/securebits.h>
#include <pthread.h>
#include <stdint.h>
#include <sys/fsuid.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include "check.h"

enum { USER = 4711, GROUP = 4712, SAVED = 4713 };

static const gid_t groups[] = { 5001, 5002, 5003 };
static const uint32_t kept = 1 << CAP_NET_BIND_SERVICE;
static volatile int asked, answered;

static void caps(struct __user_cap_data_struct d[2], int set)
{
	struct __user_cap_header_struct h = {
		.version = _LINUX_CAPABILITY_VERSION_3,
	};

	CHECK_EQ(syscall(set ? SYS_capset : SYS_capget, &h, d), 0);
}

static void become(void)
{
	struct __user_cap_data_struct d[2] = { { kept, kept, kept } };

	CHECK_EQ(prctl(PR_CAPBSET_DROP, CAP_SYS_MODULE), 0);
	CHECK_EQ(prctl(PR_SET_SECUREBITS, 1 << SECURE_KEEP_CAPS), 0);
	CHECK_EQ(setgroups(3, groups), 0);
	CHECK_EQ(setresgid(GROUP, GROUP, SAVED), 0);
	CHECK_EQ(setresuid(USER, USER, SAVED), 0);
	caps(d, 1);
	CHECK_EQ(prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE,
		       CAP_NET_BIND_SERVICE, 0, 0),
		 0);
	CHECK_EQ(prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0), 0);
}

static void check_who(void)
{
	struct __user_cap_data_struct d[2];
	uid_t r, e, s;
	gid_t g[10];

	CHECK_EQ(getresuid(&r, &e, &s), 0);
	CHECK(r == USER && e == USER && s == SAVED);
	CHECK_EQ(getresgid(&r, &e, &s), 0);
	CHECK(r == GROUP && e == GROUP && s == SAVED);
	CHECK_EQ(setfsuid((uid_t)-1), USER);
	CHECK_EQ(setfsgid((gid_t)-1), GROUP);
	CHECK_EQ(getgroups(10, g), 3);
	CHECK(!memcmp(g, groups, sizeof(groups)));
	caps(d, 0);
	CHECK_EQ(d[0].effective, kept);
	CHECK_EQ(d[0].permitted, kept);
	CHECK_EQ(d[0].inheritable, kept);
	CHECK_EQ(d[1].permitted, 0);
	CHECK_EQ(prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_IS_SET,
		       CAP_NET_BIND_SERVICE, 0, 0),
		 1);
	CHECK_EQ(prctl(PR_CAPBSET_READ, CAP_SYS_MODULE), 0);
	CHECK_EQ(prctl(PR_CAPBSET_READ, CAP_CHOWN), 1);
	CHECK_EQ(prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0), 1);
	CHECK_EQ(setresuid(0, 0, 0), -1);
	CHECK_EQ(errno, EPERM);
	CHECK_EQ(open("/etc/shadow", O_RDONLY), -1);
}

static void *work(void *arg)
{
	for (;;) {
		while (asked == answered)
			usleep(500);
		check_who();
		answered = asked;
	}
	return arg;
}

int main(int argc, char **argv)
{
	pthread_t t;

	check_args(argc, argv);
	if (geteuid() != 0) {
		fprintf(stderr, "only root can become somebody else\n");
		return 77;
	}
	become();
	CHECK_EQ(pthread_create(&t, NULL, work, NULL), 0);
	while (check_more()) {
		check_who();
		asked++;
		while (answered != asked)
			usleep(500);
	}
	return check_pass();
}
