/* SPDX-License-Identifier: MIT */
/* probe.c - Probe, Iprobe, Mprobe, Improbe, Mrecv, Imrecv
 *
 * A probed message is counted as received when it is matched: from then on
 * only this rank can take it. Statuses begin as zeros: MPICH's probes leave the
 * bit that says cancelled as it is.
 */
#include "build/gen/ask.h"
#include "p2p.h"
#include "../core/rows.h"
#include "wait.h"

/* One look: *flag. A native code. */
static int probe_look(struct desc_comm *c, int source, int tag, int *flag,
		      struct seam_status *status)
{
	struct drained *m;
	MPI_Status st = { 0 };
	int rc;

	if (unlikely(c->drained)) {
		m = drained_find(c, source, tag, 0);
		if (m) {
			*flag = 1;
			if (status)
				status_set(status, m->source, m->tag, m->bytes);
			return MPI_SUCCESS;
		}
	}
	rc = MPI_Iprobe(real_rank(source), real_tag(tag), NATIVE(MPI_Comm, c),
			flag, &st);
	if (!rc && *flag && status)
		status_from_native(status, &st);
	return rc;
}

int back_Iprobe(int source, int tag, seam_comm comm, int *flag,
		struct seam_status *status)
{
	struct desc_comm *c = desc_of(comm, DESC_COMM);
	int rc;

	if (unlikely(!c || !flag))
		return ask_Iprobe(source, tag, comm, flag, status,
				  ASK(c ? SEAM_ERR_ARG : SEAM_ERR_COMM));
	rc = probe_look(c, source, tag, flag, status);
	return rc ? back_raise(&c->d, err_from_native(rc), "MPI_Iprobe") : 0;
}

int back_Probe(int source, int tag, seam_comm comm, struct seam_status *status)
{
	struct desc_comm *c = desc_of(comm, DESC_COMM);
	unsigned spins = 0;
	int rc, flag = 0;

	if (unlikely(!c))
		return ask_Probe(source, tag, comm, status, ASK(SEAM_ERR_COMM));
	for (;;) {
		rc = probe_look(c, source, tag, &flag, status);
		if (rc)
			return back_raise(&c->d, err_from_native(rc),
					  "MPI_Probe");
		if (flag)
			return 0;
		rc = wait_turn(&spins);
		if (rc)
			return rc;
	}
}

static struct desc_message *message_new(struct desc_comm *c, int source,
					int tag, uint64_t bytes)
{
	struct desc_message *m =
		desc_make(DESC_MESSAGE, sizeof(*m), "MPI_Mprobe");

	if (!m)
		return NULL;
	m->comm = c;
	m->source = source;
	m->tag = tag;
	m->bytes = bytes;
	request_hold(&c->d);
	return m;
}

static void message_free(struct desc_message *m)
{
	struct desc_comm *c = m->comm;

	m->d.real = 0;
	desc_unref(m);
	request_drop(&c->d);
}

/* 1: taken off the drained queue; 0: nothing there; else a seam code. */
static int mprobe_drained(struct desc_comm *c, int source, int tag,
			  struct desc_message **out)
{
	struct drained *m = drained_find(c, source, tag, 0);

	if (!m)
		return 0;
	*out = message_new(c, m->source, m->tag, m->bytes);
	if (!*out)
		return -1;
	(*out)->drained = drained_find(c, source, tag, 1);
	return 1;
}

/* One look. A seam code, not raised; 0 with *out NULL: nothing yet. */
static int mprobe_native(struct desc_comm *c, int source, int tag, int *flag,
			 seam_message *h, struct seam_status *status)
{
	struct desc_message *d;
	MPI_Message msg = (MPI_Message)0;
	MPI_Status st = { 0 };
	int rc;

	rc = MPI_Improbe(real_rank(source), real_tag(tag), NATIVE(MPI_Comm, c),
			 flag, &msg, &st);
	if (!*flag && msg != (MPI_Message)0)
		*h = SEAM_MESSAGE_NULL;
	if (rc)
		return err_from_native(rc);
	if (!*flag)
		return 0;
	if (status)
		status_from_native(status, &st);
	*h = SEAM_MESSAGE_NO_PROC;
	if (msg == MPI_MESSAGE_NO_PROC)
		return 0;
	count_received(c, st.MPI_SOURCE, 1);
	d = message_new(c, seam_rank(st.MPI_SOURCE), seam_tag(st.MPI_TAG),
			native_bytes(&st));
	if (!d)
		return SEAM_ERR_NO_MEM;
	d->d.real = AS_REAL(msg);
	*h = (seam_message)d;
	return 0;
}

static int mprobe_look(struct desc_comm *c, int source, int tag, int *flag,
		       seam_message *h, struct seam_status *status)
{
	struct desc_message *d;
	int rc;

	if (unlikely(c->drained)) {
		rc = mprobe_drained(c, source, tag, &d);
		if (rc < 0)
			return SEAM_ERR_NO_MEM;
		if (rc) {
			*flag = 1;
			*h = (seam_message)d;
			if (status)
				status_set(status, d->source, d->tag, d->bytes);
			return 0;
		}
	}
	return mprobe_native(c, source, tag, flag, h, status);
}

int back_Improbe(int source, int tag, seam_comm comm, int *flag,
		 seam_message *message, struct seam_status *status)
{
	struct desc_comm *c = desc_of(comm, DESC_COMM);
	int rc;

	if (!c)
		return ASK(SEAM_ERR_COMM);
	rc = mprobe_look(c, source, tag, flag, message, status);
	return rc ? back_raise(&c->d, rc, "MPI_Improbe") : 0;
}

int back_Mprobe(int source, int tag, seam_comm comm, seam_message *message,
		struct seam_status *status)
{
	struct desc_comm *c = desc_of(comm, DESC_COMM);
	unsigned spins = 0;
	int rc, flag = 0;

	if (!c)
		return ASK(SEAM_ERR_COMM);
	for (;;) {
		rc = mprobe_look(c, source, tag, &flag, message, status);
		if (rc)
			return back_raise(&c->d, rc, "MPI_Mprobe");
		if (flag)
			return 0;
		rc = wait_turn(&spins);
		if (rc)
			return rc;
	}
}

/* A receive of no process's message: at once, empty. */
static void mrecv_nobody(struct desc_request *r)
{
	status_set(&r->status, SEAM_PROC_NULL, SEAM_ANY_TAG, 0);
	r->done = 1;
}

/* The receive r of the message d is started. A seam code, not raised. */
static int mrecv_take(struct desc_request *r, const struct desc_message *d,
		      seam_datatype dt)
{
	MPI_Message msg = (MPI_Message)(uintptr_t)d->d.real;
	MPI_Request n;
	struct fit f;
	int rc;

	if (d->drained) {
		request_deliver(r, d->drained);
		return 0;
	}
	rc = p2p_fit(&f, r->count, real_type(dt));
	if (!rc)
		rc = MPI_Imrecv(r->buf, f.count, f.type, &msg, &n);
	p2p_unfit(&f);
	if (rc)
		return err_from_native(rc);
	request_set_native(r, n);
	return 0;
}

/* Starts the receive of a matched message; the message's handle is used up. A
 * seam code, not raised. *o: the communicator for the error handler. */
static int mrecv_start(void *buf, int64_t count, seam_datatype dt,
		       seam_message *h, struct desc_request **out,
		       struct desc **o)
{
	struct desc_message *d = desc_of(*h, DESC_MESSAGE);
	struct desc_type *type = desc_of(dt, DESC_TYPE);
	struct desc_request *r;
	int rc;

	*o = d ? &d->comm->d : NULL;
	if (!d && *h != SEAM_MESSAGE_NO_PROC)
		return ASK(SEAM_ERR_REQUEST);
	if (!type && d && d->drained) {
		rc = p2p_untyped(buf, count, dt, d->tag, d->comm);
		if (rc)
			return rc;
	}
	r = request_new(REQUEST_MATCHED);
	if (!r)
		return SEAM_ERR_NO_MEM;
	*out = r;
	if (!d) {
		mrecv_nobody(r);
		*h = SEAM_MESSAGE_NULL;
		return 0;
	}
	request_args(r, buf, count, type ? type : p2p_bytes(), d->source,
		     d->tag, d->comm);
	rc = mrecv_take(r, d, dt);
	if (rc) {
		request_free(r);
		return rc;
	}
	message_free(d);
	*h = SEAM_MESSAGE_NULL;
	return 0;
}

int message_irecv(void *buf, int64_t count, seam_datatype dt, seam_message *h,
		  seam_request *request, const char *fn)
{
	struct desc_request *r;
	struct desc *o;
	int rc = mrecv_start(buf, count, dt, h, &r, &o);

	if (rc)
		return back_raise(o, rc, fn);
	*request = (seam_request)r;
	return 0;
}

int message_recv(void *buf, int64_t count, seam_datatype dt, seam_message *h,
		 struct seam_status *st, const char *fn)
{
	struct desc_request *r = lower_self()->wait_req;
	struct desc *o;
	int rc;

	if (!r) {
		rc = mrecv_start(buf, count, dt, h, &r, &o);
		if (rc)
			return back_raise(o, rc, fn);
	}
	return p2p_await(r, st, fn);
}
