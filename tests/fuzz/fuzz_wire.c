/* SPDX-License-Identifier: MIT */
/* fuzz_wire.c - bytes that come from a socket
 *
 * The input is what a peer says: received frame by frame, until one is bad. A
 * message that was taken can be sent on, and comes out the same.
 */
#include <errno.h>
#include <sys/socket.h>
#include "../../common/wire_codec.h"
#include "fuzz.h"

static void must_pack_again(const struct wire_msg *m)
{
	static struct wire_msg again;
	int64_t len = wire_packed_len(m->type, &m->u);
	uint8_t *out, *twice;

	fuzz_must(len >= 0);
	out = malloc((size_t)len + 1);
	twice = malloc((size_t)len + 1);
	wire_pack(m->type, &m->u, out);
	fuzz_must(!wire_unpack(m->type, out, (uint32_t)len, &again));
	fuzz_must(wire_packed_len(m->type, &again.u) == len);
	wire_pack(m->type, &again.u, twice);
	fuzz_must(!memcmp(out, twice, (size_t)len));
	free(out);
	free(twice);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct wire_msg m, of; /* and what a channel's frame holds */
	struct wire_conn c;
	int fd[2];

	if (size < 1 || socketpair(AF_UNIX, SOCK_STREAM, 0, fd))
		return 0;
	wire_init(&c, fd[0]);
	c.trusted = data[0] & 1;
	fcntl(fd[1], F_SETFL, O_NONBLOCK);
	if (write(fd[1], data + 1, size - 1) < 0)
		size = 0;
	close(fd[1]);
	while (!wire_recv(&c, &m, 0)) {
		must_pack_again(&m);
		if (m.type == WIRE_OF &&
		    !wire_unpack(m.u.of.type, m.u.of.body, m.u.of.len, &of))
			must_pack_again(&of);
	}
	wire_close(&c);
	return 0;
}
