/* SPDX-License-Identifier: MIT */
/* output.c - the file that is made: whole, or not there */
#define _GNU_SOURCE 1
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include "../image/image_format.h"
#include "output.h"

int output_begin(struct output *o, const char *path, char *err, size_t errlen)
{
	o->path = path;
	o->fd = -1;
	if ((size_t)snprintf(o->tmp, sizeof(o->tmp), "%s.tmp", path) >=
	    sizeof(o->tmp))
		return image_fail(-ENAMETOOLONG, err, errlen, "%s: %s", path,
				  strerror(ENAMETOOLONG));
	unlink(o->tmp);
	o->fd = open(o->tmp, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	return o->fd < 0 ? image_fail(-errno, err, errlen,
				      "%s: cannot write it: %s", path,
				      strerror(errno)) :
			   0;
}

int output_end(struct output *o, int rc, char *err, size_t errlen)
{
	int failed = close(o->fd) ? errno : 0;

	if (!rc && !failed && rename(o->tmp, o->path))
		failed = errno;
	if (rc || failed)
		unlink(o->tmp);
	return !rc && failed ? image_fail(-failed, err, errlen,
					  "%s: cannot write it: %s", o->path,
					  strerror(failed)) :
			       rc;
}
