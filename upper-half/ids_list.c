/* SPDX-License-Identifier: MIT */
/* ids_list.c - the names in /proc/PID/task
 *
 * Freestanding. They are the kernel's ids; sanitizers, for one, look there for
 * the threads they know.
 */
#include <dirent.h>
#include <errno.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include "../common/decimal.h"
#include "ids.h"
#include "path.h"

#define PROC_MAGIC 0x9fa0 /* PROC_SUPER_MAGIC */

struct entry { /* what entries of both calls begin with: getdents(2) */
	uint64_t ino;
	int64_t off;
	uint16_t len;
};

/* In what entries of the two calls differ: where the name begins, and how much
 * follows it. */
struct form {
	int name, behind;
};

static const struct form old_form = { 18, 1 /* the type */ };
static const struct form new_form = { 19, 0 };

static int is_task_directory(int fd)
{
	struct statfs fs;
	char link[64], path[64], *end;
	const char task[] = "/task";
	long n;
	int i;

	if (raw_syscall2(SYS_fstatfs, fd, (long)&fs) < 0 ||
	    fs.f_type != PROC_MAGIC)
		return 0;
	end = link;
	for (i = 0; "/proc/thread-self/fd/"[i]; i++)
		*end++ = "/proc/thread-self/fd/"[i];
	*decimal_put(end, fd) = 0;
	n = raw_syscall3(SYS_readlink, (long)link, (long)path, sizeof(path));
	for (i = 0; i < 5; i++)
		if (n < 5 || path[n - 5 + i] != task[i])
			return 0;
	return 1;
}

static int number_of(const char *name)
{
	int n = 0;

	for (; *name >= '0' && *name <= '9' && n < 1 << 26; name++)
		n = 10 * n + *name - '0';
	return *name ? 0 : n;
}

/* Make room for more bytes at the entry's end, before what is last in it. */
static void widen(struct entry *e, char *end, int more, int behind)
{
	char *from = end, *next = (char *)e + e->len - behind;

	while (from-- > next)
		from[more] = *from;
	e->len = (uint16_t)(e->len + more);
}

/* The new length of the list; entries that do not fit keep their names. */
static long translate(char *buf, long n, long size, const struct form *f)
{
	struct entry *e;
	char text[16], *end, *name;
	int id, real, len, more;
	long at;

	for (at = 0; at < n; at += e->len) {
		e = (struct entry *)(buf + at);
		name = (char *)e + f->name;
		real = number_of(name);
		id = ids_virtual(real);
		if (!real || id == real)
			continue;
		end = decimal_put(text, id);
		*end++ = 0;
		len = f->name + (int)(end - text) + f->behind;
		more = len > e->len ? (len - e->len + 7) & ~7 : 0;
		if (n + more > size)
			continue;
		if (more)
			widen(e, buf + n, more, f->behind);
		n += more;
		for (len = 0; len < end - text; len++)
			name[len] = text[len];
	}
	return n;
}

long ids_list(struct hook_regs *r, struct thread *t)
{
	const struct form *f = r->nr == SYS_getdents ? &old_form : &new_form;
	long n = raw_syscall3(r->nr, r->a[0], r->a[1], r->a[2]);

	(void)t;
	if (n > 0 && is_task_directory((int)r->a[0]))
		n = translate((char *)r->a[1], n, r->a[2], f);
	r->nr = n;
	return HOOK_DONE;
}
