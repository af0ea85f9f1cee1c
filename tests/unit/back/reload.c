/* SPDX-License-Identifier: MIT */
/* reload.c - objects saved by one process and rebuilt by another
 *
 * reload save PREFIX: make objects, write the keep heap to PREFIX.RANK.
 * reload load PREFIX: a fresh process, perhaps with the other MPI, maps the
 * heap, rebuilds and uses them: nothing may hang on lower-half memory.
 */
#include <fcntl.h>
#include <unistd.h>
#include "harness.h"
#include "mpi-wrappers/back/core/regular.h"
#include "upper-half/thread.h"

#define W SEAM_COMM_WORLD

struct state {
	struct thread thread;
	seam_comm dup, even, odd_one, cart, dist, graph, inter;
	seam_datatype record, large;
	seam_group group;
	seam_info info;
	int code;
};

static struct state *s;

static void make(void)
{
	int dims[2] = { back_size(), 1 }, periods[2] = { 1, 0 };
	int next = (back_rank() + 1) % back_size(), bl[2] = { 1, 2 };
	int prev = (back_rank() + back_size() - 1) % back_size();
	int ring[2] = { 1, 1 }, edges[1] = { 0 };
	/* gcc takes the constant for an array too small. */
	const int *volatile unweighted = SEAM_UNWEIGHTED;
	seam_aint disp[2] = { 0, 64 };
	seam_datatype vec, types[2] = { SEAM_INT };
	seam_comm t;

	CHECK(back_Comm_dup(W, &s->dup) == 0);
	CHECK(back_Comm_split(s->dup, back_rank() % 2, 0, &s->even) == 0);
	CHECK(back_Comm_split(W, back_rank() ? SEAM_UNDEFINED : 0, 0,
			      &s->odd_one) == 0);
	CHECK(back_Cart_create(W, 2, dims, periods, 1, &s->cart) == 0);
	CHECK(back_Dist_graph_create_adjacent(W, 1, &prev, unweighted, 1, &next,
					      unweighted, SEAM_INFO_NULL, 0,
					      &s->dist) == 0);
	CHECK(back_Graph_create(W, 1, ring, edges, 0, &s->graph) == 0);
	s->inter = SEAM_COMM_NULL;
	if (back_size() > 1)
		CHECK(back_Intercomm_create(s->even, 0, W, 1 - back_rank() % 2,
					    3, &s->inter) == 0);
	CHECK(back_Comm_dup(s->even, &t) == 0 && back_Comm_free(&t) == 0);
	CHECK(back_Type_vector(3, 2, 5, SEAM_INT, &vec) == 0);
	types[1] = vec;
	CHECK(back_Type_create_struct(2, bl, disp, types, &s->record) == 0);
	CHECK(back_Type_commit(&s->record) == 0 && back_Type_free(&vec) == 0);
	CHECK(back_Type_vector_c(2, 1, 3, SEAM_DOUBLE, &s->large) == 0);
	CHECK(back_Type_commit(&s->large) == 0);
	CHECK(back_Comm_group(s->even, &s->group) == 0);
	CHECK(back_Info_create(&s->info) == 0);
	CHECK(back_Info_set(s->info, "key", "value") == 0);
	CHECK(back_Add_error_class(&s->code) == 0);
	CHECK(back_Add_error_string(s->code, "mine") == 0);
	CHECK(back_Comm_set_name(s->dup, "dup") == 0);
	CHECK(back_Comm_set_errhandler(s->dup, SEAM_ERRORS_RETURN) == 0);
}

static int sum_on(seam_comm c)
{
	int one = 1, all = 0;

	CHECK(back_Allreduce(&one, &all, 1, SEAM_INT, SEAM_SUM, c) == 0);
	return all;
}

static void use_comms(void)
{
	int next = (back_rank() + 1) % back_size(), got = -1, from, to, r;
	int me = back_rank();

	CHECK(sum_on(s->dup) == back_size());
	CHECK(sum_on(s->even) == comm_of(s->even)->size);
	CHECK(back_Comm_compare(s->dup, W, &r) == 0 && r == SEAM_CONGRUENT);
	if (!me)
		CHECK(sum_on(s->odd_one) == 1);
	CHECK(back_Cart_shift(s->cart, 0, 1, &from, &to) == 0 && to == next);
	CHECK(back_Neighbor_allgather(&me, 1, SEAM_INT, &got, 1, SEAM_INT,
				      s->dist) == 0);
	CHECK((got + 1) % back_size() == me);
	if (!me)
		CHECK(sum_on(s->graph) == 1);
	if (s->inter != SEAM_COMM_NULL)
		CHECK(sum_on(s->inter) == comm_of(s->inter)->remote_size);
	CHECK(back_Bcast(&me, 1, SEAM_INT, 99, s->dup) != 0);
	CHECK(back_Comm_create(s->even, s->group, &s->even) == 0);
	CHECK(sum_on(s->even) == comm_of(s->even)->size);
}

static void use_rest(void)
{
	char buf[256], text[SEAM_MAX_ERROR_STRING];
	int a[64], b[64] = { 0 }, pos = 0, i, n;

	for (i = 0; i < 64; i++)
		a[i] = i;
	CHECK(back_Pack(a, 1, s->record, buf, sizeof(buf), &pos, W) == 0);
	CHECK(pos == 52);
	pos = 0;
	CHECK(back_Unpack(buf, 256, &pos, b, 1, s->record, W) == 0);
	CHECK(b[16] == 16 && b[21] == 21 && b[18] == 0);
	pos = 0;
	CHECK(back_Pack(a, 1, s->large, buf, sizeof(buf), &pos, W) == 0);
	CHECK(pos == 16);
	CHECK(back_Info_get(s->info, "key", 255, buf, &n) == 0 && n);
	CHECK(!strcmp(buf, "value"));
	CHECK(back_Error_string(s->code, text, &n) == 0);
	CHECK(!strcmp(text, "mine"));
	CHECK(back_Comm_get_name(s->dup, buf, &n) == 0 && !strcmp(buf, "dup"));
}

static void save(const char *path)
{
	size_t size = KEEP_ROOT->heap.brk - KEEP_BASE, done = 0;
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);
	ssize_t n;

	for (; fd >= 0 && done < size; done += n) {
		n = write(fd, (char *)KEEP_BASE + done, size - done);
		CHECK(n > 0);
	}
	CHECK(fd >= 0 && close(fd) == 0);
}

static void load(const char *path)
{
	int fd = open(path, O_RDONLY);
	off_t size = fd < 0 ? -1 : lseek(fd, 0, SEEK_END);

	CHECK(size > 0);
	harness_map(KEEP_BASE, (size + 4095) & ~4095L, fd);
	close(fd);
	KEEP_ROOT->heap.mapped = KEEP_BASE + ((size + 4095) & ~4095L);
	s = KEEP_MPI->part[14];
	harness_thread = &s->thread;
}

int main(int argc, char **argv)
{
	const char *rank = getenv("PMI_RANK");
	int provided, saving;
	char path[4096];

	if (!rank)
		rank = getenv("OMPI_COMM_WORLD_RANK");
	if (argc != 3 || !rank)
		return 2;
	saving = !strcmp(argv[1], "save");
	snprintf(path, sizeof(path), "%s.%s", argv[2], rank);
	harness_map(ARENA_BASE, GATE_SIZE, -1);
	if (saving) {
		if (keep_create())
			return 1;
		s = keep_alloc(sizeof(*s));
		KEEP_MPI->part[14] = s;
		harness_thread = &s->thread;
		CHECK(back_Init_thread(NULL, NULL, SEAM_THREAD_SINGLE,
				       &provided) == 0);
		make();
		save(path);
	} else {
		load(path);
		CHECK(back_start(SEAM_THREAD_SINGLE) == 0);
		CHECK(back_rebuild() == 0);
	}
	use_comms();
	use_rest();
	CHECK(back_Finalize() == 0);
	while (!back_finish_step())
		;
	back_finish();
	return 0;
}
