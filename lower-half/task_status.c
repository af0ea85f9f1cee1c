/* SPDX-License-Identifier: MIT */
/* task_status.c - what /proc says of a thread of this process
 *
 * /proc/self is the first thread's, which may have ended before the others;
 * the path leads through the calling one, which has not.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "../common/array.h"
#include "task_status.h"

static int parse_ids(const char *v, uint32_t id[4])
{
	return sscanf(v, "%u %u %u %u", &id[0], &id[1], &id[2], &id[3]) == 4 ?
		       0 :
		       -EINVAL;
}

static int parse_groups(const char *v, struct task_status *s)
{
	struct creds *c = s->creds;
	size_t n = 0, cap = 0;
	uint32_t *g = NULL;
	char *end;

	for (;; v = end) {
		unsigned long id = strtoul(v, &end, 10);

		if (end == v)
			break;
		if (ARRAY_ROOM(g, n, cap) < 0) {
			free(g);
			return -ENOMEM;
		}
		g[n++] = (uint32_t)id;
	}
	c = realloc(c, sizeof(*c) + n * sizeof(*g));
	if (c) {
		s->creds = c;
		c->n_groups = (uint32_t)n;
		if (n)
			memcpy(c->groups, g, n * sizeof(*g));
	}
	free(g);
	return c ? 0 : -ENOMEM;
}

static uint64_t hex(const char *v)
{
	return strtoull(v, NULL, 16);
}

static int parse_line(char *line, struct task_status *s)
{
	char *v = strchr(line, ':');

	if (!v)
		return 0;
	*v++ = 0;
	if (!strcmp(line, "Uid"))
		return parse_ids(v, s->creds->uid);
	if (!strcmp(line, "Gid"))
		return parse_ids(v, s->creds->gid);
	if (!strcmp(line, "Groups"))
		return parse_groups(v, s);
	if (!strcmp(line, "SigPnd"))
		s->pending = hex(v);
	else if (!strcmp(line, "ShdPnd"))
		s->process_pending = hex(v);
	else if (!strcmp(line, "CapInh"))
		s->creds->inheritable = hex(v);
	else if (!strcmp(line, "CapPrm"))
		s->creds->permitted = hex(v);
	else if (!strcmp(line, "CapEff"))
		s->creds->effective = hex(v);
	else if (!strcmp(line, "CapBnd"))
		s->creds->bounding = hex(v);
	else if (!strcmp(line, "CapAmb"))
		s->creds->ambient = hex(v);
	else if (!strcmp(line, "NoNewPrivs"))
		s->creds->no_new_privs = (uint32_t)atoi(v);
	else if (!strcmp(line, "Seccomp"))
		s->seccomp = atoi(v);
	return 0;
}

int task_status_read(int tid, struct task_status *s)
{
	char path[64], *line = NULL;
	size_t cap = 0;
	int rc = 0;
	FILE *f;

	memset(s, 0, sizeof(*s));
	s->creds = calloc(1, sizeof(*s->creds));
	if (!s->creds)
		return -ENOMEM;
	snprintf(path, sizeof(path), "/proc/thread-self/../%d/status", tid);
	f = fopen(path, "re");
	if (!f)
		rc = errno == ENOENT ? -ESRCH : -errno;
	while (f && !rc && getline(&line, &cap, f) > 0)
		rc = parse_line(line, s);
	free(line);
	if (f)
		fclose(f);
	if (rc < 0)
		task_status_free(s);
	return rc;
}

void task_status_free(struct task_status *s)
{
	free(s->creds);
	s->creds = NULL;
}
