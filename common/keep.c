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

#define KEEP_MAGIC   0x50454b414e414d00UL
#define KEEP_STEP    0x200000UL
#define BLOCK_LIVE   0x6576696c6b6f6c62UL
#define BLOCK_FREE   0x656572666b6f6c62UL

struct block {
	uint64_t state;
	uint64_t size; /* of the block without header */
	uint32_t class;
	struct block *next;
	char pad[32];
};

_Static_assert(sizeof(struct block) == KEEP_ALIGN, "header is one unit");

static void keep_lock(void)
{
	uint32_t *l = &KEEP_ROOT->lock;

	while (__atomic_exchange_n(l, 1, __ATOMIC_ACQUIRE))
		raw_syscall0(SYS_sched_yield);
}

static void keep_unlock(void)
{
	__atomic_store_n(&KEEP_ROOT->lock, 0, __ATOMIC_RELEASE);
}

static long keep_map(uint64_t start, uint64_t end)
{
	return raw_syscall6(SYS_mmap, (long)start, (long)(end - start),
			    0x3 /* read, write */,
			    MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE,
			    -1, 0);
}

int keep_create(void)
{
	struct keep_root *r = KEEP_ROOT;
	long a = keep_map(KEEP_BASE, KEEP_HEAP_BASE + KEEP_STEP);

	if (a < 0)
		return (int)a;
	r->magic = KEEP_MAGIC;
	r->version = KEEP_VERSION;
	r->brk = KEEP_HEAP_BASE;
	r->mapped = KEEP_HEAP_BASE + KEEP_STEP;
	return 0;
}

/* Class c holds blocks of class_size(c): 64 x {4,5,6,7} x 2^n, from 64. */
static uint64_t class_size(uint32_t c)
{
	return c < 4 ? (c + 1) * KEEP_ALIGN
		     : (4 + c % 4) * (KEEP_ALIGN << (c / 4 - 1));
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

static struct block *keep_extend(uint64_t size)
{
	struct keep_root *r = KEEP_ROOT;
	struct block *b = (struct block *)r->brk;
	uint64_t end = r->brk + sizeof(*b) + size, to;

	if (end > KEEP_END || end < r->brk)
		return NULL;
	if (end > r->mapped) {
		to = (end + KEEP_STEP - 1) & ~(KEEP_STEP - 1);
		if (keep_map(r->mapped, to) < 0)
			return NULL;
		r->mapped = to;
	}
	r->brk = end;
	b->size = size;
	return b;
}

static void zero(void *p, uint64_t n)
{
	__asm__ volatile("rep stosb" : "+D"(p), "+c"(n) : "a"(0) : "memory");
}

/* The whole pages of a large block: fresh, or given back by keep_free(). */
static void whole_pages(const struct block *b, uint64_t *from, uint64_t *to)
{
	uint64_t p = (uint64_t)(b + 1);

	*from = (p + 4095) & ~4095UL;
	*to = (p + b->size) & ~4095UL;
}

/* Zeroes the first size bytes of b; pages nobody has touched stay so. */
static void clear(struct block *b, uint64_t size)
{
	uint64_t p = (uint64_t)(b + 1), from, to;

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

static struct block *keep_take(uint64_t size)
{
	struct keep_root *r = KEEP_ROOT;
	uint32_t c = class_of(size);
	struct block *b;

	if (c >= KEEP_CLASSES)
		return NULL;
	if (r->free[c]) {
		b = r->free[c];
		r->free[c] = b->next;
	} else {
		b = keep_extend(class_size(c));
	}
	if (!b)
		return NULL;
	b->class = c;
	b->state = BLOCK_LIVE;
	r->used += b->size;
	return b;
}

void *keep_alloc(size_t size)
{
	struct block *b;

	if (size > KEEP_END - KEEP_BASE)
		return NULL;
	keep_lock();
	b = keep_take(size ? size : 1);
	keep_unlock();
	if (!b)
		return NULL;
	clear(b, size);
	return b + 1;
}

void keep_free(void *p)
{
	struct block *b = (struct block *)p - 1;
	uint64_t from, to;

	if (!keep_valid(p))
		return;
	whole_pages(b, &from, &to);
	keep_lock();
	b->state = BLOCK_FREE;
	KEEP_ROOT->used -= b->size;
	b->next = KEEP_ROOT->free[b->class];
	KEEP_ROOT->free[b->class] = b;
	if (b->size >= KEEP_STEP) /* give the pages back: MADV_DONTNEED */
		raw_syscall3(SYS_madvise, (long)from, (long)(to - from), 4);
	keep_unlock();
}

void *keep_realloc(void *p, size_t size)
{
	struct block *b = (struct block *)p - 1;
	void *n;

	if (!p)
		return keep_alloc(size);
	if (!keep_valid(p))
		return NULL;
	n = keep_alloc(size);
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
	uint64_t a = (uint64_t)p;
	const struct block *b = (const struct block *)p - 1;

	return a > KEEP_HEAP_BASE && a < KEEP_ROOT->brk &&
	       a % KEEP_ALIGN == 0 && b->state == BLOCK_LIVE;
}
