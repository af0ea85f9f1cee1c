/* SPDX-License-Identifier: MIT */
/* fuzz_image.c - an image, also one whose sums are right
 *
 * As it is it is mostly refused for a sum; so the input is tried a second time
 * with its sums made right. What is taken then may be nonsense to a restart,
 * but reading and checking it touches nothing else.
 */
#include <sys/mman.h>
#include <xxhash.h>
#include "../../image/image.h"
#include "../../image/image_format.h"
#include "fuzz.h"

/* Tables lie at any byte in a file. */
typedef struct image_toc toc_in_file __attribute__((aligned(1)));
typedef struct image_header header_in_file __attribute__((aligned(1)));

static int try(const uint8_t *data, size_t size)
{
	char err[512] = "";
	struct image *img;
	size_t n;
	int fd, rc;

	fuzz_file("rank-0.mana", data, size);
	fd = openat(fuzz_dir(), "rank-0.mana", O_RDONLY | O_CLOEXEC);
	rc = image_open(fd, "rank-0.mana", &img, err, sizeof(err));
	if (!rc) {
		(void)image_regions(img, &n);
		(void)image_guards(img, &n);
		rc = image_read(img, 1, err, sizeof(err));
		image_close(img);
	}
	if (rc)
		fuzz_sentence(err);
	return rc;
}

static void make_sums_right(uint8_t *p, size_t size)
{
	header_in_file *h = (void *)p;
	toc_in_file *t;
	size_t i;

	if (h->toc_off <= size &&
	    h->toc_count <= (size - h->toc_off) / sizeof(*t)) {
		t = (void *)(p + h->toc_off);
		for (i = 0; i < h->toc_count; i++)
			if (t[i].off <= size && t[i].len <= size - t[i].off)
				t[i].sum = XXH3_64bits(p + t[i].off, t[i].len);
		h->toc_sum = XXH3_64bits(t, h->toc_count * sizeof(*t));
	}
	h->sum = XXH3_64bits(h, offsetof(struct image_header, sum));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	uint8_t *copy;

	if (!try(data, size) || size < sizeof(struct image_header))
		return 0;
	copy = malloc(size);
	memcpy(copy, data, size);
	make_sums_right(copy, size);
	try(copy, size);
	free(copy);
	return 0;
}
