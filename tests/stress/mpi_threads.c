/* SPDX-License-Identifier: MIT */
/*
 * mpi_threads.c - several threads make, use and free communicators, datatypes,
 * groups, attributes, operations and requests at the same time
 *
 * Each thread has a communicator of its own and meets its like on the other
 * ranks there: what is collective is drawn by what all of them know.
 */
/* test: ranks=2 mpi=mpich,openmpi threads=4 */
#include <mpi.h>
#include <sys/mman.h>
#include <sys/time.h>
#include "stress.h"

enum { THREADS = 3, LEN = 300 };

static MPI_Comm own[THREADS];
static int keyval;
static long copies, deletes, handled;

/* What this thread shares with its like elsewhere. */
struct peer {
	struct stress_random same; /* draws the same on all ranks */
	MPI_Comm comm;
	int rank, size, who;
};

static int copy(MPI_Comm c, int key, void *extra, void *in, void *out,
		int *flag)
{
	(void)c;
	CHECK_EQ(key, keyval);
	CHECK(extra == &keyval);
	*(void **)out = in;
	*flag = 1;
	__atomic_fetch_add(&copies, 1, __ATOMIC_RELAXED);
	return MPI_SUCCESS;
}

static int delete (MPI_Comm c, int key, void *value, void *extra)
{
	(void)c;
	(void)key;
	(void)value;
	CHECK(extra == &keyval);
	__atomic_fetch_add(&deletes, 1, __ATOMIC_RELAXED);
	return MPI_SUCCESS;
}

static void on_error(MPI_Comm *c, int *code, ...)
{
	(void)c;
	CHECK(*code != MPI_SUCCESS);
	__atomic_fetch_add(&handled, 1, __ATOMIC_RELAXED);
}

static void add(void *in, void *inout, int *n, MPI_Datatype *type)
{
	int *a = in, *b = inout, i;

	(void)type;
	for (i = 0; i < *n; i++)
		b[i] += 3 * a[i];
}

static void is_whole(MPI_Comm c, int size)
{
	int n, one = 1, sum = 0;

	MPI_Comm_size(c, &n);
	CHECK_EQ(n, size);
	MPI_Allreduce(&one, &sum, 1, MPI_INT, MPI_SUM, c);
	CHECK_EQ(sum, size);
}

static void duplicate(struct peer *p)
{
	MPI_Comm c;
	void *v;
	int flag;

	MPI_Comm_set_attr(p->comm, keyval, p);
	MPI_Comm_dup(p->comm, &c);
	MPI_Comm_get_attr(c, keyval, &v, &flag);
	CHECK(flag && v == p);
	MPI_Comm_delete_attr(p->comm, keyval);
	is_whole(c, p->size);
	MPI_Comm_free(&c);
	CHECK(c == MPI_COMM_NULL);
}

static void split(struct peer *p)
{
	int color = p->rank % 2, n = (p->size + !color) / 2;
	MPI_Comm c;

	MPI_Comm_split(p->comm, color, -p->rank, &c);
	is_whole(c, n);
	MPI_Comm_free(&c);
}

/* On MPI_COMM_WORLD, by tag: others do the same beside us. */
static void group(struct peer *p)
{
	MPI_Group world, g;
	MPI_Comm c;
	int n;

	MPI_Comm_group(MPI_COMM_WORLD, &world);
	MPI_Group_incl(world, 1, &(int){ 0 }, &g);
	MPI_Group_size(g, &n);
	CHECK_EQ(n, 1);
	MPI_Group_free(&g);
	MPI_Comm_create_group(MPI_COMM_WORLD, world, 100 + p->who, &c);
	MPI_Group_free(&world);
	is_whole(c, p->size);
	MPI_Comm_free(&c);
}

static void inter(struct peer *p)
{
	MPI_Comm half, c, all;
	int n, low = p->rank < p->size / 2;

	if (p->size < 2)
		return;
	MPI_Comm_split(p->comm, low, p->rank, &half);
	MPI_Intercomm_create(half, 0, p->comm, low ? p->size / 2 : 0,
			     200 + p->who, &c);
	MPI_Comm_remote_size(c, &n);
	CHECK_EQ(n, low ? p->size - p->size / 2 : p->size / 2);
	MPI_Intercomm_merge(c, !low, &all);
	is_whole(all, p->size);
	MPI_Comm_free(&all);
	MPI_Comm_free(&c);
	MPI_Comm_free(&half);
}

static void types(struct peer *p)
{
	int from[LEN], to[LEN], i, next = (p->rank + 1) % p->size;
	int last = (p->rank + p->size - 1) % p->size;
	MPI_Datatype row, block;

	MPI_Type_vector(LEN / 3, 1, 3, MPI_INT, &row);
	MPI_Type_contiguous(1, row, &block);
	MPI_Type_free(&row);
	MPI_Type_commit(&block);
	for (i = 0; i < LEN; i++) {
		from[i] = i * 7 + p->rank;
		to[i] = -1;
	}
	MPI_Sendrecv(from, 1, block, next, p->who, to, 1, block, last, p->who,
		     p->comm, MPI_STATUS_IGNORE);
	for (i = 0; i < LEN; i++)
		CHECK_EQ(to[i], i % 3 ? -1 : i * 7 + last);
	MPI_Type_free(&block);
}

static void requests(struct peer *p)
{
	unsigned char from[4][2000], to[4][2000];
	int i, flag, next = (p->rank + 1) % p->size;
	int last = (p->rank + p->size - 1) % p->size;
	MPI_Request r[8];

	for (i = 0; i < 4; i++) {
		check_fill(from[i], sizeof(from[i]),
			   (unsigned long)(i + 10 * p->rank));
		MPI_Irecv(to[i], sizeof(to[i]), MPI_BYTE, last, i, p->comm,
			  &r[i]);
	}
	for (i = 0; i < 4; i++)
		MPI_Isend(from[i], sizeof(from[i]), MPI_BYTE, next, i, p->comm,
			  &r[4 + i]);
	if (stress_below(&p->same, 2))
		MPI_Waitall(8, r, MPI_STATUSES_IGNORE);
	for (flag = 0; !flag;)
		MPI_Testall(8, r, &flag, MPI_STATUSES_IGNORE);
	for (i = 0; i < 4; i++)
		check_same(to[i], sizeof(to[i]),
			   (unsigned long)(i + 10 * last));
}

/* Let go while it runs, or cancelled. */
static void orphans(struct peer *p)
{
	int in = -1, out = 17;
	MPI_Status st;
	MPI_Request r;

	MPI_Irecv(&in, 1, MPI_INT, p->rank, 55, p->comm, &r);
	MPI_Cancel(&r);
	MPI_Wait(&r, &st);
	MPI_Irecv(&in, 1, MPI_INT, p->rank, 56, p->comm, &r);
	MPI_Request_free(&r);
	MPI_Send(&out, 1, MPI_INT, p->rank, 56, p->comm);
	while (__atomic_load_n(&in, __ATOMIC_ACQUIRE) != 17)
		MPI_Iprobe(p->rank, 57, p->comm, &out, MPI_STATUS_IGNORE);
}

static void collectives(struct peer *p)
{
	int one = 1, sum = p->rank, i;
	MPI_Request r;
	MPI_Op op;

	MPI_Op_create(add, 1, &op);
	MPI_Allreduce(MPI_IN_PLACE, &one, 1, MPI_INT, op, p->comm);
	CHECK(one > 0);
	MPI_Op_free(&op);
	MPI_Iallreduce(MPI_IN_PLACE, &sum, 1, MPI_INT, MPI_SUM, p->comm, &r);
	MPI_Wait(&r, MPI_STATUS_IGNORE);
	CHECK_EQ(sum, p->size * (p->size - 1) / 2);
	for (i = 0; i < 5; i++)
		MPI_Barrier(p->comm);
}

/* Errors, on handlers that others set as well. */
static void errors(struct peer *p)
{
	MPI_Errhandler h, had;
	MPI_Comm c = p->comm;
	int v = 0, class, code;

	MPI_Comm_create_errhandler(on_error, &h);
	MPI_Comm_set_errhandler(c, h);
	MPI_Comm_get_errhandler(c, &had);
	CHECK(MPI_Send(&v, 1, MPI_INT, p->size + 5, 0, c) != MPI_SUCCESS);
	MPI_Errhandler_free(&had);
	MPI_Errhandler_free(&h);
	MPI_Comm_set_errhandler(c, MPI_ERRORS_ARE_FATAL);
	if (stress_below(&p->same, 50) == 0) {
		MPI_Add_error_class(&class);
		MPI_Add_error_code(class, &code);
		MPI_Add_error_string(code, "a text of its own");
		MPI_Error_class(code, &v);
		CHECK_EQ(v, class);
	}
}

static void attributes(struct peer *p)
{
	int key, flag, i;
	void *v;

	MPI_Comm_create_keyval(MPI_COMM_NULL_COPY_FN, MPI_COMM_NULL_DELETE_FN,
			       &key, NULL);
	for (i = 0; i < 20; i++) {
		MPI_Comm_set_attr(MPI_COMM_WORLD, key, (void *)(long)(i + 1));
		MPI_Comm_get_attr(MPI_COMM_WORLD, key, &v, &flag);
		CHECK(flag && (long)v == i + 1);
	}
	MPI_Comm_delete_attr(MPI_COMM_WORLD, key);
	MPI_Comm_get_attr(MPI_COMM_WORLD, key, &v, &flag);
	CHECK(!flag);
	MPI_Comm_free_keyval(&key);
	(void)p;
}

static void memory(struct peer *p)
{
	size_t len = 100000 + 1000 * stress_below(&p->same, 1000);
	unsigned char *b = mmap(NULL, len, PROT_READ | PROT_WRITE,
				MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	int next = (p->rank + 1) % p->size;
	int last = (p->rank + p->size - 1) % p->size;

	CHECK(b != MAP_FAILED);
	check_fill(b, 50000, (unsigned long)p->rank);
	MPI_Sendrecv_replace(b, 50000, MPI_BYTE, next, 3, last, 3, p->comm,
			     MPI_STATUS_IGNORE);
	check_same(b, 50000, (unsigned long)last);
	CHECK_EQ(munmap(b, len), 0);
}

static void (*const all[])(struct peer *) = {
	duplicate, split,	group,	inter,	    types,  requests,
	orphans,   collectives, errors, attributes, memory, requests,
};

static void *worker(void *arg)
{
	struct peer p = { .who = (int)(unsigned long)arg };
	int more = 1;

	p.comm = own[p.who];
	MPI_Comm_rank(p.comm, &p.rank);
	MPI_Comm_size(p.comm, &p.size);
	stress_begin(&p.same, (unsigned long)p.who);
	stress_schedule((unsigned long)p.who);
	while (more) {
		all[stress_below(&p.same, sizeof(all) / sizeof(all[0]))](&p);
		if (p.who == 0 && stress_below(&p.same, 10) == 0)
			usleep(200);
		if (stress_below(&p.same, 20) == 0) {
			more = !stress_over;
			MPI_Allreduce(MPI_IN_PLACE, &more, 1, MPI_INT, MPI_MIN,
				      p.comm);
		}
	}
	return NULL;
}

/* Now and then a system call that the MPI library is told of. */
static void on_alarm(int sig)
{
	size_t len = 1 << 16;
	void *p = mmap(NULL, len, PROT_READ | PROT_WRITE,
		       MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	(void)sig;
	if (p != MAP_FAILED)
		munmap(p, len);
}

int main(int argc, char **argv)
{
	struct itimerval it = { { 0, 10000 }, { 0, 10000 } };
	struct sigaction a = { .sa_handler = on_alarm, .sa_flags = SA_RESTART };
	pthread_t t[THREADS];
	unsigned long i;

	check_start_thread(argc, argv, MPI_THREAD_MULTIPLE);
	stress_args(argc, argv);
	MPI_Comm_create_keyval(copy, delete, &keyval, &keyval);
	for (i = 0; i < THREADS; i++)
		MPI_Comm_dup(MPI_COMM_WORLD, &own[i]);
	if (stress_seed % 2) {
		CHECK_EQ(sigaction(SIGALRM, &a, NULL), 0);
		CHECK_EQ(setitimer(ITIMER_REAL, &it, NULL), 0);
	}
	for (i = 0; i < THREADS; i++)
		t[i] = stress_start(worker, i);
	stress_wait();
	for (i = 0; i < THREADS; i++)
		stress_join(t[i]);
	for (i = 0; i < THREADS; i++)
		MPI_Comm_free(&own[i]);
	CHECK(copies <= deletes);
	return check_pass();
}
