/* SPDX-License-Identifier: MIT */
/* pick_image.c - the images of the generation that was picked */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>
#include "../common/image_dir.h"
#include "../common/last_part.h"
#include "../common/trust.h"
#include "../image/image_file.h"
#include "pick_image.h"

int pick_image(const struct pick *p, uint32_t rank, const char *const *wanted,
	       struct image **img, char *err, size_t errlen)
{
	const struct manifest_image *mi = &p->m.images[rank];
	char path[IMAGE_PATH_MAX + WIRE_NAME];
	struct reason why = { 0 };
	int dir, fd, rc;

	*img = NULL;
	snprintf(path, sizeof(path), "%s/%s", p->path, mi->file);
	fd = dir = image_dir_open(p->gen, p->path, mi->file, &why);
	if (dir >= 0) {
		fd = trust_file(dir, last_part(mi->file), O_RDONLY, path, &why);
		close(dir);
	}
	if (fd < 0) {
		reason_todo(&why, fd, PICK_OTHER);
		reason_text(&why, err, errlen);
		return fd;
	}
	rc = image_open_part(fd, path, wanted, img, err, errlen);
	if (rc || image_digest(*img) == mi->digest)
		return rc;
	image_close(*img);
	*img = NULL;
	return image_fail(-EINVAL, err, errlen,
			  "%s: not the image that the "
			  "manifest names: " PICK_OTHER,
			  path);
}
