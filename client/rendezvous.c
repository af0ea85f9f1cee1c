/* SPDX-License-Identifier: MIT */
/* rendezvous.c - the file that tells where a coordinator is, and the locks
 *
 * Open-file-description locks: they work over NFS, and die with the process.
 */
#define _GNU_SOURCE 1
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include "../common/jfile.h"
#include "../common/trust.h"
#include "rendezvous.h"

#define ANOTHER	   "name another with --port-file"
#define FILE_BYTES (64 << 10)

/* Where else it may be reached: whoever has written none listens on what its
 * host's name means, and what is no address leads nowhere. */
static void parse_addresses(const json_t *j, struct client_where *w)
{
	const json_t *list = json_object_get(j, "addresses"), *item;
	const char *text;
	size_t i;

	json_array_foreach(list, i, item)
	{
		text = json_string_value(item);
		if (!text || strlen(text) >= CLIENT_ADDRESS ||
		    w->n_addresses == CLIENT_ADDRESSES)
			continue;
		memcpy(w->address[w->n_addresses++], text, strlen(text) + 1);
	}
}

static int parse(const json_t *j, struct client_where *w)
{
	json_int_t port = json_integer_value(json_object_get(j, "port"));
	json_int_t pid = json_integer_value(json_object_get(j, "pid"));

	if (jfile_string(j, "host", w->host, sizeof(w->host)) ||
	    jfile_string(j, "secret", w->secret, sizeof(w->secret)) ||
	    jfile_string(j, "on", w->on, sizeof(w->on)) || port < 1 ||
	    port > 65535 || pid < 0 || pid > INT_MAX)
		return -EINVAL;
	w->port = (int)port;
	w->pid = (int)pid;
	parse_addresses(j, w);
	return 0;
}

int rendezvous_read(int at, const char *name, const char *shown,
		    struct client_where *w, char *err, size_t errlen)
{
	struct reason why = { 0 };
	json_t *j;
	int rc;

	memset(w, 0, sizeof(*w));
	/* A file that somebody else could have written might lead to their
	 * server, so it must be trusted. */
	rc = jfile_load(&j, at, name, FILE_BYTES, shown, &why);
	if (!rc)
		rc = parse(j, w);
	json_decref(j);
	if (rc == -EINVAL)
		reason_set(&why, rc, "remove it, or " ANOTHER,
			   "%s: damaged, or not a coordinator's", shown);
	if (rc == -EACCES)
		reason_todo(&why, rc, "choose another --ckptdir");
	if (rc && rc != -ENOENT)
		reason_todo(&why, rc, "remove it, or " ANOTHER);
	if (rc)
		reason_text(&why, err, errlen);
	return rc;
}

/* What is there may be replaced if it is nothing, an empty file, or a
 * coordinator's file. */
static int may_replace(int at, const char *name, const char *shown, char *err,
		       size_t errlen)
{
	struct client_where old;
	struct stat st;

	if (fstatat(at, name, &st, AT_SYMLINK_NOFOLLOW) ||
	    (S_ISREG(st.st_mode) && !st.st_size))
		return 0;
	if (S_ISREG(st.st_mode))
		return rendezvous_read(at, name, shown, &old, err, errlen);
	snprintf(err, errlen, "%s: not a file: " ANOTHER, shown);
	return -EEXIST;
}

static json_t *pack_addresses(const struct client_where *w)
{
	json_t *list = json_array();
	unsigned int i;

	for (i = 0; i < w->n_addresses; i++)
		json_array_append_new(list, json_string(w->address[i]));
	return list;
}

int rendezvous_write(int at, const char *name, const char *shown,
		     const struct client_where *w, char *err, size_t errlen)
{
	json_t *j;
	int rc = may_replace(at, name, shown, err, errlen);

	if (rc)
		return rc;
	j = json_pack("{s:i, s:s, s:o, s:i, s:s, s:i, s:s}", "version",
		      WIRE_VERSION, "host", w->host, "addresses",
		      pack_addresses(w), "port", w->port, "secret", w->secret,
		      "pid", w->pid, "on", w->on);
	rc = j ? jfile_save(j, at, name, 1) : -ENOMEM;
	if (rc)
		snprintf(err, errlen, "cannot write %s: %s: " ANOTHER, shown,
			 strerror(-rc));
	json_decref(j);
	return rc;
}

/* Only the user may write to it, whatever the umask is: see common/trust.h. */
static int make_dir(const char *path, mode_t mode)
{
	struct stat st;

	if (stat(path, &st) == 0)
		return S_ISDIR(st.st_mode) ? 0 : -ENOTDIR;
	return mkdir(path, mode) && errno != EEXIST ? -errno : 0;
}

/* Those above it are as others' are; it itself is for its owner alone. */
static int make_dirs(const char *dir)
{
	char path[WIRE_PATH], *p;
	size_t len;
	int rc = 0;

	len = (size_t)snprintf(path, sizeof(path), "%s", dir);
	while (len < sizeof(path) && len > 1 && path[len - 1] == '/')
		path[--len] = 0;
	for (p = path + 1; path[0] && !rc && *p; p++) {
		if (*p != '/')
			continue;
		*p = 0;
		rc = make_dir(path, 0755);
		*p = '/';
	}
	return rc ? rc : make_dir(path, 0700);
}

int rendezvous_dir(const char *dir, char *err, size_t errlen)
{
	struct reason why = { 0 };
	int rc = make_dirs(dir);

	if (!rc && access(dir, W_OK | X_OK))
		rc = -errno;
	if (rc)
		reason_set(&why, rc, "", "%s: %s", dir, strerror(-rc));
	else
		rc = trust_top(dir, &why);
	if (rc >= 0)
		return rc;
	reason_todo(&why, rc, "choose another with --ckptdir");
	snprintf(err, errlen, "checkpoint directory ");
	if (errlen > strlen(err))
		reason_text(&why, err + strlen(err), errlen - strlen(err));
	return rc;
}

int rendezvous_lock(int dir, const char *shown, enum rendezvous_lock which,
		    char *err, size_t errlen)
{
	struct flock l = { .l_type = F_WRLCK,
			   .l_whence = SEEK_SET,
			   .l_start = which,
			   .l_len = 1 };
	char path[WIRE_PATH + 16];
	struct reason why = { 0 };
	int fd, rc;

	snprintf(path, sizeof(path), "%s/" LOCK_FILE, shown);
	fd = trust_file(dir, LOCK_FILE, O_RDWR | O_CREAT, path, &why);
	if (fd >= 0 && fcntl(fd, F_OFD_SETLK, &l) == 0)
		return fd;
	rc = fd < 0 ? fd : errno == EACCES ? -EAGAIN : -errno;
	if (fd >= 0) {
		reason_set(&why, rc, "", "%s: %s", path, strerror(-rc));
		close(fd);
	}
	reason_todo(&why, rc, "choose another --ckptdir");
	if (rc != -EAGAIN) {
		snprintf(err, errlen, "cannot lock ");
		reason_text(&why, err + strlen(err), errlen - strlen(err));
	}
	return rc;
}
