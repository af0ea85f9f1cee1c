/* SPDX-License-Identifier: MIT */
/* creds.c - who a thread is to the kernel: ids, groups, capabilities
 *
 * Freestanding: each thread of a restored process does this for itself.
 */
#include <linux/capability.h>
#include <linux/prctl.h>
#include <linux/securebits.h>
#include "../common/arch/x86_64/syscall.h"
#include "creds.h"

#define CAPS 64

static long prctl2(long option, long a)
{
	return raw_syscall5(SYS_prctl, option, a, 0, 0, 0);
}

static long caps_set(uint64_t inheritable, uint64_t permitted,
		     uint64_t effective)
{
	struct __user_cap_header_struct h = {
		.version = _LINUX_CAPABILITY_VERSION_3,
	};
	struct __user_cap_data_struct d[2];
	int i;

	for (i = 0; i < 2; i++) {
		d[i].inheritable = (uint32_t)(inheritable >> 32 * i);
		d[i].permitted = (uint32_t)(permitted >> 32 * i);
		d[i].effective = (uint32_t)(effective >> 32 * i);
	}
	return raw_syscall2(SYS_capset, (long)&h, (long)d);
}

static uint64_t caps_permitted(void)
{
	struct __user_cap_header_struct h = {
		.version = _LINUX_CAPABILITY_VERSION_3,
	};
	struct __user_cap_data_struct d[2] = { 0 };

	raw_syscall2(SYS_capget, (long)&h, (long)d);
	return d[0].permitted | (uint64_t)d[1].permitted << 32;
}

static long bounding_drop(uint64_t keep)
{
	long rc = 0;
	int i;

	for (i = 0; i < CAPS && !rc; i++)
		if (!(keep >> i & 1) && prctl2(PR_CAPBSET_READ, i) == 1)
			rc = prctl2(PR_CAPBSET_DROP, i);
	return rc;
}

/* The capabilities are kept when the ids are no longer root's, and are set
 * afterwards. */
static long ids_set(const struct creds *c)
{
	const uint32_t *u = c->uid, *g = c->gid;
	uint64_t have = caps_permitted();
	long rc = prctl2(PR_SET_KEEPCAPS, 1);

	if (!rc)
		rc = raw_syscall3(SYS_setresgid, g[0], g[1], g[2]);
	if (!rc)
		rc = raw_syscall3(SYS_setresuid, u[0], u[1], u[2]);
	if (rc < 0)
		return rc;
	raw_syscall1(SYS_setfsgid, g[3]);
	raw_syscall1(SYS_setfsuid, u[3]);
	return caps_set(0, have, have);
}

static long ambient_set(uint64_t set)
{
	long rc = raw_syscall5(SYS_prctl, PR_CAP_AMBIENT,
			       PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0);
	int i;

	for (i = 0; i < CAPS && rc >= 0; i++)
		if (set >> i & 1)
			rc = raw_syscall5(SYS_prctl, PR_CAP_AMBIENT,
					  PR_CAP_AMBIENT_RAISE, i, 0, 0);
	return rc;
}

int creds_become(const struct creds *c)
{
	uint64_t have;
	long rc = 0;

	if (c->apply & CREDS_BOUNDING)
		rc = bounding_drop(c->bounding);
	if (rc >= 0 && c->apply & CREDS_GROUPS)
		rc = raw_syscall2(SYS_setgroups, c->n_groups, (long)c->groups);
	if (rc >= 0 && c->apply & CREDS_IDS)
		rc = ids_set(c);
	if (rc >= 0 && c->apply & (CREDS_SECUREBITS | CREDS_IDS))
		rc = prctl2(PR_SET_SECUREBITS, c->securebits);
	if (rc == -1 /* EPERM: they are 0, but for the one set above */)
		rc = prctl2(PR_SET_KEEPCAPS,
			    !!(c->securebits & (1 << SECURE_KEEP_CAPS)));
	if (rc >= 0 && c->apply & CREDS_CAPS) {
		have = caps_permitted();
		rc = caps_set(c->inheritable, c->permitted & have,
			      c->effective & have);
		if (!rc)
			rc = ambient_set(c->ambient & have);
	}
	if (rc >= 0 && c->apply & CREDS_NO_NEW_PRIVS)
		rc = prctl2(PR_SET_NO_NEW_PRIVS, 1);
	return (int)rc;
}
