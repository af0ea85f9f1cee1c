/* SPDX-License-Identifier: MIT */
/* ids_message.c - the credentials that go along with messages of sockets
 *
 * Freestanding. Rows of ids_calls.c.
 */
#include <stddef.h>
#include <sys/socket.h>
#include "ids.h"
#include "ids_message.h"

/* Credentials that go along with a message. */
static void each_credential(const struct msghdr *m, int (*other)(int))
{
	struct cmsghdr *c = m && m->msg_control ? CMSG_FIRSTHDR(m) : NULL;

	for (; c; c = CMSG_NXTHDR((struct msghdr *)m, c))
		if (c->cmsg_level == SOL_SOCKET &&
		    c->cmsg_type == SCM_CREDENTIALS) {
			struct ucred *u = (struct ucred *)CMSG_DATA(c);

			u->pid = other(u->pid);
		}
}

void ids_sent_message(struct hook_regs *r)
{
	each_credential((const struct msghdr *)r->a[1], ids_real);
}

void ids_sent_message_done(long result, const long *a,
			   const struct hook_regs *k)
{
	(void)result;
	(void)k;
	each_credential((const struct msghdr *)a[1], ids_virtual);
}

void ids_got_message(long result, const long *a, const struct hook_regs *k)
{
	(void)k;
	if (result >= 0)
		each_credential((const struct msghdr *)a[1], ids_virtual);
}

/* sendmmsg and recvmmsg: the kernel looks at no more messages than this
 * either. */
#define MESSAGES_MAX 1024

static void each_message(const long *a, long n, int (*other)(int))
{
	const struct mmsghdr *m = (const struct mmsghdr *)a[1];
	long i;

	for (i = 0; m && i < n && i < MESSAGES_MAX; i++)
		each_credential(&m[i].msg_hdr, other);
}

void ids_sent_messages(struct hook_regs *r)
{
	each_message(r->a, (uint32_t)r->a[2], ids_real);
}

void ids_sent_messages_done(long result, const long *a,
			    const struct hook_regs *k)
{
	(void)result;
	(void)k;
	each_message(a, (uint32_t)a[2], ids_virtual);
}

void ids_got_messages(long result, const long *a, const struct hook_regs *k)
{
	(void)k;
	each_message(a, result, ids_virtual);
}
