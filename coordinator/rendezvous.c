/* SPDX-License-Identifier: MIT */
/* rendezvous.c - the file that tells where a coordinator is, and the locks
 *
 * Open-file-description locks: they work over NFS, and die with the process.
 */
#define _GNU_SOURCE 1
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>
#include "jfile.h"
#include "rendezvous.h"

#define ANOTHER "name another with --port-file"

int rendezvous_secret(char out[WIRE_SECRET])
{
	unsigned char raw[(WIRE_SECRET - 1) / 2];
	size_t i;

	if (getrandom(raw, sizeof(raw), 0) != sizeof(raw))
		return -EIO;
	for (i = 0; i < sizeof(raw); i++)
		sprintf(out + 2 * i, "%02x", raw[i]);
	return 0;
}

/* A file somebody else could have written would lead us to their server. */
static int check_owner(int fd, const char *path, char *err, size_t errlen)
{
	struct stat st;

	if (fstat(fd, &st))
		return -errno;
	if ((st.st_uid == geteuid() || st.st_uid == 0) &&
	    !(st.st_mode & 022))
		return 0;
	snprintf(err, errlen, "%s: others may write it: remove it, or " ANOTHER,
		 path);
	return -EPERM;
}

static int parse(const json_t *j, struct client_where *w)
{
	json_int_t port = json_integer_value(json_object_get(j, "port"));

	if (jfile_string(j, "host", w->host, sizeof(w->host)) ||
	    jfile_string(j, "secret", w->secret, sizeof(w->secret)) ||
	    jfile_string(j, "on", w->on, sizeof(w->on)) || port < 1 ||
	    port > 65535)
		return -EINVAL;
	w->port = (int)port;
	w->pid = (int)json_integer_value(json_object_get(j, "pid"));
	return 0;
}

int rendezvous_read(const char *path, struct client_where *w, char *err,
		    size_t errlen)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	json_t *j;
	int rc;

	memset(w, 0, sizeof(*w));
	if (fd < 0) {
		rc = -errno;
		snprintf(err, errlen, "%s: %s%s", path, strerror(-rc),
			 rc == -EACCES ? ": choose another --ckptdir" : "");
		return rc;
	}
	rc = check_owner(fd, path, err, errlen);
	if (rc) {
		close(fd);
		return rc;
	}
	j = json_loadfd(fd, 0, NULL);
	close(fd);
	rc = j ? parse(j, w) : -EINVAL;
	json_decref(j);
	if (rc)
		snprintf(err, errlen, "%s: damaged, or not a coordinator's: "
			 "remove it, or " ANOTHER, path);
	return rc;
}

/* What is at path may go: nothing, an empty file, a coordinator's file. */
static int may_replace(const char *path, char *err, size_t errlen)
{
	struct client_where old;
	struct stat st;

	if (stat(path, &st) || (S_ISREG(st.st_mode) && !st.st_size))
		return 0;
	if (S_ISREG(st.st_mode))
		return rendezvous_read(path, &old, err, errlen);
	snprintf(err, errlen, "%s: not a file: " ANOTHER, path);
	return -EEXIST;
}

int rendezvous_write(const char *path, const struct client_where *w,
		     char *err, size_t errlen)
{
	json_t *j;
	int rc = may_replace(path, err, errlen);

	if (rc)
		return rc;
	j = json_pack("{s:i, s:s, s:i, s:s, s:i, s:s}",
		      "version", WIRE_VERSION, "host", w->host, "port", w->port,
		      "secret", w->secret, "pid", w->pid, "on", w->on);
	rc = j ? jfile_save(j, path, 0600) : -ENOMEM;
	if (rc)
		snprintf(err, errlen, "cannot write %s: %s: " ANOTHER, path,
			 strerror(-rc));
	json_decref(j);
	return rc;
}

static int make_dir(const char *path)
{
	struct stat st;

	if (stat(path, &st) == 0)
		return S_ISDIR(st.st_mode) ? 0 : -ENOTDIR;
	return mkdir(path, 0777) && errno != EEXIST ? -errno : 0;
}

int rendezvous_dir(const char *dir, char *err, size_t errlen)
{
	char path[WIRE_PATH], *p;
	int rc = 0;

	snprintf(path, sizeof(path), "%s", dir);
	for (p = path + 1; !rc && *p; p++) {
		if (*p != '/')
			continue;
		*p = 0;
		rc = make_dir(path);
		*p = '/';
	}
	if (!rc)
		rc = make_dir(path);
	if (!rc && access(path, W_OK | X_OK))
		rc = -errno;
	if (!rc)
		return 0;
	snprintf(err, errlen, "checkpoint directory %s: %s: "
		 "choose another with --ckptdir", dir, strerror(-rc));
	return rc;
}

int rendezvous_lock(const char *dir, enum rendezvous_lock which, char *err,
		    size_t errlen)
{
	struct flock l = { .l_type = F_WRLCK, .l_whence = SEEK_SET,
			   .l_start = which, .l_len = 1 };
	char path[WIRE_PATH + 16];
	int fd, rc;

	snprintf(path, sizeof(path), "%s/.lock", dir);
	fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	if (fd >= 0 && fcntl(fd, F_OFD_SETLK, &l) == 0)
		return fd;
	rc = errno == EACCES && fd >= 0 ? -EAGAIN : -errno;
	if (fd >= 0)
		close(fd);
	if (rc != -EAGAIN)
		snprintf(err, errlen, "cannot lock %s: %s: choose another "
			 "--ckptdir", path, strerror(-rc));
	return rc;
}
