/* SPDX-License-Identifier: MIT */
/* fit.c - can an image go on in this process, on this machine? */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include "../common/back.h"
#include "../image/image_file.h"
#include "../lower-half/core.h"
#include "../lower-half/cpu.h"
#include "../lower-half/table.h"
#include "fit.h"

/* Texts end within their fields. */
static int check_texts(const struct image_info *i)
{
	return memchr(i->exe, 0, sizeof(i->exe)) &&
	       memchr(i->cwd, 0, sizeof(i->cwd)) &&
	       memchr(i->host, 0, sizeof(i->host)) &&
	       memchr(i->cpu, 0, sizeof(i->cpu));
}

static int check_table(const struct image *img)
{
	uint64_t len = 0;
	const uint32_t *ids = image_section(img, TABLE_SECTION, &len);

	return ids && len % sizeof(*ids) == 0 &&
	       table_take(ids, len / sizeof(*ids)) == 0;
}

const struct image_info *fit_info(const struct image *img)
{
	uint64_t len = 0;
	const struct image_info *i = image_section(img, INFO_SECTION, &len);

	return i && len == sizeof(*i) && i->version == INFO_VERSION &&
			       check_table(img) && check_texts(i) ?
		       i :
		       NULL;
}

static int misfit(const char *path, const struct image_info *i,
		  const char *what, const char *here, char *err, size_t errlen)
{
	return image_fail(-ENOTSUP, err, errlen,
			  "%s: made on another kind of %s: restart on one "
			  "like %s (%s), this is %s",
			  path, what, i->host, i->cpu, here);
}

int fit_check(const char *path, const struct image_info *i, char *err,
	      size_t errlen)
{
	struct image_info here;

	info_here(&here);
	if (i->hwcap & ~here.hwcap || i->hwcap2 & ~here.hwcap2 ||
	    i->xfeatures != here.xfeatures ||
	    !cpu_suffices(here.cpu_features, i->cpu_features))
		return misfit(path, i, "CPU", here.cpu, err, errlen);
	if (i->page_size != here.page_size)
		return misfit(path, i, "page size", here.kernel, err, errlen);
	if (i->mpi_phase != BACK_BEFORE_INIT && !strcmp(back_name(), "none"))
		return image_fail(-EINVAL, err, errlen,
				  "%s: the program uses MPI: start it with "
				  "mpirun",
				  i->exe);
	if (i->rank != core.rank || i->size != core.size)
		return image_fail(-EINVAL, err, errlen,
				  "%s: image of rank %d of %d: restart an "
				  "older generation with -g",
				  path, i->rank, i->size);
	return 0;
}
