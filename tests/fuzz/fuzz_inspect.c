/* SPDX-License-Identifier: MIT */
/* fuzz_inspect.c - the process in an image that somebody has changed
 *
 * An input is edits of an image with two threads, files and MPI objects: a part
 * of it, a place in that part, and what is put there. All sums are made right
 * then, so mana_inspect comes to read what makes no sense: it may refuse that,
 * with a sentence, or show it.
 */
#include <fcntl.h>
#include <jansson.h>
#include <sys/mman.h>
#include <ucontext.h>
#include <xxhash.h>
#include "../../image/image.h"
#include "../../image/image_format.h"
#include "../../inspect/core.h"
#include "../../inspect/report.h"
#include "../../lower-half/files.h"
#include "../../mpi-wrappers/desc.h"
#include "fuzz.h"

int LLVMFuzzerInitialize(int *argc, char ***argv);

typedef struct image_toc toc_in_file __attribute__((aligned(1)));
typedef struct image_chunk chunk_in_file __attribute__((aligned(1)));
typedef struct image_header header_in_file __attribute__((aligned(1)));

/* What lies in keep memory, all of it in one chunk. */
struct memory {
	struct keep_root root;
	struct mpi_root objects __attribute__((aligned(4096)));
	struct app app __attribute__((aligned(4096)));
	struct thread threads[2];
	struct desc_comm comm;
	struct desc type;
	ucontext_t frame;
	char vectors[1024];
	char args[64];
	uint64_t auxv[8];
};
#define MEMORY ((struct memory *)KEEP_BASE)
#define PAGES  ((sizeof(struct memory) + 4095) & ~4095UL)
_Static_assert(offsetof(struct memory, objects) == KEEP_MPI_ROOT - KEEP_BASE,
	       "where the MPI objects are looked for");

static uint8_t *base;
static size_t size;

static void make_objects(struct memory *m)
{
	m->objects.live[DESC_COMM] = &m->comm.d;
	m->objects.live[DESC_TYPE] = &m->type;
	m->comm.d.magic = DESC_MAGIC | DESC_COMM;
	m->comm.d.seam = &m->comm;
	strcpy(m->comm.d.what, "MPI_Comm_dup");
	m->type.magic = DESC_MAGIC | DESC_TYPE;
	m->type.seam = &m->type;
}

static void make_process(struct memory *m)
{
	m->root.app = &m->app;
	m->root.threads = &m->threads[0];
	m->app.pid = m->threads[1].vtid = 4711;
	m->threads[0].next = &m->threads[1];
	m->threads[0].vtid = 4712;
	m->threads[0].state = m->threads[1].state = THREAD_STOPPED;
	m->threads[0].frame = m->threads[1].frame = (uint64_t)&m->frame;
	m->frame.uc_mcontext.fpregs = (void *)m->vectors;
	m->frame.uc_mcontext.gregs[REG_RIP] = (int64_t)m->args;
	strcpy(m->args, "app");
	m->app.stack.args = (uint64_t)m->args;
	m->app.stack.env = m->app.stack.args + 4;
	m->app.stack.auxv = (uint64_t)m->auxv;
}

static void write_base(const struct image_region *r)
{
	static struct image_info info = { .version = INFO_VERSION,
					  .mpi_phase = BACK_BEFORE_INIT + 1 };
	static const struct saved_file files[] = {
		{ .fd = 0, .kind = FILE_STD, .same_as = -1 },
		{ .fd = 3, .kind = FILE_REGULAR, .same_as = -1, .name = 1 },
		{ .fd = 4, .kind = FILE_PIPE, .same_as = -1, .size = 8 },
	};
	static const uint32_t pipes[] = { 4, 0x61616161 };
	const struct image_section s[] = {
		{ INFO_SECTION, &info, sizeof(info) },
		{ FD_SECTION, files, sizeof(files) },
		{ NAME_SECTION, "\0/tmp/x", 8 },
		{ PIPE_SECTION, pipes, sizeof(pipes) },
	};
	const struct image_options o = { .level = 0, .no_fsync = 1 };
	struct image_result res;
	char err[512];

	fuzz_must(!image_write(fuzz_dir(), "base", "base", r, 2, s, 4, &o, &res,
			       err, sizeof(err)));
	size = res.bytes;
}

static void *map(uint64_t at, size_t len)
{
	void *p = mmap((void *)at, len, PROT_READ | PROT_WRITE,
		       MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);

	fuzz_must(p != MAP_FAILED);
	return p;
}

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	const struct image_region r[] = {
		{ .start = KEEP_BASE, .len = PAGES, .prot = 3 },
		{ .start = KEEP_BASE + PAGES,
		  .len = 4096,
		  .prot = 5,
		  .flags = REGION_FILE,
		  .path = "/bin/app" },
	};
	struct memory *m = map(KEEP_BASE, PAGES + 4096);
	size_t i;
	int fd;

	(void)argc;
	(void)argv;
	for (i = 0; i < PAGES; i += 4096) /* none is zero, so all are stored */
		((char *)m)[i + 4095] = 1;
	make_objects(m);
	make_process(m);
	write_base(r);
	munmap(m, PAGES + 4096);
	base = malloc(size);
	fd = openat(fuzz_dir(), "base", O_RDONLY | O_CLOEXEC);
	fuzz_must(fd >= 0 && read(fd, base, size) == (ssize_t)size);
	close(fd);
	return 0;
}

/* The n-th part of an image, after its records in memory its sections. */
static uint8_t *part(uint8_t *p, uint8_t n, size_t *len)
{
#define RECORD(member)                                                         \
	{                                                                      \
		offsetof(struct memory, member),                               \
			sizeof(((struct memory *)0)->member)                   \
	}
	static const struct {
		size_t at, len;
	} records[] = { RECORD(root),	 RECORD(objects), RECORD(app),
			RECORD(threads), RECORD(comm),	  RECORD(type),
			RECORD(frame),	 RECORD(vectors), RECORD(args),
			RECORD(auxv) };
	const header_in_file *h = (void *)base;
	const toc_in_file *t = (void *)(base + h->toc_off);
	size_t count = sizeof(records) / sizeof(*records);

	n %= (uint8_t)(count + h->toc_count);
	if (n < count) {
		*len = records[n].len;
		return p + IMAGE_PAGE + records[n].at;
	}
	*len = t[n - count].len;
	return p + t[n - count].off;
}

static void edit(uint8_t *p, const uint8_t *data, size_t n)
{
	uint8_t *to;
	size_t len, at, i;

	while (n > 4) {
		to = part(p, data[0], &len);
		at = (size_t)(data[1] | data[2] << 8);
		for (i = 0; i < data[3] % 9 && 4 + i < n && len; i++)
			to[(at + i) % len] = data[4 + i];
		i += 4;
		data += i < n ? i : n;
		n -= i < n ? i : n;
	}
}

/* Sections lie where they did: the table of contents is not edited. */
static void make_sums_right(uint8_t *p)
{
	header_in_file *h = (void *)p;
	toc_in_file *t = (void *)(p + h->toc_off);
	chunk_in_file *c;
	uint64_t i, k;

	for (i = 0; i < h->toc_count; i++) {
		c = (void *)(p + t[i].off);
		for (k = 0; !strcmp(t[i].name, IMAGE_CHUNKS) &&
			    k < t[i].len / sizeof(*c);
		     k++)
			if (c[k].off <= size && c[k].size <= size - c[k].off)
				c[k].sum = XXH3_64bits(p + c[k].off, c[k].size);
		t[i].sum = XXH3_64bits(p + t[i].off, t[i].len);
	}
	h->toc_sum = XXH3_64bits(t, h->toc_count * sizeof(*t));
	h->sum = XXH3_64bits(h, offsetof(struct image_header, sum));
}

static int look(const struct process *p, char *err, size_t errlen)
{
	int fd = openat(fuzz_dir(), "core",
			O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	json_t *o = report_image(p, err, errlen);
	char *text = o ? json_dumps(o, 0) : NULL;
	int rc;

	fuzz_must(fd >= 0 && (!o || text));
	free(text);
	json_decref(o);
	if (!o)
		fuzz_sentence(err);
	rc = core_write(fd, "core", p, err, errlen);
	close(fd);
	return rc;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	uint8_t *copy = malloc(size);
	char err[1024] = "";
	struct process p;
	struct image *img;
	int fd, rc;

	memcpy(copy, base, size);
	edit(copy, data, n);
	make_sums_right(copy);
	fuzz_file("image", copy, size);
	free(copy);
	fd = openat(fuzz_dir(), "image", O_RDONLY | O_CLOEXEC);
	rc = image_open(fd, "image", &img, err, sizeof(err));
	if (!rc) {
		rc = process_open(&p, img, "image", err, sizeof(err));
		if (!rc) {
			rc = look(&p, err, sizeof(err));
			process_close(&p);
		}
		image_close(img);
	}
	if (rc)
		fuzz_sentence(err);
	fuzz_must(n || !rc); /* as it was, it can be shown */
	return 0;
}
