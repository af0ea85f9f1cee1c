/* SPDX-License-Identifier: MIT */
/* image_chunk.c - page runs in, chunks in a file out, by several threads
 *
 * A worker takes the next chunk's worth of runs, leaves out the pages that are
 * zero, and writes the rest at an offset it reserves when it knows the size.
 * Memory, offsets and lengths of payloads are whole pages, as O_DIRECT wants.
 * Stored (level 0), pages go to the file from where they are; they are hashed
 * first, so they must not change meanwhile: all threads are stopped, and pages
 * others could write (shared ones) come through /proc/self/mem as a copy.
 */
#define _GNU_SOURCE 1
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/uio.h>
#include <unistd.h>
#define XXH_STATIC_LINKING_ONLY /* XXH3_state_t on the stack */
#include <xxhash.h>
#include <zstd.h>
#include "image_chunk.h"
#include "image_io.h"

struct worker {
	struct chunk_job *job;
	ZSTD_CCtx *cctx;
	char *copy;   /* pages read through mem_fd */
	char *gather; /* pages of several runs side by side, to compress */
	char *packed; /* compressed */
	size_t packed_max;
	struct iovec iov[CHUNK_PAGES]; /* non-zero pages, where they are */
	uint64_t run[CHUNK_PAGES];     /* and the address where each belongs */
	int n_iov, n_run;
	size_t len;
	const char *failed;
};

static int worker_init(struct worker *w, struct chunk_job *job)
{
	memset(w, 0, sizeof(*w));
	w->job = job;
	w->copy = aligned_alloc(IMAGE_PAGE, CHUNK_SIZE);
	if (!w->copy)
		return -ENOMEM;
	if (!job->level)
		return 0;
	w->packed_max = image_page_up(ZSTD_compressBound(CHUNK_SIZE));
	w->packed = aligned_alloc(IMAGE_PAGE, w->packed_max);
	w->gather = malloc(CHUNK_SIZE);
	w->cctx = ZSTD_createCCtx();
	if (!w->packed || !w->gather || !w->cctx)
		return -ENOMEM;
	if (ZSTD_isError(ZSTD_CCtx_setParameter(
		    w->cctx, ZSTD_c_compressionLevel, job->level)))
		return -EINVAL;
	return 0;
}

static void worker_fini(struct worker *w)
{
	ZSTD_freeCCtx(w->cctx);
	free(w->packed);
	free(w->gather);
	free(w->copy);
}

/* A transfer has moved done bytes: leave out that much of the n pieces at
 * iov. */
static void iov_skip(struct iovec **iov, int *n, size_t done)
{
	while (*n && done >= (*iov)->iov_len) {
		done -= (*iov)->iov_len;
		(*iov)++;
		(*n)--;
	}
	if (done) {
		(*iov)->iov_base = (char *)(*iov)->iov_base + done;
		(*iov)->iov_len -= done;
	}
}

/* As chunk_pwrite; the iov is used up. */
static int pwrite_iov(int fd, struct iovec *iov, int n_iov, uint64_t off)
{
	while (n_iov) {
		ssize_t n = pwritev(fd, iov, n_iov, (off_t)off);

		if (n < 0 && image_again(fd))
			continue;
		if (n <= 0)
			return n < 0 ? -errno : -EIO;
		off += (size_t)n;
		iov_skip(&iov, &n_iov, (size_t)n);
	}
	return 0;
}

int chunk_pwrite(int fd, const void *p, size_t len, uint64_t off)
{
	struct iovec iov = { (void *)(uintptr_t)p, len };

	return len ? pwrite_iov(fd, &iov, 1, off) : 0;
}

/*
 * Copy pages that a load might not survive. A page that cannot be read (beyond
 * a file's end, a guard page) is as good as absent: zero; unless it has to be
 * there (strict): then the disk it is on has failed.
 */
static int mem_copy(int mem_fd, char *to, uint64_t addr, size_t len, int strict)
{
	size_t at = 0;

	while (at < len) {
		ssize_t n =
			pread(mem_fd, to + at, len - at, (off_t)(addr + at));

		if (n > 0) {
			at += (size_t)n;
			continue;
		}
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0 && (strict || (errno != EIO && errno != EFAULT)))
			return -errno;
		n = (ssize_t)(IMAGE_PAGE - at % IMAGE_PAGE);
		memset(to + at, 0, (size_t)n);
		at += (size_t)n;
	}
	return 0;
}

/* Add N pages found at FROM that belong at ADDR, joined to the last if next. */
static void worker_add(struct worker *w, char *from, uint64_t addr, size_t n)
{
	size_t len = n * IMAGE_PAGE;
	struct iovec *last = &w->iov[w->n_iov ? w->n_iov - 1 : 0];
	uint64_t *run = &w->run[w->n_run ? w->n_run - 1 : 0];

	if (w->n_iov && (char *)last->iov_base + last->iov_len == from)
		last->iov_len += len;
	else
		w->iov[w->n_iov++] = (struct iovec){ from, len };
	if (w->n_run && image_run_addr(*run) + image_run_len(*run) == addr)
		*run += n;
	else
		w->run[w->n_run++] = image_run(addr, n);
	w->len += len;
}

static void worker_add_nonzero(struct worker *w, char *from, uint64_t addr,
			       size_t pages)
{
	size_t i = 0, j;

	for (; i < pages; i = j + 1) {
		for (j = i; j < pages && !page_is_zero(from + j * IMAGE_PAGE);
		     j++)
			;
		if (j > i)
			worker_add(w, from + i * IMAGE_PAGE,
				   addr + i * IMAGE_PAGE, j - i);
	}
}

static int worker_collect(struct worker *w, const struct page_run *r,
			  const struct page_run *end)
{
	size_t used = 0;
	int rc;

	w->n_iov = w->n_run = 0;
	w->len = 0;
	for (; r < end; r++) {
		char *from = (char *)r->addr;
		size_t len = r->pages * IMAGE_PAGE;

		if (r->how != READ_DIRECT) {
			from = w->copy + used;
			used += len;
			rc = mem_copy(w->job->mem_fd, from, r->addr, len,
				      r->how == READ_STRICT);
			if (rc) {
				w->failed = "read memory";
				return rc;
			}
		}
		worker_add_nonzero(w, from, r->addr, r->pages);
	}
	return 0;
}

/* Payload in w->packed if that is smaller. Returns its size, 0 if it is not. */
static size_t worker_compress(struct worker *w)
{
	const char *src = w->iov[0].iov_base;
	size_t at = 0, n;

	if (w->n_iov > 1) {
		src = w->gather;
		for (int i = 0; i < w->n_iov; i++) {
			memcpy(w->gather + at, w->iov[i].iov_base,
			       w->iov[i].iov_len);
			at += w->iov[i].iov_len;
		}
	}
	n = ZSTD_compress2(w->cctx, w->packed, w->packed_max, src, w->len);
	return ZSTD_isError(n) || n >= w->len ? 0 : n;
}

static uint64_t iov_sum(const struct iovec *iov, int n_iov)
{
	XXH3_state_t st;

	if (n_iov == 1)
		return XXH3_64bits(iov->iov_base, iov->iov_len);
	XXH3_64bits_reset(&st);
	for (int i = 0; i < n_iov; i++)
		XXH3_64bits_update(&st, iov[i].iov_base, iov[i].iov_len);
	return XXH3_64bits_digest(&st);
}

static int worker_emit(struct worker *w, struct chunk_out *out)
{
	struct image_chunk *rec = &out->rec;
	size_t n = w->job->level ? worker_compress(w) : 0;
	int rc;

	out->runs = malloc((size_t)w->n_run * sizeof(*out->runs));
	if (!out->runs)
		return -ENOMEM;
	memcpy(out->runs, w->run, (size_t)w->n_run * sizeof(*out->runs));
	rec->n_runs = (uint32_t)w->n_run;
	rec->raw_size = (uint32_t)w->len;
	rec->size = (uint32_t)(n ? n : w->len);
	rec->codec = n ? CODEC_ZSTD : CODEC_STORED;
	rec->sum = n ? XXH3_64bits(w->packed, n) : iov_sum(w->iov, w->n_iov);
	rec->off = atomic_fetch_add(&w->job->tail, image_page_up(rec->size));
	if (n) {
		memset(w->packed + n, 0, image_page_up(n) - n);
		rc = chunk_pwrite(w->job->fd, w->packed, image_page_up(n),
				  rec->off);
	} else {
		rc = pwrite_iov(w->job->fd, w->iov, w->n_iov, rec->off);
	}
	if (rc)
		w->failed = "write";
	return rc;
}

static int worker_chunk(struct worker *w, size_t i)
{
	struct chunk_job *job = w->job;
	const struct page_run *r = job->runs + job->first[i];
	const struct page_run *end = job->runs + job->first[i + 1];
	uint64_t bytes = 0;
	int rc = worker_collect(w, r, end);

	if (!rc && w->len)
		rc = worker_emit(w, &job->out[i]);
	for (; r < end; r++)
		bytes += r->pages * IMAGE_PAGE;
	atomic_fetch_add(&job->done, bytes);
	return rc;
}

static void worker_run(struct chunk_job *job, int main_thread)
{
	struct worker *w = malloc(sizeof(*w));
	int rc = w ? worker_init(w, job) : -ENOMEM, none = 0;
	size_t i;

	while (!rc && !job->error) {
		i = atomic_fetch_add(&job->next, 1);
		if (i >= job->n_out)
			break;
		rc = worker_chunk(w, i);
		if (main_thread && job->progress)
			job->progress(job->arg, job->done, job->total);
	}
	if (rc && atomic_compare_exchange_strong(&job->error, &none, rc))
		job->failed = w && w->failed ? w->failed : "get memory";
	if (w)
		worker_fini(w);
	free(w);
}

static void *worker_main(void *arg)
{
	worker_run(arg, 0);
	return NULL;
}

/* Cut the runs into chunks: first[i] .. first[i + 1] is at most CHUNK_PAGES. */
static int chunk_plan(struct chunk_job *job)
{
	size_t pages = CHUNK_PAGES, n = 0;

	job->first = malloc((job->n_runs + 1) * sizeof(*job->first));
	if (!job->first)
		return -ENOMEM;
	for (size_t i = 0; i < job->n_runs; i++) {
		if (pages + job->runs[i].pages > CHUNK_PAGES) {
			job->first[n++] = i;
			pages = 0;
		}
		pages += job->runs[i].pages;
	}
	job->first[n] = job->n_runs;
	job->n_out = n;
	job->out = calloc(n + 1, sizeof(*job->out));
	return job->out ? 0 : -ENOMEM;
}

int chunk_write(struct chunk_job *job)
{
	pthread_t tid[64]; /* image_threads() never gives more */
	sigset_t all, old;
	int n = 0, want = job->threads - 1;

	job->failed = "get memory";
	if (chunk_plan(job))
		return -ENOMEM;
	if ((size_t)want > job->n_out)
		want = (int)job->n_out;
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &old);
	while (n < want && !pthread_create(&tid[n], NULL, worker_main, job))
		n++;
	pthread_sigmask(SIG_SETMASK, &old, NULL);
	worker_run(job, 1);
	while (n)
		pthread_join(tid[--n], NULL);
	return job->error;
}

void chunk_free(struct chunk_job *job)
{
	for (size_t i = 0; i < job->n_out && job->out; i++)
		free(job->out[i].runs);
	free(job->out);
	free(job->first);
}
