/* SPDX-License-Identifier: MIT */
/* inodes.c - the files without a name that an image speaks of, made again
 */
#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>
#include <xxhash.h>
#include "../client/client.h"
#include "../image/image_file.h"
#include "inode_share.h"
#include "inodes.h"
#include "pick_image.h"

#define MEMFD "/memfd:"

struct made {
	int fd;
	int maker;  /* the lowest rank that has it */
	int others; /* how many more have it */
};

static struct {
	const struct saved_files *x;
	struct made *at;
	int rank;
} made;

/* 1: another rank can have mapped or opened the file too. */
static int can_be_shared(const struct saved_inode *o)
{
	return o->kind == INODE_FILE || o->kind == INODE_SHMEM;
}

static const char *key_of(size_t i)
{
	return saved_files_name(made.x, made.x->inodes[i].key);
}

static const char *name_of(size_t i)
{
	return saved_files_name(made.x, made.x->inodes[i].name);
}

static int index_of(const char *key)
{
	size_t i;

	for (i = 0; made.x && i < made.x->n_inodes; i++)
		if (!strcmp(key_of(i), key))
			return (int)i;
	return -1;
}

const struct saved_inode *inodes_find(const char *key)
{
	int i = index_of(key);

	return i < 0 ? NULL : &made.x->inodes[i];
}

int inodes_fd_at(size_t i)
{
	return made.at[i].fd;
}

int inodes_fd(const char *key)
{
	int i = index_of(key);

	return i < 0 ? -1 : made.at[i].fd;
}

const char *inodes_title(const char *path)
{
	int i = path ? index_of(path) : -1;

	return i < 0 ? path ? path : "anonymous" : name_of((size_t)i);
}

/* Other ranks that have them */

static void count_peer(int rank, const struct saved_files *peer)
{
	size_t i;
	int k;

	for (i = 0; i < peer->n_inodes; i++) {
		k = can_be_shared(&peer->inodes[i]) ?
			    index_of(saved_files_name(peer,
						      peer->inodes[i].key)) :
			    -1;
		if (k < 0)
			continue;
		made.at[k].others++;
		if (rank < made.at[k].maker)
			made.at[k].maker = rank;
	}
}

static int look_at_peer(const struct pick *p, int rank, char *err,
			size_t errlen)
{
	static const char *const wanted[] = { INODE_SECTION, NAME_SECTION,
					      NULL };
	uint64_t n_inodes, n_names;
	const void *inodes, *names;
	struct saved_files peer;
	struct image *img;
	int rc = pick_image(p, (uint32_t)rank, wanted, &img, err, errlen);

	if (rc < 0)
		return rc;
	inodes = image_section(img, INODE_SECTION, &n_inodes);
	names = image_section(img, NAME_SECTION, &n_names);
	if (saved_files_inodes(&peer, inodes, n_inodes, names, n_names) < 0)
		rc = image_fail(-EINVAL, err, errlen,
				"%s: written by another "
				"version of mana: use that one",
				img->path);
	else
		count_peer(rank, &peer);
	image_close(img);
	return rc;
}

/* Looks at the images of all ranks that were on the host that this one was
 * on. */
static int look_at_peers(const struct pick *p, char *err, size_t errlen)
{
	const struct manifest_image *images = p->m.images;
	const char *host = images[made.rank].host;
	int any = 0, rc = 0, rank;
	size_t i;

	for (i = 0; i < made.x->n_inodes; i++)
		any |= can_be_shared(&made.x->inodes[i]);
	for (rank = 0; any && rank < (int)p->m.size && rc == 0; rank++) {
		const char *its = images[rank].host;

		if (rank != made.rank &&
		    (!host[0] || !its[0] || !strcmp(host, its)))
			rc = look_at_peer(p, rank, err, errlen);
	}
	return rc;
}

/* Making one */

static int open_in(const char *dir, int linkable)
{
	char path[IMAGE_PATH_MAX + 32];
	int flags = O_RDWR | O_CLOEXEC;
	int fd = open(dir, O_TMPFILE | flags | (linkable ? 0 : O_EXCL), 0600);

	if (fd >= 0 || (errno != EOPNOTSUPP && errno != EISDIR))
		return fd;
	snprintf(path, sizeof(path), "%s/.mana-XXXXXX", dir);
	fd = mkostemp(path, O_CLOEXEC);
	if (fd >= 0)
		unlink(path);
	return fd;
}

/* Makes the file in the directory where it was, else where such files go. */
static int make_on_disk(const struct saved_inode *o, const char *name)
{
	const char *dirs[] = { NULL, getenv("TMPDIR"), "/var/tmp", "/tmp" };
	char copy[IMAGE_PATH_MAX];
	size_t i;
	int fd = -1;

	snprintf(copy, sizeof(copy), "%s", name);
	dirs[0] = dirname(copy);
	for (i = 0; i < sizeof(dirs) / sizeof(dirs[0]) && fd < 0; i++)
		if (dirs[i])
			fd = open_in(dirs[i], (int)o->linkable);
	return fd;
}

static int make_in_memory(const struct saved_inode *o, const char *name)
{
	const char *base = strrchr(name, '/');
	char copy[250], dir[IMAGE_PATH_MAX];
	int fd = -1;

	if (o->linkable) {
		snprintf(dir, sizeof(dir), "%s", name);
		fd = open_in(dirname(dir), 1);
	}
	if (fd >= 0)
		return fd;
	base = !strncmp(name, MEMFD, strlen(MEMFD)) ? name + strlen(MEMFD) :
	       base				    ? base + 1 :
						      name;
	snprintf(copy, sizeof(copy), "%s", base);
	return memfd_create(copy, MFD_CLOEXEC | MFD_ALLOW_SEALING);
}

static int make(size_t i)
{
	const struct saved_inode *o = &made.x->inodes[i];
	int fd = o->kind == INODE_FILE ? make_on_disk(o, name_of(i)) :
					 make_in_memory(o, name_of(i));

	if (fd < 0)
		return -errno;
	made.at[i].fd = fd;
	return ftruncate(fd, (off_t)o->size) < 0 ? -errno : 0;
}

static int make_all(char *err, size_t errlen)
{
	size_t i;
	int rc = 0;

	for (i = 0; i < made.x->n_inodes && !rc; i++) {
		if (made.x->inodes[i].kind == INODE_NAMED ||
		    made.at[i].maker != made.rank)
			continue;
		rc = make(i);
		if (rc < 0)
			image_fail(rc, err, errlen,
				   "%.4000s: cannot be made again: %s",
				   name_of(i), strerror(-rc));
	}
	return rc;
}

/* A number that only the ranks of this restart know, not even those of another
 * restart of the same image. */
static uint64_t token(const struct manifest *m, int rank)
{
	char job[WIRE_NAME];

	client_job_key(job, sizeof(job));
	return m->images[rank].digest ^ XXH3_64bits(job, strlen(job));
}

static int ask_all(const struct manifest *m, char *err, size_t errlen)
{
	size_t i;
	int fd;

	for (i = 0; i < made.x->n_inodes; i++) {
		if (made.x->inodes[i].kind == INODE_NAMED ||
		    made.at[i].maker == made.rank)
			continue;
		fd = share_ask(token(m, made.at[i].maker), key_of(i));
		if (fd < 0)
			return image_fail(fd, err, errlen,
					  "%.4000s: rank %d, "
					  "which had it too, does not give it: "
					  "%s: start both on one host",
					  name_of(i), made.at[i].maker,
					  strerror(-fd));
		made.at[i].fd = fd;
	}
	return 0;
}

static int share_all(const struct manifest *m, char *err, size_t errlen)
{
	struct share_server s = { .look = inodes_fd };
	size_t i;
	int rc = 0, served;

	for (i = 0; i < made.x->n_inodes; i++)
		if (made.at[i].maker == made.rank)
			s.expected += made.at[i].others;
	if (s.expected)
		rc = share_start(&s, token(m, made.rank));
	if (rc < 0)
		return image_fail(rc, err, errlen,
				  "memory that ranks share: %s", strerror(-rc));
	served = s.expected;
	rc = ask_all(m, err, errlen);
	if (served && share_finish(&s) < 0 && !rc)
		rc = image_fail(-ETIMEDOUT, err, errlen,
				"memory that ranks "
				"share: some did not come for it: start them "
				"on one host");
	return rc;
}

int inodes_make(const struct saved_files *x, const struct pick *p, int rank,
		char *err, size_t errlen)
{
	size_t i;
	int rc;

	made.x = x;
	made.rank = rank;
	made.at = calloc(x->n_inodes + 1, sizeof(*made.at));
	if (!made.at)
		return -ENOMEM;
	for (i = 0; i < x->n_inodes; i++)
		made.at[i] = (struct made){ .fd = -1, .maker = rank };
	rc = look_at_peers(p, err, errlen);
	if (!rc)
		rc = make_all(err, errlen);
	return rc < 0 ? rc : share_all(&p->m, err, errlen);
}

/* Seals and modes come last: until then all ranks can open the file for
 * whatever they had it open for. */
static void seal(size_t i)
{
	const struct saved_inode *o = &made.x->inodes[i];
	int fd = made.at[i].fd;

	if (fchown(fd, o->uid, o->gid) < 0)
		errno = 0; /* only root can give files away */
	fchmod(fd, o->mode);
	if (o->seals)
		fcntl(fd, F_ADD_SEALS, o->seals);
}

void inodes_finish(void)
{
	size_t i;

	for (i = 0; made.x && i < made.x->n_inodes; i++) {
		if (made.at[i].fd < 0)
			continue;
		if (made.at[i].maker == made.rank)
			seal(i);
		close(made.at[i].fd);
	}
	free(made.at);
	made.x = NULL;
}
