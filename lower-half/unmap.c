/* SPDX-License-Identifier: MIT */
/* unmap.c - memory the application gives back, seen by the MPI library
 *
 * A network library keeps registrations of the application's buffers and
 * watches munmap and its kin to drop them; it does so by patching the lower
 * libc or the GOT entries of its callers. So, once MPI is up, these calls are
 * made here, by name, under the lower FS.
 */
#include <errno.h>
#include <sys/mman.h>
#include "../common/back.h"
#include "../common/lower_hooks.h"
#include "../upper-half/thread.h"
#include "core.h"
#include "donor.h"

long cross_keep(long (*fn)(long, long, long, long, long), long a, long b,
		long c, long d, long e);

static long result(long r)
{
	return r == -1 ? -errno : r;
}

static long lower_munmap(long a, long len, long c, long d, long e)
{
	(void)c;
	(void)d;
	(void)e;
	return result(munmap((void *)a, (size_t)len));
}

static long lower_mremap(long old, long old_len, long len, long flags, long to)
{
	return result((long)mremap((void *)old, (size_t)old_len, (size_t)len,
				   (int)flags, (void *)to));
}

static long lower_madvise(long a, long len, long advice, long d, long e)
{
	(void)d;
	(void)e;
	return result(madvise((void *)a, (size_t)len, (int)advice));
}

int lower_watched(void)
{
	return !core.is_child && GATE->mpi && back_open();
}

long lower_unmap(long nr, long a, long b, long c, long d, long e)
{
	struct thread *t = thread_self();
	uint64_t back;
	long result;

	if (t && !t->lower_fs)
		donor_attach();
	if (!t)
		return raw_syscall5(nr, a, b, c, d, e);
	back = gate_enter(t);
	switch (nr) {
	case SYS_munmap:
		result = cross_keep(lower_munmap, a, b, c, d, e);
		break;
	case SYS_mremap:
		result = cross_keep(lower_mremap, a, b, c, d, e);
		break;
	default:
		result = cross_keep(lower_madvise, a, b, c, d, e);
	}
	gate_leave(t, back);
	return result;
}
