/* SPDX-License-Identifier: MIT */
/* image_open.c - opens an image and checks all of it but the payloads
 *
 * The order is that of trust: the file's size and magic, the header by its own
 * sum, the table of contents by the header's, each section by its entry's.
 */
#define _GNU_SOURCE 1
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <xxhash.h>
#include "image_file.h"
#include "image_io.h"

#define OLDER "restart from an older generation"

int image_pread(int fd, void *p, size_t len, uint64_t off)
{
	char *at = p;

	while (len) {
		ssize_t n = pread(fd, at, len, (off_t)off);

		if (n < 0 && image_again(fd))
			continue;
		if (n <= 0)
			return n < 0 ? -errno : -ENODATA;
		at += n;
		off += (size_t)n;
		len -= (size_t)n;
	}
	return 0;
}

static int read_part(struct image *img, void *p, size_t len, uint64_t off,
		     char *err, size_t errlen)
{
	int rc = image_pread(img->fd, p, len, off);

	return rc ? image_fail(rc, err, errlen, "%s: cannot read it: %s: %s",
			       img->path, strerror(-rc), OLDER) :
		    0;
}

static int damaged(const struct image *img, char *err, size_t errlen,
		   const char *what)
{
	return image_fail(-EBADMSG, err, errlen,
			  "%s: damaged: the %s fails its check: %s", img->path,
			  what, OLDER);
}

static int check_kind(struct image *img, char *err, size_t errlen)
{
	const struct image_header *h = &img->head;

	if (memcmp(h->magic, IMAGE_MAGIC, sizeof(h->magic)))
		return image_fail(-EINVAL, err, errlen,
				  "%s: not a checkpoint image: %s", img->path,
				  OLDER);
	if (h->sum != XXH3_64bits(h, offsetof(struct image_header, sum)))
		return damaged(img, err, errlen, "header");
	if (h->version != IMAGE_VERSION)
		return image_fail(-ENOTSUP, err, errlen,
				  "%s: format version "
				  "%u, this program reads %d: restart with the "
				  "version that wrote it",
				  img->path, h->version, IMAGE_VERSION);
	if (h->machine != IMAGE_MACHINE || h->page_size != IMAGE_PAGE)
		return image_fail(-ENOTSUP, err, errlen,
				  "%s: written on "
				  "another architecture (ELF machine %u, page "
				  "size %u): restart on that one",
				  img->path, h->machine, h->page_size);
	if (h->flags || !h->chunk_max || h->chunk_max > IMAGE_CHUNK_MAX ||
	    h->chunk_max % IMAGE_PAGE || h->toc_count > IMAGE_TOC_MAX)
		return damaged(img, err, errlen, "header");
	return 0;
}

static int read_header(struct image *img, char *err, size_t errlen)
{
	struct image_header *h = &img->head;
	struct stat st;
	int rc;

	if (fstat(img->fd, &st))
		st.st_size = 0;
	if ((uint64_t)st.st_size < sizeof(*h))
		return image_fail(-ENODATA, err, errlen,
				  "%s: truncated (%lld "
				  "bytes, not even a header): %s",
				  img->path, (long long)st.st_size, OLDER);
	rc = read_part(img, h, sizeof(*h), 0, err, errlen);
	if (!rc)
		rc = check_kind(img, err, errlen);
	if (!rc && h->file_size != (uint64_t)st.st_size)
		rc = image_fail(-ENODATA, err, errlen,
				"%s: truncated or "
				"damaged (%lld bytes long, not %llu): %s",
				img->path, (long long)st.st_size,
				(unsigned long long)h->file_size, OLDER);
	return rc;
}

static int inside(const struct image *img, uint64_t off, uint64_t len)
{
	return off >= sizeof(img->head) && off <= img->head.file_size &&
	       len <= img->head.file_size - off;
}

static int read_toc(struct image *img, char *err, size_t errlen)
{
	const struct image_header *h = &img->head;
	size_t len = h->toc_count * sizeof(*img->toc);
	int rc;

	if (!inside(img, h->toc_off, len))
		return damaged(img, err, errlen, "table of contents");
	img->toc = calloc(h->toc_count + 1, sizeof(*img->toc));
	img->data = calloc(h->toc_count + 1, sizeof(*img->data));
	if (!img->toc || !img->data)
		return -ENOMEM;
	rc = read_part(img, img->toc, len, h->toc_off, err, errlen);
	if (!rc && XXH3_64bits(img->toc, len) != h->toc_sum)
		rc = damaged(img, err, errlen, "table of contents");
	return rc;
}

static int is_wanted(const char *name, const char *const *wanted)
{
	if (!wanted)
		return 1;
	for (; *wanted; wanted++)
		if (!strcmp(name, *wanted))
			return 1;
	return 0;
}

/* Each section gets a NUL behind it, so that strings in it end whatever it
 * holds. */
static int read_sections(struct image *img, const char *const *wanted,
			 char *err, size_t errlen)
{
	int rc = 0;

	for (size_t i = 0; i < img->head.toc_count && !rc; i++) {
		const struct image_toc *t = &img->toc[i];

		if (t->name[IMAGE_NAME_SIZE - 1] ||
		    !inside(img, t->off, t->len))
			return damaged(img, err, errlen, "table of contents");
		if (!is_wanted(t->name, wanted))
			continue;
		img->data[i] = malloc(t->len + 1);
		if (!img->data[i])
			return -ENOMEM;
		((char *)img->data[i])[t->len] = 0;
		rc = read_part(img, img->data[i], t->len, t->off, err, errlen);
		if (!rc && XXH3_64bits(img->data[i], t->len) != t->sum)
			rc = image_fail(-EBADMSG, err, errlen,
					"%s: damaged: "
					"section \"%s\" fails its check: %s",
					img->path, t->name, OLDER);
	}
	return rc;
}

int image_open_part(int fd, const char *path, const char *const *wanted,
		    struct image **out, char *err, size_t errlen)
{
	struct image *img = calloc(1, sizeof(*img));
	int rc = -ENOMEM;

	image_fail(0, err, errlen,
		   "%s: cannot read it: out of memory: free some", path);
	*out = NULL;
	if (!img) {
		close(fd);
		return rc;
	}
	img->fd = fd;
	img->path = strdup(path);
	if (!img->path)
		goto out;
	rc = read_header(img, err, errlen);
	if (!rc)
		rc = read_toc(img, err, errlen);
	if (!rc)
		rc = read_sections(img, wanted, err, errlen);
	if (!rc && !wanted)
		rc = image_check_tables(img, err, errlen);
out:
	if (rc) {
		image_close(img);
		return rc;
	}
	image_fail(0, err, errlen, "%s", "");
	*out = img;
	return 0;
}

int image_open(int fd, const char *path, struct image **out, char *err,
	       size_t errlen)
{
	return image_open_part(fd, path, NULL, out, err, errlen);
}

void image_close(struct image *img)
{
	if (!img)
		return;
	for (size_t i = 0; img->data && i < img->head.toc_count; i++)
		free(img->data[i]);
	if (img->fd >= 0)
		close(img->fd);
	free(img->data);
	free(img->toc);
	free(img->regions);
	free(img->first_run);
	free(img->path);
	free(img);
}

const void *image_section(const struct image *img, const char *name,
			  uint64_t *len)
{
	for (size_t i = 0; i < img->head.toc_count; i++) {
		if (strcmp(img->toc[i].name, name))
			continue;
		*len = img->data[i] ? img->toc[i].len : 0;
		return img->data[i];
	}
	*len = 0;
	return NULL;
}

const struct image_region *image_regions(const struct image *img, size_t *n)
{
	*n = img->n_regions;
	return img->regions;
}

const struct image_guard *image_guards(const struct image *img, size_t *n)
{
	*n = img->n_guards;
	return img->guards;
}

uint64_t image_digest(const struct image *img)
{
	return img->head.sum;
}
