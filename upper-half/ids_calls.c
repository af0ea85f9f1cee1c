/* SPDX-License-Identifier: MIT */
/* ids_calls.c - which system calls name processes and threads, and where
 *
 * Freestanding. One row a system call; what a row cannot say is a function.
 * Calls that may wait, or send a signal to their caller, are made by the
 * trampoline (LATE): their registers and results are seen to afterwards.
 */
#include <errno.h>
#include <fcntl.h>
#include <asm/sockios.h>
#include <linux/capability.h>
#include <linux/ioprio.h>
#include <linux/prctl.h>
#include <signal.h>
#include <stddef.h>
#include <sys/ioctl.h>
#include <sys/msg.h>
#include <sys/resource.h>
#include <sys/sem.h>
#include <sys/shm.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include "cputime.h"
#include "futex_pi.h"
#include "ids.h"
#include "ids_message.h"
#include "path.h"

#define ARG(i)	(1u << (i))    /* argument i is an id */
#define PATH(i) (0x10u << (i)) /* argument i may be a path in /proc */
#define RESULT	0x100u	       /* the result is an id, */
#define GROUP	0x200u	       /* a group's or a session's */
#define LATE	0x400u

#define PR_SET_PTRACER_ 0x59616d61

struct row {
	uint32_t what;
	void (*before)(struct hook_regs *r); /* ids behind pointers */
	void (*after)(long result, const long *a, const struct hook_regs *k);
	long (*instead)(struct hook_regs *r, struct thread *t);
};

static int real_group(int id)
{
	return id > 0 ? -ids_real(-id) : id;
}

static int virtual_group(int id)
{
	return id > 0 ? -ids_virtual(-id) : id;
}

static void real_at(long p)
{
	if (p)
		*(int *)p = ids_real(*(int *)p);
}

static void virtual_at(long p)
{
	if (p)
		*(int *)p = ids_virtual(*(int *)p);
}

/* The second argument is an id of what the first one says: of a process, of a
 * group, or of something else, a user say. */
static void by_kind(struct hook_regs *r, long process, long process_group)
{
	if (r->a[0] == process)
		r->a[1] = ids_real((int)r->a[1]);
	if (r->a[0] == process_group)
		r->a[1] = real_group((int)r->a[1]);
}

static void which_priority(struct hook_regs *r)
{
	by_kind(r, PRIO_PROCESS, PRIO_PGRP);
}

static void which_ioprio(struct hook_regs *r)
{
	by_kind(r, IOPRIO_WHO_PROCESS, IOPRIO_WHO_PGRP);
}

static void which_wait(struct hook_regs *r)
{
	by_kind(r, P_PID, P_PGID);
}

static void which_group(struct hook_regs *r)
{
	r->a[1] = real_group((int)r->a[1]);
}

static void which_prctl(struct hook_regs *r)
{
	if (r->a[0] == PR_SET_PTRACER_)
		r->a[1] = r->a[1] > 0 ? ids_real((int)r->a[1]) : r->a[1];
	if (r->a[0] == PR_SCHED_CORE)
		r->a[2] = ids_real((int)r->a[2]);
}

static void sent_siginfo(struct hook_regs *r)
{
	int i = r->nr == SYS_rt_tgsigqueueinfo ? 3 : 2;

	if (r->a[i])
		real_at((long)&((siginfo_t *)r->a[i])->si_pid);
}

static void sent_siginfo_done(long result, const long *a,
			      const struct hook_regs *k)
{
	int i = k->nr == SYS_rt_tgsigqueueinfo ? 3 : 2;

	(void)result;
	if (a[i])
		virtual_at((long)&((siginfo_t *)a[i])->si_pid);
}

static void got_siginfo(long result, const long *a, const struct hook_regs *k)
{
	int i = k->nr == SYS_waitid ? 2 : 1;

	if (result >= 0 && a[i])
		ids_siginfo((void *)a[i]);
}

static void cap_header(struct hook_regs *r)
{
	if (r->a[0])
		real_at((long)&((struct __user_cap_header_struct *)r->a[0])
				->pid);
}

static void cap_header_done(long result, const long *a,
			    const struct hook_regs *k)
{
	(void)result;
	(void)k;
	if (a[0])
		virtual_at(
			(long)&((struct __user_cap_header_struct *)a[0])->pid);
}

static int is_stat(long command, int by_index, int of_any)
{
	return command == IPC_STAT || command == by_index || command == of_any;
}

/* System V objects remember who used them last. */
static void got_ipc(long result, const long *a, const struct hook_regs *k)
{
	struct msqid_ds *m = (struct msqid_ds *)a[2];
	struct shmid_ds *s = (struct shmid_ds *)a[2];

	if (result < 0 || !a[2])
		return;
	if (k->nr == SYS_msgctl && is_stat(a[1], MSG_STAT, MSG_STAT_ANY)) {
		m->msg_lspid = ids_virtual(m->msg_lspid);
		m->msg_lrpid = ids_virtual(m->msg_lrpid);
	} else if (k->nr == SYS_shmctl &&
		   is_stat(a[1], SHM_STAT, SHM_STAT_ANY)) {
		s->shm_cpid = ids_virtual(s->shm_cpid);
		s->shm_lpid = ids_virtual(s->shm_lpid);
	}
}

static long semctl_call(struct hook_regs *r, struct thread *t)
{
	long v = hook_raw(r);

	(void)t;
	r->nr = v > 0 && r->a[2] == GETPID ? ids_virtual((int)v) : v;
	return HOOK_DONE;
}

static void got_peer(long result, const long *a, const struct hook_regs *k)
{
	(void)k;
	if (result == 0 && a[1] == SOL_SOCKET && a[2] == SO_PEERCRED)
		virtual_at(a[3]);
}

/* Makes a call with a translated copy of the int behind a pointer: the
 * program's own stays. */
static long with_real(struct hook_regs *r, int (*real)(int))
{
	int id = real(*(int *)r->a[2]);

	r->a[2] = (long)&id;
	r->nr = hook_raw(r);
	return HOOK_DONE;
}

static long with_virtual(struct hook_regs *r, int (*virtual)(int))
{
	int *id = (int *)r->a[2];

	r->nr = hook_raw(r);
	if (r->nr == 0)
		*id = virtual(*id);
	return HOOK_DONE;
}

static long ioctl_call(struct hook_regs *r, struct thread *t)
{
	(void)t;
	if (!r->a[2])
		return HOOK_RAW;
	switch ((uint32_t)r->a[1]) {
	case TIOCSPGRP:
		return with_real(r, real_group);
	case FIOSETOWN:
	case SIOCSPGRP:
		return with_real(r, ids_real);
	case TIOCGPGRP:
	case TIOCGSID:
		return with_virtual(r, virtual_group);
	case FIOGETOWN:
	case SIOCGPGRP:
		return with_virtual(r, ids_virtual);
	}
	return HOOK_RAW;
}

static long owner_ex(struct hook_regs *r)
{
	struct f_owner_ex *o = (struct f_owner_ex *)r->a[2], real;

	if (!o)
		return HOOK_RAW;
	if (r->a[1] == F_GETOWN_EX) {
		r->nr = hook_raw(r);
		if (r->nr == 0)
			o->pid = o->type == F_OWNER_PGRP ?
					 virtual_group(o->pid) :
					 ids_virtual(o->pid);
		return HOOK_DONE;
	}
	real = *o;
	real.pid = real.type == F_OWNER_PGRP ? real_group(real.pid) :
					       ids_real(real.pid);
	r->a[2] = (long)&real;
	r->nr = hook_raw(r);
	return HOOK_DONE;
}

long ids_fcntl(struct hook_regs *r)
{
	struct flock *l = (struct flock *)r->a[2];

	if (GATE->epoch == 1)
		return HOOK_RAW;
	switch (r->a[1]) {
	case F_SETOWN:
		r->a[2] = ids_real((int)r->a[2]);
		r->nr = hook_raw(r);
		return HOOK_DONE;
	case F_GETOWN:
		r->nr = ids_virtual((int)hook_raw(r));
		return HOOK_DONE;
	case F_SETOWN_EX:
	case F_GETOWN_EX:
		return owner_ex(r);
	case F_GETLK:
		r->nr = hook_raw(r);
		if (r->nr == 0 && l->l_type != F_UNLCK)
			l->l_pid = ids_virtual(l->l_pid);
		return HOOK_DONE;
	}
	return HOOK_RAW;
}

/* SIGEV_THREAD_ID names a thread. */
static long timer_call(struct hook_regs *r, struct thread *t)
{
	struct sigevent ev, *e = (struct sigevent *)r->a[1];

	(void)t;
	r->a[0] = cputime_clock((int)r->a[0]);
	if (e && e->sigev_notify == SIGEV_THREAD_ID) {
		ev = *e;
		ev._sigev_un._tid = ids_real(ev._sigev_un._tid);
		r->a[1] = (long)&ev;
	}
	r->nr = hook_raw(r);
	return HOOK_DONE;
}

static long clock_call(struct hook_regs *r, struct thread *t)
{
	(void)t;
	r->a[0] = cputime_clock((int)r->a[0]);
	r->nr = hook_raw(r);
	return HOOK_DONE;
}

static const struct row rows[HOOK_NR_MAX] = {
	[SYS_getpid] = { RESULT },
	[SYS_getppid] = { RESULT },
	[SYS_gettid] = { RESULT },
	[SYS_getpgrp] = { RESULT | GROUP },
	[SYS_getpgid] = { ARG(0) | RESULT | GROUP },
	[SYS_setpgid] = { ARG(0), which_group, NULL },
	[SYS_getsid] = { ARG(0) | RESULT | GROUP },
	[SYS_setsid] = { RESULT | GROUP },
	[SYS_kill] = { ARG(0) | LATE },
	[SYS_tkill] = { ARG(0) | LATE },
	[SYS_tgkill] = { ARG(0) | ARG(1) | LATE },
	[SYS_rt_sigqueueinfo] = { ARG(0) | LATE, sent_siginfo,
				  sent_siginfo_done },
	[SYS_rt_tgsigqueueinfo] = { ARG(0) | ARG(1) | LATE, sent_siginfo,
				    sent_siginfo_done },
	[SYS_pidfd_send_signal] = { LATE, sent_siginfo, sent_siginfo_done },
	[SYS_rt_sigtimedwait] = { LATE, NULL, got_siginfo },
	[SYS_wait4] = { ARG(0) | RESULT | LATE },
	[SYS_waitid] = { LATE, which_wait, got_siginfo },
	[SYS_sched_setparam] = { ARG(0) },
	[SYS_sched_getparam] = { ARG(0) },
	[SYS_sched_setscheduler] = { ARG(0) },
	[SYS_sched_getscheduler] = { ARG(0) },
	[SYS_sched_rr_get_interval] = { ARG(0) },
	[SYS_sched_setaffinity] = { ARG(0) },
	[SYS_sched_getaffinity] = { ARG(0) },
	[SYS_sched_setattr] = { ARG(0) },
	[SYS_sched_getattr] = { ARG(0) },
	[SYS_getpriority] = { 0, which_priority, NULL },
	[SYS_setpriority] = { 0, which_priority, NULL },
	[SYS_ioprio_get] = { 0, which_ioprio, NULL },
	[SYS_ioprio_set] = { 0, which_ioprio, NULL },
	[SYS_prlimit64] = { ARG(0) },
	[SYS_pidfd_open] = { ARG(0) },
	[SYS_kcmp] = { ARG(0) | ARG(1) },
	[SYS_process_vm_readv] = { ARG(0) },
	[SYS_process_vm_writev] = { ARG(0) },
	[SYS_move_pages] = { ARG(0) },
	[SYS_migrate_pages] = { ARG(0) },
	[SYS_get_robust_list] = { ARG(0) },
	[SYS_ptrace] = { ARG(1) },
	[SYS_perf_event_open] = { ARG(1) },
	[SYS_prctl] = { 0, which_prctl, NULL },
	[SYS_capget] = { 0, cap_header, cap_header_done },
	[SYS_capset] = { 0, cap_header, cap_header_done },
	[SYS_msgctl] = { 0, NULL, got_ipc },
	[SYS_shmctl] = { 0, NULL, got_ipc },
	[SYS_getdents] = { .instead = ids_list },
	[SYS_getdents64] = { .instead = ids_list },
	[SYS_semctl] = { .instead = semctl_call },
	[SYS_getsockopt] = { 0, NULL, got_peer },
	[SYS_sendmsg] = { LATE, ids_sent_message, ids_sent_message_done },
	[SYS_recvmsg] = { LATE, NULL, ids_got_message },
	[SYS_sendmmsg] = { LATE, ids_sent_messages, ids_sent_messages_done },
	[SYS_recvmmsg] = { LATE, NULL, ids_got_messages },
	[SYS_ioctl] = { .instead = ioctl_call },
	[SYS_timer_create] = { .instead = timer_call },
	[SYS_clock_getres] = { .instead = clock_call },
	[SYS_futex] = { .instead = futex_pi_call },
	[SYS_stat] = { PATH(0) },
	[SYS_lstat] = { PATH(0) },
	[SYS_newfstatat] = { PATH(1) },
	[SYS_statx] = { PATH(1) },
	[SYS_access] = { PATH(0) },
	[SYS_faccessat] = { PATH(1) },
	[SYS_faccessat2] = { PATH(1) },
	[SYS_chdir] = { PATH(0) },
	[SYS_statfs] = { PATH(0) },
	[SYS_getxattr] = { PATH(0) },
	[SYS_lgetxattr] = { PATH(0) },
	[SYS_listxattr] = { PATH(0) },
	[SYS_llistxattr] = { PATH(0) },
	[SYS_truncate] = { PATH(0) },
	[SYS_chmod] = { PATH(0) },
	[SYS_fchmodat] = { PATH(1) },
	[SYS_chown] = { PATH(0) },
	[SYS_fchownat] = { PATH(1) },
	[SYS_utimensat] = { PATH(1) },
	[SYS_link] = { PATH(0) },
	[SYS_linkat] = { PATH(1) },
	[SYS_inotify_add_watch] = { PATH(1) },
	[SYS_name_to_handle_at] = { PATH(1) },
};

int ids_names(long nr)
{
	const struct row *row = &rows[nr];

	return row->what || row->before || row->after || row->instead;
}

int ids_names_paths(long nr)
{
	return rows[nr].what / PATH(0) % 16;
}

/* Makes of the arguments what the kernel is to get; a path is put into buf. */
static void translate(struct hook_regs *r, const struct row *row, char *buf)
{
	int i;

	for (i = 0; i < 3; i++) {
		if (row->what & ARG(i))
			r->a[i] = ids_real((int)r->a[i]);
		if (row->what & PATH(i))
			r->a[i] =
				(long)path_in_proc((const char *)r->a[i], buf);
	}
	if (row->before && GATE->epoch > 1)
		row->before(r);
}

void ids_before(struct hook_regs *r)
{
	const struct row *row = &rows[r->nr];

	if (GATE->epoch > 1 && row->what & (ARG(0) | ARG(1)))
		translate(r, row, NULL);
}

static long finish(const struct row *row, long v, const long *a,
		   const struct hook_regs *k)
{
	if (row->after && GATE->epoch > 1)
		row->after(v, a, k);
	if (!(row->what & RESULT) || v <= 0)
		return v;
	return row->what & GROUP ? virtual_group((int)v) : ids_virtual((int)v);
}

long ids_call(struct hook_regs *r, struct thread *t)
{
	const struct row *row = &rows[r->nr];
	char buf[PATH_IN_PROC];

	if (GATE->epoch == 1 && !ids_names_paths(r->nr))
		return HOOK_RAW;
	if (row->instead)
		return row->instead(r, t);
	translate(r, row, buf);
	if (row->what & LATE)
		return HOOK_AFTER;
	if (!row->after && !(row->what & RESULT) && !row->before &&
	    !hook_changed(r))
		return HOOK_RAW;
	r->nr = finish(row, hook_raw(r), r->a, r);
	return HOOK_DONE;
}

long ids_after(struct hook_result *now, const struct hook_regs *k,
	       struct thread *t)
{
	if (k->nr == SYS_futex)
		return futex_pi_after(now, k, t);
	now->value = finish(&rows[k->nr], now->value, now->a, k);
	return 0;
}
