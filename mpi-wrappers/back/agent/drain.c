/* SPDX-License-Identifier: MIT */
/* drain.c - nothing in flight: messages into keep memory, sends complete
 *
 * The agent calls with this rank's threads stopped. Posted receives that match
 * complete natively, the rest is taken off with Improbe as MPI_PACKED, which
 * matches every signature. When everything has come: drain_agree.c.
 */
#include <errno.h>
#include <sched.h>
#include "../../../common/back.h"
#include "../core/init.h"
#include "../p2p/p2p.h"

MPI_Comm drain_comm = MPI_COMM_NULL;
MPI_Comm drain_self = MPI_COMM_NULL;
MPI_Comm finish_comm = MPI_COMM_NULL;

int drain_init(void)
{
	int rc = MPI_Comm_dup(MPI_COMM_WORLD, &drain_comm);

	if (!rc)
		rc = MPI_Comm_dup(MPI_COMM_WORLD, &finish_comm);
	if (!rc)
		rc = MPI_Comm_dup(MPI_COMM_SELF, &drain_self);
	return rc;
}

static MPI_Request drained_native(const struct drained *m)
{
	return (MPI_Request)(uintptr_t)m->real;
}

/* 1 when m's data is here. */
static int drained_test(struct drained *m)
{
	MPI_Request n = drained_native(m);
	int flag = 1;

	if (n == MPI_REQUEST_NULL)
		return 1;
	MPI_Test(&n, &flag, MPI_STATUS_IGNORE);
	if (flag)
		m->real = AS_REAL(MPI_REQUEST_NULL);
	return flag;
}

struct drained *drained_find(struct desc_comm *c, int source, int tag,
			     int remove)
{
	struct drained *m, **p;

	request_lock();
	for (p = &c->drained; (m = *p); p = &m->next) {
		if ((source == m->source || source == SEAM_ANY_SOURCE) &&
		    (tag == m->tag || tag == SEAM_ANY_TAG))
			break;
	}
	if (m && remove) {
		*p = m->next;
		if (!m->next)
			c->drained_tail = p;
	}
	request_unlock();
	return m;
}

static void drained_append(struct desc_comm *c, struct drained *m)
{
	request_lock();
	if (!c->drained)
		c->drained_tail = &c->drained;
	*c->drained_tail = m;
	c->drained_tail = &m->next;
	request_unlock();
}

/* Let the native library put it in place, whatever the type. */
static int deliver_self(const void *data, uint64_t bytes, void *buf,
			int64_t count, MPI_Datatype type)
{
	static unsigned turn; /* threads must not take each other's */
	unsigned n = __atomic_fetch_add(&turn, 1, __ATOMIC_RELAXED);
	int rc, tag = (int)(n & 0x3fff);
	struct fit s, r;

	rc = p2p_fit(&s, (int64_t)bytes, MPI_PACKED);
	if (rc)
		return rc;
	rc = p2p_fit(&r, count, type);
	if (!rc) {
		rc = MPI_Sendrecv(data, s.count, s.type, 0, tag, buf, r.count,
				  r.type, 0, tag, drain_self,
				  MPI_STATUS_IGNORE);
		p2p_unfit(&r);
	}
	p2p_unfit(&s);
	return rc;
}

/* The byte count a status shows for a message that did not fit. */
static uint64_t truncated_bytes(const struct drained *m)
{
#ifdef MPICH_VERSION
	(void)m;
	return 0;
#else
	return m->bytes;
#endif
}

int drained_deliver(struct drained *m, void *buf, int64_t count,
		    MPI_Datatype type, struct seam_status *st)
{
	MPI_Count size = 0;
	uint64_t room, n = m->bytes;
	int rc = MPI_Type_size_x(type, &size);

	/* Only after a checkpoint that was given up; the sender goes on. */
	while (!drained_test(m))
		sched_yield();
	status_set(st, m->source, m->tag, n);
	room = count > 0 ? (uint64_t)count * (uint64_t)size : 0;
	if (n > room)
		n = room;
	if (!rc && (type == MPI_BYTE || type == MPI_CHAR || type == MPI_PACKED))
		memcpy(buf, m->data, n);
	else if (!rc && n)
		rc = deliver_self(m->data, n, buf, count, type);
	if (!rc && n < m->bytes) {
		status_set_bytes(st, truncated_bytes(m));
		rc = MPI_ERR_TRUNCATE;
	}
	keep_free(m);
	return rc;
}

static struct drained *drained_new(const MPI_Status *st)
{
	uint64_t bytes = native_bytes(st);
	struct drained *m = keep_alloc(sizeof(*m) + bytes);

	if (!m)
		return NULL;
	m->source = seam_rank(st->MPI_SOURCE);
	m->tag = seam_tag(st->MPI_TAG);
	m->bytes = bytes;
	return m;
}

/* A matched message into m; its transfer may go on. 0, or -EIO and m is gone,
 * with the message: the checkpoint must fail. */
static int drained_take(struct drained *m, MPI_Message *msg)
{
	MPI_Request n = MPI_REQUEST_NULL;
	struct fit f;
	int rc = p2p_fit(&f, (int64_t)m->bytes, MPI_PACKED);

	if (!rc)
		rc = MPI_Imrecv(m->data, f.count, f.type, msg, &n);
	p2p_unfit(&f);
	m->real = AS_REAL(n);
	if (!rc)
		return 0;
	keep_free(m);
	return -EIO;
}

/*
 * All that has come for c and no posted receive wants. Memory first: a message
 * that finds none stays where it is. 0 or -errno.
 */
static int drain_queue(struct desc_comm *c)
{
	MPI_Comm n = NATIVE(MPI_Comm, c);
	struct drained *m;
	MPI_Message msg;
	MPI_Status st;
	int flag, rc;

	for (;;) {
		flag = 0;
		rc = MPI_Iprobe(MPI_ANY_SOURCE, MPI_ANY_TAG, n, &flag, &st);
		if (rc)
			return -EIO;
		if (!flag)
			return 0;
		m = drained_new(&st);
		if (!m)
			return -ENOMEM;
		rc = MPI_Improbe(st.MPI_SOURCE, st.MPI_TAG, n, &flag, &msg,
				 &st);
		if (rc || !flag) {
			keep_free(m);
			return -EIO;
		}
		rc = drained_take(m, &msg);
		if (rc)
			return rc;
		count_received(c, m->source, 1);
		drained_append(c, m);
	}
}

/* The application has probed this message and not received it yet. */
static int drain_message(struct desc_message *msg)
{
	MPI_Message n = (MPI_Message)(uintptr_t)msg->d.real;
	MPI_Status st;
	int rc;

	if (msg->drained)
		return 0;
	memset(&st, 0, sizeof(st));
	st.MPI_SOURCE = msg->source;
	st.MPI_TAG = msg->tag;
	native_set_bytes(&st, msg->bytes, 0);
	msg->drained = drained_new(&st);
	if (!msg->drained)
		return -ENOMEM;
	rc = drained_take(msg->drained, &n);
	if (rc)
		msg->drained = NULL;
	return rc;
}

int drain_round(void)
{
	struct desc *d;
	struct drained *m;
	int running = 0, rc;

	for (d = KEEP_MPI->live[DESC_REQUEST]; d; d = d->next) {
		struct desc_request *r = (struct desc_request *)d;

		running += !request_test(r) && r->kind != REQUEST_RECV &&
			   r->kind != REQUEST_GENERAL;
	}
	for (d = KEEP_MPI->live[DESC_COMM]; d; d = d->next) {
		if (d->freed || !d->real ||
		    NATIVE(MPI_Comm, d) == MPI_COMM_NULL)
			continue;
		rc = drain_queue((struct desc_comm *)d);
		if (rc)
			return rc;
		m = ((struct desc_comm *)d)->drained;
		for (; m; m = m->next)
			running += !drained_test(m);
	}
	for (d = KEEP_MPI->live[DESC_MESSAGE]; d; d = d->next) {
		rc = drain_message((struct desc_message *)d);
		if (rc)
			return rc;
		running += !drained_test(((struct desc_message *)d)->drained);
	}
	return running;
}

void back_drain_step(void)
{
	if (init_up && KEEP_MPI->phase != BACK_BEFORE_INIT)
		drain_round();
}
