/* SPDX-License-Identifier: MIT */
/* program.c - which file is the program that the user named */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include "../common/launcher.h"
#include "program.h"

#define SCRIPT_DEPTH 4 /* as the kernel */

static int executable(const char *path)
{
	struct stat st;

	if (stat(path, &st) < 0)
		return -errno;
	if (!S_ISREG(st.st_mode) || access(path, X_OK) < 0)
		return -EACCES;
	return 0;
}

static int search(const char *name, char *out, size_t len)
{
	const char *p = getenv("PATH"), *end;
	int worst = -ENOENT, rc;

	if (strchr(name, '/')) {
		snprintf(out, len, "%s", name);
		return executable(out);
	}
	for (p = p ? p : "/usr/local/bin:/usr/bin:/bin"; p; p = end) {
		end = strchr(p, ':');
		snprintf(out, len, "%.*s/%s",
			 end ? (int)(end - p) : (int)strlen(p), p, name);
		end = end ? end + 1 : NULL;
		rc = executable(out);
		if (rc == 0)
			return 0;
		if (rc == -EACCES)
			worst = rc;
	}
	return worst;
}

/* The "#!" line of path: 1 and the two words, 0 when there is none. */
static int script_line(const char *path, char *line, size_t len, char **interp,
		       char **option)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t n = fd < 0 ? -1 : read(fd, line, len - 1);
	char *p;

	if (fd >= 0)
		close(fd);
	if (n < 4 || line[0] != '#' || line[1] != '!')
		return 0;
	line[n] = 0;
	line[strcspn(line, "\n")] = 0;
	p = line + 2 + strspn(line + 2, " \t");
	*interp = p;
	p += strcspn(p, " \t");
	*option = NULL;
	if (*p) {
		*p++ = 0;
		p += strspn(p, " \t");
		for (n = (ssize_t)strlen(p);
		     n > 0 && (p[n - 1] == ' ' || p[n - 1] == '\t'); n--)
			p[n - 1] = 0;
		*option = *p ? p : NULL;
	}
	return **interp != 0;
}

/* Makes argv into interp [option] path argv[1..]. */
static int script_args(int *argc, char ***argv, const char *interp,
		       const char *option, const char *path)
{
	char **v = calloc((size_t)*argc + 3, sizeof(*v));
	int n = 0, i;

	if (!v)
		return -ENOMEM;
	v[n++] = strdup(interp);
	if (option)
		v[n++] = strdup(option);
	v[n++] = strdup(path);
	for (i = 1; i < *argc; i++)
		v[n++] = (*argv)[i];
	*argv = v;
	*argc = n;
	return 0;
}

int program_find(const char *name, char *path, size_t len, int *argc,
		 char ***argv, char *err, size_t errlen)
{
	char found[PATH_MAX], line[256], *interp, *option;
	int rc = search(name, found, sizeof(found)), depth = 0;

	/* It would be what is checkpointed, and its ranks would not. */
	if (!rc && launcher_is_program(found)) {
		snprintf(err, errlen,
			 "%s: it starts the ranks: put "
			 "mana_launch behind it (%s -n N mana_launch PROGRAM)",
			 name, name);
		return -EINVAL;
	}
	while (!rc &&
	       script_line(found, line, sizeof(line), &interp, &option)) {
		rc = depth++ < SCRIPT_DEPTH ?
			     script_args(argc, argv, interp, option, found) :
			     -ELOOP;
		if (!rc)
			rc = executable(interp);
		snprintf(found, sizeof(found), "%s", interp);
	}
	if (!rc) {
		char full[PATH_MAX];

		if (!realpath(found, full))
			rc = -errno;
		else
			snprintf(path, len, "%s", full);
	}
	if (rc < 0)
		snprintf(err, errlen, "%s: %s: check the name and PATH", name,
			 rc == -ENOENT ? "program not found" : strerror(-rc));
	return rc;
}
