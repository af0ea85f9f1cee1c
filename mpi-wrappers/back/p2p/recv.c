/* SPDX-License-Identifier: MIT */
/* recv.c - receives
 *
 * A blocking receive is an Irecv and a loop of tests, which a checkpoint may
 * interrupt: the receive then becomes a request that the thread comes back to
 * (thread->wait_req).
 */
#include "native_test.h"
#include "p2p.h"
#include "wait.h"

int p2p_untyped(void *buf, int64_t count, seam_datatype dt, int tag,
		struct desc_comm *c)
{
	MPI_Request n;
	int rc = MPI_Irecv(buf, (int)count, real_type(dt), MPI_PROC_NULL,
			   real_tag(tag), NATIVE(MPI_Comm, c), &n);

	if (!rc)
		MPI_Wait(&n, MPI_STATUS_IGNORE);
	return err_from_native(rc);
}

int p2p_irecv(void *buf, int64_t count, seam_datatype dt, int source, int tag,
	      struct desc_comm *c, struct desc_request **out)
{
	struct desc_type *type = desc_of(dt, DESC_TYPE);
	struct desc_request *r;
	struct drained *m;
	MPI_Request n;
	struct fit f;
	int rc;

	if (unlikely(!type)) {
		rc = p2p_untyped(buf, count, dt, tag, c);
		if (rc)
			return rc;
		type = p2p_bytes();
	}
	r = request_new(REQUEST_RECV);
	if (unlikely(!r))
		return SEAM_ERR_NO_MEM;
	request_args(r, buf, count, type, source, tag, c);
	*out = r;
	if (unlikely(c->drained)) {
		m = drained_find(c, source, tag, 1);
		if (m) {
			request_deliver(r, m);
			return 0;
		}
	}
	rc = p2p_fit(&f, count, NATIVE(MPI_Datatype, type));
	if (!rc)
		rc = MPI_Irecv(buf, f.count, f.type, real_rank(source),
			       real_tag(tag), NATIVE(MPI_Comm, c), &n);
	p2p_unfit(&f);
	if (unlikely(rc)) {
		request_free(r);
		return err_from_native(rc);
	}
	request_set_native(r, n);
	return 0;
}

/* Everything but the common case: drained messages, coming again, errors. */
static __attribute__((noinline, cold)) int recv_slow(const struct recv_args *a,
						     seam_datatype dt,
						     struct seam_status *st,
						     const char *fn)
{
	struct desc_request *r = lower_self()->wait_req;
	int rc;

	if (!a->comm)
		return ASK(SEAM_ERR_COMM);
	if (!r) {
		rc = p2p_irecv(a->buf, a->count, dt, a->source, a->tag, a->comm,
			       &r);
		if (rc)
			return back_raise(&a->comm->d, rc, fn);
	}
	return p2p_await(r, st, fn);
}

/* A checkpoint is pending: n becomes a request to come back to. If there is no
 * memory for one it is waited for here: the checkpoint waits. */
static __attribute__((noinline, cold)) int recv_park(const struct recv_args *a,
						     MPI_Request n)
{
	struct desc_request *r = request_new(REQUEST_RECV);

	if (!r)
		return 0;
	request_args(r, a->buf, a->count, a->type, a->source, a->tag, a->comm);
	request_set_native(r, n);
	lower_self()->wait_req = r;
	return GATE_AGAIN;
}

static __attribute__((noinline, cold)) int
recv_failed(struct desc_comm *c, MPI_Request n, int rc, const char *fn)
{
	if (n != MPI_REQUEST_NULL)
		MPI_Request_free(&n);
	return back_tell(&c->d, request_error(rc), fn);
}

/* The message is counted before the wait if it is known from whom it comes,
 * because others wait for what is done after it. */
static inline __attribute__((always_inline)) int
recv_wait(const struct recv_args *a, MPI_Request n, struct seam_status *st,
	  const char *fn)
{
	const int any = a->source == SEAM_ANY_SOURCE;
	MPI_Status nst, *want = MPI_STATUS_IGNORE;
	unsigned spins = 0;
	int flag = 0, rc;

	if (any || st)
		want = &nst;
	native_reap();
	if (!any)
		count_received(a->comm, a->source, 1);
	rc = native_test_recv(&n, &flag, want);
	while (!rc && !flag) {
		if (wait_turn(&spins) && recv_park(a, n)) {
			if (!any)
				count_received(a->comm, a->source, -1);
			return GATE_AGAIN;
		}
		rc = native_test_recv(&n, &flag, want);
	}
	if (any)
		count_received(a->comm, nst.MPI_SOURCE, 1);
	if (st) {
		status_from_native(st, &nst);
		if (unlikely(a->source == SEAM_PROC_NULL))
			status_set(st, SEAM_PROC_NULL, SEAM_ANY_TAG, 0);
	}
	return unlikely(rc) ? recv_failed(a->comm, n, rc, fn) : 0;
}

int recv_await(const struct recv_args *a, MPI_Request n, struct seam_status *st,
	       const char *fn)
{
	return recv_wait(a, n, st, fn);
}

/* From MPI_PROC_NULL: nothing comes, so nothing is waited for, and the native
 * receive may block. */
static __attribute__((noinline)) int
recv_nothing(const struct recv_args *a, struct seam_status *st, const char *fn)
{
	int rc = MPI_Recv(a->buf, (int)a->count, NATIVE(MPI_Datatype, a->type),
			  MPI_PROC_NULL, real_tag(a->tag),
			  NATIVE(MPI_Comm, a->comm), MPI_STATUS_IGNORE);

	if (unlikely(rc))
		return back_raise(&a->comm->d, err_from_native(rc), fn);
	if (st)
		status_set(st, SEAM_PROC_NULL, SEAM_ANY_TAG, 0);
	return 0;
}

static inline __attribute__((always_inline)) int
recv_blocking(void *buf, int64_t count, seam_datatype dt, int source, int tag,
	      seam_comm comm, struct seam_status *st, const char *fn)
{
	struct recv_args a = { buf,    count, desc_of(dt, DESC_TYPE),
			       source, tag,   desc_of(comm, DESC_COMM) };
	MPI_Request n;
	int rc;

	if (unlikely(!a.comm || !recv_simple(&a)))
		return recv_slow(&a, dt, st, fn);
	if (unlikely(source == SEAM_PROC_NULL))
		return recv_nothing(&a, st, fn);
	rc = recv_post(&a, &n);
	if (unlikely(rc))
		return back_raise(&a.comm->d, err_from_native(rc), fn);
	return recv_wait(&a, n, st, fn);
}

static inline __attribute__((always_inline)) int
recv_started(void *buf, int64_t count, seam_datatype dt, int source, int tag,
	     seam_comm comm, seam_request *h, const char *fn)
{
	struct desc_comm *c = desc_of(comm, DESC_COMM);
	struct desc_request *r;
	int rc;

	if (unlikely(!c || !h))
		return ASK(c ? SEAM_ERR_ARG : SEAM_ERR_COMM);
	rc = p2p_irecv(buf, count, dt, source, tag, c, &r);
	if (unlikely(rc))
		return back_raise(&c->d, rc, fn);
	*h = (seam_request)r;
	return 0;
}

#define HOT_recv
#include "build/gen/hot.h"
