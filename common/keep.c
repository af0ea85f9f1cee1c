/* SPDX-License-Identifier: MIT */
/* keep.c - memory that outlives the lower half: a size-class heap
 *
 * Freestanding. Each block has a 64-byte header in front, so that blocks stay
 * 64-byte aligned and a stray handle can be told from a live block. Free blocks
 * wait in one list a class; classes are four to a power of two. The region is
 * mapped in steps of KEEP_STEP and never shrinks.
 */
#include <linux/mman.h>
#include "keep.h"
#include "page.h"
#include "stress.h"
#include "sync.h"

#define KEEP_MAGIC 0x50454b414e414d00UL
#define KEEP_STEP  0x200000UL
#define UNITS_MAX  512
#define BLOCK_LIVE 0x6576696c6b6f6c62UL
#define BLOCK_FREE 0x656572666b6f6c62UL

struct block {
	uint64_t state;
	uint64_t size; /* of the block without header */
	uint32_t class;
	struct block *next;
	char pad[32];
};

_Static_assert(sizeof(struct block) == KEEP_ALIGN, "header is one unit");

/* The hooks' lock blocks signals, and a forked child finds it free. */
static void heap_lock(struct keep_heap *h, struct hold *hold)
{
	if (h == &KEEP_ROOT->hooks)
		sync_lock(LOCK_KEEP, hold);
	else
		sync_word_lock(&h->lock);
}

static void heap_unlock(struct keep_heap *h, struct hold *hold)
{
	if (h == &KEEP_ROOT->hooks)
		sync_unlock(LOCK_KEEP, hold);
	else
		sync_word_unlock(&h->lock);
}

static struct keep_heap *heap_of(const void *p)
{
	return (uint64_t)p < KEEP_END ? &KEEP_ROOT->heap : &KEEP_ROOT->hooks;
}

static long keep_map(uint64_t start, uint64_t end)
{
	return raw_syscall6(SYS_mmap, (long)start, (long)(end - start),
			    0x3 /* read, write */,
			    MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE,
			    -1, 0);
}

static void heap_init(struct keep_heap *h, uint64_t start, uint64_t mapped,
		      uint64_t end)
{
	h->start = h->brk = start;
	h->mapped = mapped;
	h->end = end;
}

int keep_create(void)
{
	struct keep_root *r = KEEP_ROOT;
	uint64_t mapped = KEEP_HEAP_BASE + KEEP_STEP;
	long a = keep_map(KEEP_BASE, mapped);

	if (a < 0)
		return (int)a;
	r->magic = KEEP_MAGIC;
	r->version = KEEP_VERSION;
	heap_init(&r->heap, KEEP_HEAP_BASE, mapped, KEEP_END);
	heap_init(&r->hooks, KEEP_END, KEEP_END, KEEP_HOOKS_END);
	return 0;
}

/* Class c holds blocks of class_size(c): 64 x {4,5,6,7} x 2^n, from 64. */
static uint64_t class_size(uint32_t c)
{
	return c < 4 ? (c + 1) * KEEP_ALIGN :
		       (4 + c % 4) * (KEEP_ALIGN << (c / 4 - 1));
}

static uint32_t class_of(uint64_t size)
{
	uint64_t units = (size + KEEP_ALIGN - 1) / KEEP_ALIGN;
	uint32_t c;

	if (units <= 4)
		return (uint32_t)units - 1;
	/* The power of two at or below, then at most four steps up. */
	c = 4 * (62 - (uint32_t)__builtin_clzl(units));
	while (class_size(c) < size)
		c++;
	return c;
}

static struct block *heap_extend(struct keep_heap *h, uint64_t size)
{
	struct block *b = (struct block *)h->brk;
	uint64_t end = h->brk + sizeof(*b) + size, to;

	if (end > h->end || end < h->brk)
		return NULL;
	if (end > h->mapped) {
		to = (end + KEEP_STEP - 1) & ~(KEEP_STEP - 1);
		if (keep_map(h->mapped, to) < 0)
			return NULL;
		h->mapped = to;
	}
	h->brk = end;
	b->size = size;
	return b;
}

static void zero(void *p, uint64_t n)
{
	__asm__ volatile("rep stosb" : "+D"(p), "+c"(n) : "a"(0) : "memory");
}

/* Small blocks, which are many, unit by unit: a `rep` takes longer to start
 * than they to be zeroed. Blocks are whole units. */
static void zero_units(void *p, uint64_t n)
{
	uint64_t *w = p, *end = w + n / sizeof(*w);

	for (; w < end; w += KEEP_ALIGN / sizeof(*w)) {
		w[0] = w[1] = w[2] = w[3] = 0;
		w[4] = w[5] = w[6] = w[7] = 0;
		/* Stays a loop: this code has no C library's memset. */
		__asm__ volatile("" : : : "memory");
	}
}

/* The whole pages of a large block: fresh, or given back by keep_free(). */
static void whole_pages(const struct block *b, uint64_t *from, uint64_t *to)
{
	uint64_t p = (uint64_t)(b + 1);

	*from = page_up(p);
	*to = page_down(p + b->size);
}

/* Zeroes the first size bytes of b; pages nobody has touched stay so. */
static void clear(struct block *b, uint64_t size)
{
	uint64_t p = (uint64_t)(b + 1), from, to;

	if (size <= UNITS_MAX) {
		zero_units(b + 1, (size + KEEP_ALIGN - 1) & ~(KEEP_ALIGN - 1));
		return;
	}
	if (b->size < KEEP_STEP) {
		zero(b + 1, size);
		return;
	}
	whole_pages(b, &from, &to);
	zero(b + 1, from - p);
	if (p + size > to)
		zero((void *)to, p + size - to);
}

static void copy(void *to, const void *from, uint64_t n)
{
	__asm__ volatile("rep movsb"
			 : "+D"(to), "+S"(from), "+c"(n)
			 :
			 : "memory");
}

static struct block *heap_take(struct keep_heap *h, uint64_t size)
{
	uint32_t c = class_of(size);
	struct block *b;

	if (c >= KEEP_CLASSES)
		return NULL;
	if (h->free[c]) {
		b = h->free[c];
		h->free[c] = b->next;
	} else {
		b = heap_extend(h, class_size(c));
	}
	if (!b)
		return NULL;
	b->class = c;
	b->state = BLOCK_LIVE;
	h->used += b->size;
	return b;
}

static void *heap_alloc(struct keep_heap *h, size_t size)
{
	struct block *b;
	struct hold hold;

	if (size > h->end - h->start)
		return NULL;
	heap_lock(h, &hold);
	b = heap_take(h, size ? size : 1);
	STRESS_POINT();
	heap_unlock(h, &hold);
	if (!b)
		return NULL;
	clear(b, size);
	return b + 1;
}

void *keep_alloc(size_t size)
{
	return heap_alloc(&KEEP_ROOT->heap, size);
}

void *keep_alloc_hook(size_t size)
{
	return heap_alloc(&KEEP_ROOT->hooks, size);
}

void keep_free(void *p)
{
	struct block *b = (struct block *)p - 1;
	struct keep_heap *h = heap_of(p);
	uint64_t from, to;
	struct hold hold;

	if (!p)
		return;
	heap_lock(h, &hold);
	if (!keep_valid(p)) { /* or no longer: another thread was first */
		heap_unlock(h, &hold);
		return;
	}
	whole_pages(b, &from, &to);
	STRESS_POINT();
	b->state = BLOCK_FREE;
	h->used -= b->size;
	b->next = h->free[b->class];
	h->free[b->class] = b;
	if (b->size >= KEEP_STEP) /* give the pages back: MADV_DONTNEED */
		raw_syscall3(SYS_madvise, (long)from, (long)(to - from), 4);
	heap_unlock(h, &hold);
}

void *keep_realloc(void *p, size_t size)
{
	struct block *b = (struct block *)p - 1;
	void *n;

	if (!p)
		return keep_alloc(size);
	if (!keep_valid(p))
		return NULL;
	n = heap_alloc(heap_of(p), size);
	if (!n)
		return NULL;
	copy(n, p, b->size < size ? b->size : size);
	keep_free(p);
	return n;
}

char *keep_strdup(const char *s)
{
	size_t n = 0;
	char *d;

	while (s[n])
		n++;
	d = keep_alloc(n + 1);
	if (d)
		copy(d, s, n + 1);
	return d;
}

int keep_valid(const void *p)
{
	const struct keep_heap *h = heap_of(p);
	const struct block *b = (const struct block *)p - 1;
	uint64_t a = (uint64_t)p;

	return a > h->start && a < h->brk && a % KEEP_ALIGN == 0 &&
	       b->state == BLOCK_LIVE;
}
