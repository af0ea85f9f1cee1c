/* SPDX-License-Identifier: MIT */
/* image_read.c - chunks into place, by several threads
 *
 * A payload is believed after its sum has been checked, and only then unpacked
 * or copied to where it belongs: by then it is in the processor's cache, and a
 * disk reads into a huge page three times as fast as into scattered small ones.
 * Whoever calls gives up the process on any error: half a restore is seen by
 * nobody.
 */
#define _GNU_SOURCE 1
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/uio.h>
#include <unistd.h>
#include <xxhash.h>
#include <zstd.h>
#include "image_file.h"
#include "image_io.h"

#define HUGE_PAGE (2UL << 20)

struct job {
	struct image *img;
	int verify_only;
	_Atomic size_t next;
	_Atomic int error;
	size_t bad_chunk;
};

struct reader {
	struct job *job;
	ZSTD_DCtx *dctx;
	char *memory, *packed, *raw; /* chunk_max each of the last two */
};

/*
 * The kernel copies where it is allowed to: it makes pages without a fault for
 * each of them, and on virtual machines faults can take longer than all the
 * rest.
 */
static int scatter_some(char *from, const struct iovec *to, int n, size_t len)
{
	struct iovec all = { from, len };
	ssize_t done =
		process_vm_writev(getpid(), &all, 1, to, (unsigned long)n, 0);

	if (done == (ssize_t)len)
		return 0;
	if (done >= 0 || (errno != ENOSYS && errno != EPERM))
		return done < 0 ? -errno : -EFAULT;
	for (int i = 0; i < n; i++) {
		memcpy(to[i].iov_base, from, to[i].iov_len);
		from += to[i].iov_len;
	}
	return 0;
}

static int scatter(char *from, const uint64_t *run, uint32_t n)
{
	struct iovec to[128];
	int rc = 0;

	while (n && !rc) {
		size_t len = 0;
		int k = 0;

		for (; n && k < 128; k++, n--, run++) {
			to[k].iov_base = (void *)image_run_addr(*run);
			to[k].iov_len = image_run_len(*run);
			len += to[k].iov_len;
		}
		rc = scatter_some(from, to, k, len);
		from += len;
	}
	return rc;
}

int image_load_chunk(const struct image *img, size_t i, void *dctx,
		     char *packed, char *raw, char **pages)
{
	const struct image_chunk *c = &img->chunks[i];
	int rc = image_pread(img->fd, packed, image_page_up(c->size), c->off);

	*pages = c->codec == CODEC_STORED ? packed : raw;
	if (rc)
		return rc;
	if (XXH3_64bits(packed, c->size) != c->sum)
		return -EBADMSG;
	if (c->codec != CODEC_STORED &&
	    ZSTD_decompressDCtx(dctx, raw, c->raw_size, packed, c->size) !=
		    c->raw_size)
		return -EBADMSG;
	return 0;
}

static int read_chunk(struct reader *r, size_t i)
{
	const struct image *img = r->job->img;
	const uint64_t *run = img->runs + img->first_run[i];
	char *pages;
	int rc = image_load_chunk(img, i, r->dctx, r->packed, r->raw, &pages);

	if (rc || r->job->verify_only)
		return rc;
	return scatter(pages, run, img->chunks[i].n_runs);
}

static void reader_loop(struct reader *r)
{
	struct job *job = r->job;
	const struct image *img = job->img;
	int none = 0, rc;
	size_t i;

	while (!job->error) {
		i = atomic_fetch_add(&job->next, 1);
		if (i >= img->n_chunks)
			break;
		rc = read_chunk(r, i);
		atomic_fetch_add(&r->job->img->bytes_read,
				 img->chunks[i].raw_size);
		if (rc &&
		    atomic_compare_exchange_strong(&job->error, &none, rc))
			job->bad_chunk = i;
	}
}

/*
 * Two chunks side by side, in huge pages where there are any. No child gets
 * them: a fork while the disk writes to a page could leave the data to it.
 */
static int reader_memory(struct reader *r, size_t max)
{
	size_t len = 2 * max + HUGE_PAGE;

	r->memory = mmap(NULL, len, PROT_READ | PROT_WRITE,
			 MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	if (r->memory == MAP_FAILED)
		return -ENOMEM;
	madvise(r->memory, len, MADV_HUGEPAGE);
	madvise(r->memory, len, MADV_DONTFORK);
	r->packed = (char *)(((uintptr_t)r->memory + HUGE_PAGE - 1) &
			     ~(HUGE_PAGE - 1));
	r->raw = r->packed + max;
	return 0;
}

static void reader_run(struct job *job)
{
	size_t max = job->img->head.chunk_max;
	struct reader r = { .job = job };
	int rc = reader_memory(&r, max), none = 0;

	if (!rc) {
		r.dctx = ZSTD_createDCtx();
		if (r.dctx)
			reader_loop(&r);
		else
			rc = -ENOMEM;
		ZSTD_freeDCtx(r.dctx);
		munmap(r.memory, 2 * max + HUGE_PAGE);
	}
	if (rc)
		atomic_compare_exchange_strong(&job->error, &none, rc);
}

static void *reader_main(void *arg)
{
	reader_run(arg);
	return NULL;
}

static int read_failed(const struct job *job, char *err, size_t errlen)
{
	const struct image *img = job->img;
	int rc = job->error;

	if (rc == -EBADMSG)
		return image_fail(
			rc, err, errlen,
			"%s: damaged: the pages at "
			"%#llx fail their check: restart from an "
			"older generation",
			img->path,
			(unsigned long long)image_run_addr(
				img->runs[img->first_run[job->bad_chunk]]));
	return image_fail(rc, err, errlen,
			  "%s: cannot read it: %s: restart "
			  "from an older generation",
			  img->path, strerror(-rc));
}

int image_read(struct image *img, int verify_only, char *err, size_t errlen)
{
	struct job job = { .img = img, .verify_only = verify_only };
	int n = 0, want = image_threads(0) - 1;
	pthread_t tid[64]; /* image_threads() never gives more */
	sigset_t all, old;

	if ((size_t)want > img->n_chunks)
		want = (int)img->n_chunks;
	image_direct_on(img->fd);
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &old);
	while (n < want && !pthread_create(&tid[n], NULL, reader_main, &job))
		n++;
	pthread_sigmask(SIG_SETMASK, &old, NULL);
	reader_run(&job);
	while (n > 0)
		pthread_join(tid[--n], NULL);
	image_direct_off(img->fd);
	return job.error ? read_failed(&job, err, errlen) : 0;
}
