/* SPDX-License-Identifier: MIT */
/* trust.c - whose files are believed, and how they are opened */
#include <errno.h>
#include <stdio.h>
#include <fcntl.h>
#include <grp.h>
#include <pwd.h>
#include <stdlib.h>
#include <string.h>
#include <sys/xattr.h>
#include <unistd.h>
#include "trust.h"

#define CLOSE_IT "if it is as you left it, chmod go-w it"

static const char *added; /* as given */
static uid_t added_uid;

int trust_add(const char *user)
{
	const struct passwd *p = getpwnam(user);
	unsigned long n;
	char *end;

	if (p) {
		added_uid = p->pw_uid;
	} else {
		errno = 0;
		n = strtoul(user, &end, 10);
		if (*user < '0' || *user > '9' || *end || errno ||
		    n >= (uid_t)-1)
			return -ENOENT;
		added_uid = (uid_t)n;
	}
	added = user;
	return 0;
}

const char *trust_added(void)
{
	return added;
}

/* 1: the group has the owner's name, and nobody else is a member of it. */
static int own_group(uid_t owner, gid_t gid)
{
	const struct passwd *p = getpwuid(owner);
	const struct group *g = getgrgid(gid);
	size_t i;

	if (!p || !g || p->pw_gid != gid || strcmp(p->pw_name, g->gr_name))
		return 0;
	for (i = 0; g->gr_mem[i]; i++)
		if (strcmp(g->gr_mem[i], p->pw_name))
			return 0;
	return 1;
}

/* With an access control list, a group's bits are what the list may give to
 * anybody (acl(5)). */
static int has_list(int fd)
{
	return fd >= 0 && fgetxattr(fd, "system.posix_acl_access", NULL, 0) > 0;
}

int trust_check(int fd, const struct stat *st, const char *shown,
		struct reason *why)
{
	const struct passwd *p;
	char todo[128];

	if (added && st->st_uid == added_uid)
		return 0;
	if (st->st_uid != geteuid() && st->st_uid != 0) {
		p = getpwuid(st->st_uid);
		snprintf(todo, sizeof(todo),
			 "if you mean it, give --trust-owner %u", st->st_uid);
		return reason_set(why, -EPERM, todo,
				  "%s: belongs to another user (%s)", shown,
				  p ? p->pw_name : "?");
	}
	if (st->st_mode & S_IWOTH)
		return reason_set(why, -EPERM, CLOSE_IT,
				  "%s: everybody may write to it", shown);
	if (st->st_mode & S_IWGRP &&
	    (has_list(fd) || !own_group(st->st_uid, st->st_gid)))
		return reason_set(why, -EPERM, CLOSE_IT,
				  "%s: its group may write to it", shown);
	return 0;
}

static int is_link(int at, const char *name)
{
	struct stat st;

	return !fstatat(at, name, &st, AT_SYMLINK_NOFOLLOW) &&
	       S_ISLNK(st.st_mode);
}

/* Checks that what was opened is trusted and of the right kind. Takes fd over;
 * rc is what openat(2) said. */
static int opened(int fd, int at, const char *name, mode_t kind,
		  const char *shown, struct reason *why)
{
	const char *what = kind == S_IFDIR ? "directory" : "file";
	struct stat st;
	int rc = -errno;

	if (fd < 0) {
		if (is_link(at, name))
			return reason_set(why, -ELOOP, "",
					  "%s: a symbolic "
					  "link is not followed here",
					  shown);
		if (rc == -ENXIO) /* a FIFO that nobody reads, a socket */
			return reason_set(why, -EINVAL, "", "%s: not a %s",
					  shown, what);
		return reason_set(why, rc, "", "%s: %s", shown, strerror(-rc));
	}
	if (fstat(fd, &st))
		rc = reason_set(why, -errno, "", "%s: %s", shown,
				strerror(errno));
	else if ((st.st_mode & S_IFMT) != kind)
		rc = reason_set(why, -EINVAL, "", "%s: not a %s", shown, what);
	else
		rc = trust_check(fd, &st, shown, why);
	if (!rc)
		return fd;
	close(fd);
	return rc;
}

int trust_dir(int at, const char *name, const char *shown, struct reason *why)
{
	return opened(openat(at, name,
			     O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW),
		      at, name, S_IFDIR, shown, why);
}

int trust_file(int at, const char *name, int flags, const char *shown,
	       struct reason *why)
{
	return opened(
		openat(at, name,
		       flags | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY,
		       0600),
		at, name, S_IFREG, shown, why);
}

int trust_top(const char *path, struct reason *why)
{
	int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC), rc;
	struct stat st;

	if (fd < 0 || fstat(fd, &st)) {
		rc = reason_set(why, -errno, "", "%s: %s", path,
				strerror(errno));
	} else {
		/* Others can add entries, which are looked at one by one. */
		if (st.st_mode & S_ISVTX)
			st.st_mode &= ~(mode_t)(S_IWGRP | S_IWOTH);
		rc = trust_check(fd, &st, path, why);
	}
	if (!rc)
		return fd;
	if (fd >= 0)
		close(fd);
	return rc;
}
