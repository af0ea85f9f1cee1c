/* SPDX-License-Identifier: MIT */
/* seeds.c - seeds DIR: what the fuzz targets begin with, made by the product
 *
 * DIR/wire: every message; DIR/manifest, DIR/json, DIR/image: each kind of
 * file; DIR/inspect: edits of an image.
 */
#include <errno.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include "../../client/rendezvous.h"
#include "../../common/ckptdir.h"
#include "../../common/manifest.h"
#include "../../common/wire_codec.h"
#include "../../image/image.h"
#include "../../run/record.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static int made(int rc, const char *what)
{
	if (rc) {
		fprintf(stderr, "seeds: %s: %s\n", what, strerror(-rc));
		exit(1);
	}
	return rc;
}

static int sub(int top, const char *name)
{
	int fd;

	mkdirat(top, name, 0700);
	fd = openat(top, name, O_RDONLY | O_DIRECTORY);
	made(fd < 0 ? -errno : 0, name);
	return fd;
}

/* Messages whose strings and arrays are not empty, where there are any. */
static void fill(uint32_t type, struct wire_msg *m)
{
	static const struct wire_clock clocks[3] = { { { 1, 2 }, 3, 4, 0 } };

	memset(m, 0, sizeof(*m));
	if (type == WIRE_CLOCK || type == WIRE_TARGETS || type == WIRE_PASSED) {
		m->u.clocks.n = 3;
		m->u.clocks.v = clocks;
	} else if (type == WIRE_STATE) {
		m->u.state.n = 3;
		m->u.state.v = clocks;
	} else if (type == WIRE_REPLY) {
		m->u.reply.text = "generation 1 begun";
	} else if (type == WIRE_HELLO) {
		memset(m->u.hello.proof, 0xa5, sizeof(m->u.hello.proof));
		strcpy(m->u.hello.program, "/bin/app");
		m->u.hello.kind = WIRE_RANK;
		m->u.hello.size = 2;
	} else if (type == WIRE_WRITTEN) {
		strcpy(m->u.written.file, "rank-0.mana");
	} else if (type == WIRE_OF) {
		m->u.of.channel = 1;
		m->u.of.type = WIRE_PROGRESS;
		m->u.of.len = sizeof(clocks[0]) / 2;
		m->u.of.body = (const uint8_t *)clocks;
	} else if (type == WIRE_BARRIER || type == WIRE_BARRIER_DONE) {
		strcpy(m->u.barrier.name, "opened");
	}
}

/* One message a file, and all in one. The first byte is not sent: it says
 * whether the peer is trusted (fuzz_wire.c). */
static void wire(int top)
{
	int dir = sub(top, "wire"), fd, all;
	struct wire_conn one, c = { .fd = -1 };
	struct wire_msg m;
	char name[32];
	uint32_t type;

	all = openat(dir, "all", O_WRONLY | O_CREAT | O_TRUNC, 0600);
	for (type = WIRE_HELLO; type < WIRE_TYPES; type++) {
		fill(type, &m);
		memset(&one, 0, sizeof(one));
		one.fd = -1;
		made(wire_queue(&one, type, &m.u), wire_name(type));
		made(wire_queue(&c, type, &m.u), wire_name(type));
		snprintf(name, sizeof(name), "%u", type);
		fd = openat(dir, name, O_WRONLY | O_CREAT | O_TRUNC, 0600);
		made(write(fd, "\1", 1) == 1 &&
				     write(fd, one.out, one.out_len) > 0 ?
			     0 :
			     -errno,
		     name);
		close(fd);
		wire_close(&one);
	}
	made(write(all, "\1", 1) == 1 && write(all, c.out, c.out_len) > 0 ?
		     0 :
		     -errno,
	     "all");
	wire_close(&c);
	close(all);
	close(dir);
}

static void manifest(int top)
{
	struct manifest_image images[2] = {
		{ .bytes = 31, .file = "rank-0.mana", .host = "node1" },
		{ .bytes = 47, .file = "rank-1.mana", .host = "node2" },
	};
	struct manifest m = { .generation = 1, .size = 2, .images = images };
	struct reason why;
	int dir = sub(top, "manifest");

	strcpy(m.id, "0123456789abcdef0123456789abcdef");
	strcpy(m.program, "/bin/app");
	made(manifest_write(dir, "", &m, &why), "manifest");
	close(dir);
}

static void small_files(int top)
{
	char *const words[] = { "mpirun", "-n", "2", "./app", NULL };
	struct client_where w = { .host = "127.0.0.1",
				  .secret = "0123456789abcdef",
				  .port = 4711,
				  .pid = 42,
				  .on = "node1",
				  .address = { "10.0.0.1", "fd00::1" },
				  .n_addresses = 2 };
	struct job_mark mark = { .id = "1", .round = "2", .program = "app" };
	struct job_end end = { .id = "1", .lost = 1 };
	struct record r = { 0 };
	int dir = sub(top, "json");
	char err[WIRE_TEXT];

	made(rendezvous_write(dir, CLIENT_FILE, "", &w, err, sizeof(err)),
	     CLIENT_FILE);
	made(job_mark_write(dir, &mark, 0), JOB_FILE);
	made(job_end_write(dir, &end), END_FILE);
	made(record_begin(&r, words, 4, 0), RECORD_FILE);
	made(record_write(dir, &r), RECORD_FILE);
	record_fini(&r);
	close(dir);
}

static void image(int top, int level, const char *name)
{
	const struct image_section s[] = { { "meta", "some text", 10 } };
	size_t len = 8 * 4096;
	char *p = mmap((void *)0x180000000000UL, len, PROT_READ | PROT_WRITE,
		       MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
	struct image_region r[] = {
		{ .start = (uint64_t)p, .len = len / 2, .prot = 3 },
		{ .start = (uint64_t)p + len / 2,
		  .len = len / 2,
		  .prot = 1,
		  .flags = REGION_FILE,
		  .path = "/bin/app" },
	};
	const struct image_options o = { .level = level, .no_fsync = 1 };
	struct image_result res;
	int dir = sub(top, "image");
	char err[512];

	memset(p + 4096, 'x', 4096);
	memset(p + 5 * 4096, 'y', 100);
	made(image_write(dir, name, name, r, 2, s, 1, &o, &res, err,
			 sizeof(err)),
	     err);
	munmap(p, len);
	close(dir);
}

/* The acts of four ranks in a round that is committed (fuzz_round.c): rank,
 * message, how, and where it has clocks, how many. */
static void acts(int top)
{
	static const uint8_t types[] = { WIRE_CLOCK, WIRE_STATE, WIRE_STOPPED,
					 WIRE_DRAINED, WIRE_WRITTEN };
	int dir = sub(top, "round"), fd;
	uint8_t out[128], rank;
	size_t i, n = 0;

	for (i = 0; i < sizeof(types); i++)
		for (rank = 0; rank < 4; rank++) {
			out[n++] = rank;
			out[n++] = types[i];
			out[n++] = types[i] == WIRE_STATE;
			if (types[i] == WIRE_CLOCK || types[i] == WIRE_STATE)
				out[n++] = 0;
		}
	fd = openat(dir, "good", O_WRONLY | O_CREAT | O_TRUNC, 0600);
	made(write(fd, out, n) == (ssize_t)n ? 0 : -errno, "round");
	close(fd);
	close(dir);
}

/* Eight bytes at the beginning of each part of an image (fuzz_inspect.c). */
static void edits(int top)
{
	int dir = sub(top, "inspect"), fd;
	uint8_t part[12] = { 0, 0, 0, 8 };
	char name[16];

	for (part[0] = 0; part[0] < 20; part[0]++) {
		snprintf(name, sizeof(name), "part-%u", part[0]);
		fd = openat(dir, name, O_WRONLY | O_CREAT | O_TRUNC, 0600);
		made(write(fd, part, sizeof(part)) == sizeof(part) ? 0 : -errno,
		     name);
		close(fd);
	}
	close(dir);
}

int main(int argc, char **argv)
{
	int top;

	if (argc != 2)
		return 2;
	mkdir(argv[1], 0700);
	top = open(argv[1], O_RDONLY | O_DIRECTORY);
	made(top < 0 ? -errno : 0, argv[1]);
	wire(top);
	manifest(top);
	small_files(top);
	acts(top);
	edits(top);
	image(top, 0, "plain");
	image(top, 1, "packed");
	return 0;
}
