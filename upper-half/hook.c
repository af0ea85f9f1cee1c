/* SPDX-License-Identifier: MIT */
/* hook.c - what is done with each system call we look at
 *
 * Freestanding: runs under the upper FS, on the application's stack, without
 * vector registers. A hook that answers HOOK_RAW lets the island make the
 * system call in upper code, where the thread can be stopped; only calls that
 * do not wait for others are made here, at depth > 0.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/mman.h>
#include <stddef.h>
#include <sys/stat.h>
#include "app.h"
#include "birth.h"
#include "cputime.h"
#include "fd.h"
#include "half_hooks.h"
#include "hook.h"
#include "island.h"
#include "path.h"
#include "sig.h"
#include "syscall_resume.h"
#include "vm.h"

#define NR_MAX 512
#define PROT_X 4

typedef long hook_fn(struct hook_regs *r, struct thread *t);

static long raw(const struct hook_regs *r)
{
	return raw_syscall6(r->nr, r->a[0], r->a[1], r->a[2], r->a[3], r->a[4],
			    r->a[5]);
}

static long done(struct hook_regs *r, long result)
{
	r->nr = result;
	return HOOK_DONE;
}

/* Memory */

static int libc_fd = -1; /* the C library being loaded */

/* Without these the upper half is not ours: better not to begin. */
static void libc_check(void)
{
	static const short needed[] = { SYS_mmap,   SYS_munmap, SYS_mremap,
					SYS_brk,    SYS_clone3, SYS_exit,
					SYS_openat, SYS_close,	SYS_exit_group,
					SYS_rt_sigaction };
	size_t i;

	libc_fd = -1;
	for (i = 0; i < sizeof(needed) / sizeof(needed[0]); i++)
		if (!island_found(needed[i]))
			half_die("libc.so.6: its system calls are not where "
				 "they are looked for: run the program with "
				 "the C library of this system");
}

/* How much of a mapping is file: ld.so maps a library's bss with it, and what
 * begins behind the file's last page cannot even be read. */
static uint64_t mapped_file(const struct hook_regs *r)
{
	struct stat st;
	uint64_t size;

	if (raw_syscall2(SYS_fstat, r->a[4], (long)&st) < 0 ||
	    st.st_size <= r->a[5])
		return 0;
	size = (uint64_t)(st.st_size - r->a[5]);
	return size < (uint64_t)r->a[1] ? size : (uint64_t)r->a[1];
}

static long hook_mmap(struct hook_regs *r, struct thread *t)
{
	long a = vm_mmap((uint64_t)r->a[0], (uint64_t)r->a[1], r->a[2],
			 r->a[3], r->a[4], r->a[5]);

	(void)t;
	if (a >= 0 && (r->a[2] & PROT_X) && r->a[4] >= 0 &&
	    island_patch((uint64_t)a, mapped_file(r), r->a[2]) < 0)
		half_die("no room for system call islands near a library");
	if (a >= 0 && (r->a[2] & PROT_X) && r->a[4] >= 0 && r->a[4] == libc_fd)
		libc_check();
	return done(r, a);
}

static long hook_munmap(struct hook_regs *r, struct thread *t)
{
	(void)t;
	return done(r, vm_munmap((uint64_t)r->a[0], (uint64_t)r->a[1]));
}

static long hook_mremap(struct hook_regs *r, struct thread *t)
{
	(void)t;
	return done(r, vm_mremap((uint64_t)r->a[0], (uint64_t)r->a[1],
				 (uint64_t)r->a[2], r->a[3],
				 (uint64_t)r->a[4]));
}

static long hook_madvise(struct hook_regs *r, struct thread *t)
{
	(void)t;
	if (r->a[2] != MADV_DONTNEED && r->a[2] != MADV_FREE &&
	    r->a[2] != MADV_REMOVE)
		return HOOK_RAW;
	return done(r, vm_madvise((uint64_t)r->a[0], (uint64_t)r->a[1],
				  r->a[2]));
}

/* The kernel places them beyond the arena, and they have no file. */
static size_t segments;

size_t hook_segments(void)
{
	return __atomic_load_n(&segments, __ATOMIC_ACQUIRE);
}

static long hook_shm(struct hook_regs *r, struct thread *t)
{
	int attach = r->nr == SYS_shmat;
	long e = raw(r);

	(void)t;
	if ((unsigned long)e < -4095UL)
		__atomic_fetch_add(&segments, attach ? 1 : -1UL,
				   __ATOMIC_RELEASE);
	return done(r, e);
}

static long hook_brk(struct hook_regs *r, struct thread *t)
{
	(void)t;
	return done(r, vm_brk((uint64_t)r->a[0]));
}

/* Threads and processes; how they begin: birth.c */

static long hook_exit(struct hook_regs *r, struct thread *t)
{
	(void)r;
	if (t->tid == (int)raw_syscall0(SYS_gettid))
		half_thread_exit(t);
	else
		birth_untold_exit();
	return HOOK_RAW;
}

static long hook_exit_group(struct hook_regs *r, struct thread *t)
{
	half_process_exit(t, (int)r->a[0]);
	return HOOK_RAW;
}

static long hook_execve(struct hook_regs *r, struct thread *t)
{
	long e = half_exec((const char *)r->a[0], (char **)r->a[1],
			   (char **)r->a[2]);

	(void)t;
	return e == 1 ? HOOK_RAW : done(r, e);
}

static long hook_set_tid_address(struct hook_regs *r, struct thread *t)
{
	t->clear_tid = (uint64_t)r->a[0];
	raw(r);
	return done(r, t->vtid);
}

static long hook_rseq(struct hook_regs *r, struct thread *t)
{
	long e = raw(r);

	if (e == 0) {
		t->rseq = r->a[2] & 1 ? 0 : (uint64_t)r->a[0];
		t->rseq_len = (uint64_t)r->a[1];
		t->rseq_sig = (uint64_t)r->a[3];
	}
	return done(r, e);
}

/* Crossings come back with the FS of the record. Where only the kernel sets GS,
 * they need not ask it until somebody has; a thread that is below now has a GS
 * of its own to come back with. */
static long hook_arch_prctl(struct hook_regs *r, struct thread *t)
{
	if (r->a[0] == ARCH_SET_FS_OP && r->a[1] > 0) { /* else it will fail */
		t->upper_fs = (uint64_t)r->a[1];
		thread_bind(t->upper_fs, t);
	}
	if (r->a[0] == ARCH_SET_GS_OP && GATE->tls == GATE_TLS_GS_FIXED)
		GATE->tls = GATE_TLS_GS_ASKED;
	return HOOK_RAW;
}

/* Names of threads and processes: what the application knew them by. */

static long hook_getpid(struct hook_regs *r, struct thread *t)
{
	(void)t;
	return GATE->epoch > 1 ? done(r, APP->pid) : HOOK_RAW;
}

static long hook_gettid(struct hook_regs *r, struct thread *t)
{
	return GATE->epoch > 1 ? done(r, t->vtid) : HOOK_RAW;
}

static int real_tid(int vtid)
{
	struct thread *t = thread_by_vtid(vtid);

	return t ? t->tid : vtid;
}

static long hook_kill(struct hook_regs *r, struct thread *t)
{
	(void)t;
	if (GATE->epoch > 1) {
		int pair = r->nr == SYS_tgkill ||
			   r->nr == SYS_rt_tgsigqueueinfo;

		if (r->nr == SYS_tkill || pair)
			r->a[pair] = real_tid((int)r->a[pair]);
		if (r->nr != SYS_tkill && (int)r->a[0] == APP->pid)
			r->a[0] = raw_syscall0(SYS_getpid);
	}
	return HOOK_RAW;
}

/* Calls about a thread or a process, named by the first argument. */
static long hook_about(struct hook_regs *r, struct thread *t)
{
	struct hook_regs to = *r;

	(void)t;
	if (GATE->epoch == 1 || !r->a[0])
		return HOOK_RAW;
	to.a[0] = real_tid((int)r->a[0]);
	if ((int)r->a[0] == APP->pid)
		to.a[0] = raw_syscall0(SYS_getpid);
	return done(r, raw(&to));
}

static long hook_sigaction(struct hook_regs *r, struct thread *t)
{
	(void)t;
	if (r->a[3] != 8)
		return done(r, -EINVAL);
	return done(r, sig_action((int)r->a[0],
				  (const struct ksigaction *)r->a[1],
				  (struct ksigaction *)r->a[2]));
}

/* Descriptors */

static long made(struct hook_regs *r, long fd)
{
	if (fd >= 0)
		fd_own((int)fd, FD_UPPER);
	return done(r, fd);
}

static long hook_makes_fd(struct hook_regs *r, struct thread *t)
{
	(void)t;
	return made(r, raw(r));
}

/* Of a descriptor it has, it only changes the signals. */
static long hook_makes_signalfd(struct hook_regs *r, struct thread *t)
{
	return (int)r->a[0] < 0 ? hook_makes_fd(r, t) : HOOK_RAW;
}

static long hook_makes_two(struct hook_regs *r, struct thread *t)
{
	int *p = (int *)(r->nr == SYS_socketpair ? r->a[3] : r->a[0]);
	long e = raw(r);

	(void)t;
	if (e == 0) {
		fd_own(p[0], FD_UPPER);
		fd_own(p[1], FD_UPPER);
	}
	return done(r, e);
}

/*
 * Files that are not what they are called are opened here. Any other may be a
 * FIFO nobody has opened at its other end: the island does it if it looks on.
 */
static long hook_open(struct hook_regs *r, struct thread *t)
{
	int i = r->nr == SYS_openat;
	const char *path = (const char *)r->a[i], *to = path;

	(void)t;
	if (i == 0 || path_absolute(path))
		to = path_translate(path);
	if (to == path && !path_is_libc(path) && island_looks_after(r->back))
		return HOOK_RAW;
	r->a[i] = (long)to;
	made(r, raw(r));
	r->a[i] = (long)path; /* registers are kept */
	if (r->nr >= 0 && path_is_libc(path))
		libc_fd = (int)r->nr;
	return HOOK_DONE;
}

static long hook_readlink(struct hook_regs *r, struct thread *t)
{
	int i = r->nr == SYS_readlinkat;
	const char *exe;
	long n;

	(void)t;
	if (!path_is_exe((const char *)r->a[i]))
		return HOOK_RAW;
	exe = APP->exe;
	for (n = 0; n < r->a[i + 2] && exe[n]; n++)
		((char *)r->a[i + 1])[n] = exe[n];
	return done(r, n);
}

static long hook_close(struct hook_regs *r, struct thread *t)
{
	(void)t;
	if ((int)r->a[0] == libc_fd)
		libc_fd = -1;
	if (fd_protected((int)r->a[0]))
		return done(r, -EBADF);
	fd_own((int)r->a[0], FD_LOWER);
	return HOOK_RAW;
}

static long hook_close_range(struct hook_regs *r, struct thread *t)
{
	long fd, last = r->a[1];

	(void)t;
	if (r->a[2]) /* CLOEXEC, UNSHARE */
		return HOOK_RAW;
	if (last >= fd_limit())
		last = fd_limit() - 1;
	for (fd = r->a[0]; fd <= last; fd++)
		if (fd_owner((int)fd)) {
			fd_own((int)fd, FD_LOWER);
			raw_syscall1(SYS_close, fd);
		}
	return done(r, 0);
}

static long hook_dup(struct hook_regs *r, struct thread *t)
{
	int from = (int)r->a[0];
	long fd;

	(void)t;
	if (r->nr == SYS_fcntl && r->a[1] != F_DUPFD &&
	    r->a[1] != F_DUPFD_CLOEXEC)
		return HOOK_RAW;
	if ((r->nr == SYS_dup2 || r->nr == SYS_dup3) &&
	    fd_protected((int)r->a[1]))
		return done(r, -EBUSY); /* as for a number being opened */
	fd = raw(r);
	if (fd >= 0 && fd != from)
		fd_copy(from, (int)fd);
	return done(r, fd);
}

static hook_fn *const hooks[NR_MAX] = {
	[SYS_mmap] = hook_mmap,
	[SYS_munmap] = hook_munmap,
	[SYS_mremap] = hook_mremap,
	[SYS_brk] = hook_brk,
	[SYS_madvise] = hook_madvise,
	[SYS_shmat] = hook_shm,
	[SYS_shmdt] = hook_shm,
	[SYS_clone] = birth_clone,
	[SYS_clone3] = birth_clone3,
	[SYS_vfork] = birth_vfork,
	[SYS_exit] = hook_exit,
	[SYS_exit_group] = hook_exit_group,
	[SYS_execve] = hook_execve,
	[SYS_set_tid_address] = hook_set_tid_address,
	[SYS_rseq] = hook_rseq,
	[SYS_arch_prctl] = hook_arch_prctl,
	[SYS_getpid] = hook_getpid,
	[SYS_gettid] = hook_gettid,
	[SYS_kill] = hook_kill,
	[SYS_tkill] = hook_kill,
	[SYS_tgkill] = hook_kill,
	[SYS_rt_sigqueueinfo] = hook_kill,
	[SYS_rt_tgsigqueueinfo] = hook_kill,
	[SYS_sched_setaffinity] = hook_about,
	[SYS_sched_getaffinity] = hook_about,
	[SYS_sched_setscheduler] = hook_about,
	[SYS_sched_getscheduler] = hook_about,
	[SYS_sched_setparam] = hook_about,
	[SYS_sched_getparam] = hook_about,
	[SYS_prlimit64] = hook_about,
	[SYS_getpgid] = hook_about,
	[SYS_getsid] = hook_about,
	[SYS_rt_sigaction] = hook_sigaction,
	[SYS_open] = hook_open,
	[SYS_openat] = hook_open,
	[SYS_creat] = hook_open,
	[SYS_readlink] = hook_readlink,
	[SYS_readlinkat] = hook_readlink,
	[SYS_close] = hook_close,
	[SYS_close_range] = hook_close_range,
	[SYS_dup] = hook_dup,
	[SYS_dup2] = hook_dup,
	[SYS_dup3] = hook_dup,
	[SYS_fcntl] = hook_dup,
	[SYS_pipe] = hook_makes_two,
	[SYS_pipe2] = hook_makes_two,
	[SYS_socketpair] = hook_makes_two,
	[SYS_socket] = hook_makes_fd,
	[SYS_epoll_create] = hook_makes_fd,
	[SYS_epoll_create1] = hook_makes_fd,
	[SYS_eventfd] = hook_makes_fd,
	[SYS_eventfd2] = hook_makes_fd,
	[SYS_timerfd_create] = hook_makes_fd,
	[SYS_memfd_create] = hook_makes_fd,
	[SYS_signalfd] = hook_makes_signalfd,
	[SYS_signalfd4] = hook_makes_signalfd,
	[SYS_pidfd_open] = hook_makes_fd,
	[SYS_io_uring_setup] = hook_makes_fd,
	[SYS_userfaultfd] = hook_makes_fd,
	[SYS_fanotify_init] = hook_makes_fd,
	[SYS_perf_event_open] = hook_makes_fd,
	[SYS_inotify_init] = hook_makes_fd,
	[SYS_inotify_init1] = hook_makes_fd,
	[SYS_poll] = syscall_note,
	[SYS_epoll_wait] = syscall_note,
	[SYS_epoll_pwait] = syscall_note,
	[SYS_nanosleep] = syscall_note,
	[SYS_clock_nanosleep] = syscall_note,
	[SYS_clock_gettime] = cputime_call,
	[SYS_getrusage] = cputime_call,
	[SYS_times] = cputime_call,
};

int hook_wants(long nr)
{
	return nr >= 0 && nr < NR_MAX && hooks[nr];
}

/* Those that wait are made again by the kernel, for an hour if need be. */
int hook_binds(long nr)
{
	return hook_wants(nr) && nr != SYS_open && nr != SYS_openat &&
	       nr != SYS_creat && nr != SYS_fcntl;
}

volatile void *hook_after(long nr)
{
	if (nr == SYS_clone || nr == SYS_clone3 || nr == SYS_vfork)
		return &GATE->cloned;
	if (nr == SYS_open || nr == SYS_openat || nr == SYS_creat)
		return &GATE->opened;
	return NULL;
}

/* A process the application forked keeps only what names things for it. */
static int wanted_in_child(long nr)
{
	return nr == SYS_rt_sigaction || nr == SYS_open || nr == SYS_openat ||
	       nr == SYS_readlink || nr == SYS_readlinkat || nr == SYS_close;
}

long hook_dispatch(struct hook_regs *r)
{
	struct thread *t;
	long verdict;

	if (!hook_wants(r->nr))
		return HOOK_RAW;
	t = thread_self();
	if (!t || t->vforked || (half_is_child() && !wanted_in_child(r->nr)))
		return HOOK_RAW;
	t->depth++;
	__asm__ volatile("" : : : "memory");
	verdict = hooks[r->nr](r, t);
	__asm__ volatile("" : : : "memory");
	t->depth--;
	return verdict;
}
