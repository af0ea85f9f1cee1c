/* SPDX-License-Identifier: MIT */
/* pipes.c - a pipe inside the process holds data for a while */
/* test: ranks=1 mpi=none threads=1 */
#include <fcntl.h>
#include "check.h"

int main(int argc, char **argv)
{
	char out[3000], in[3000];
	int p[2];

	check_args(argc, argv);
	CHECK_EQ(pipe(p), 0);
	CHECK_EQ(fcntl(p[0], F_SETFL, O_NONBLOCK), 0);
	while (check_more()) {
		check_fill(out, sizeof(out), (unsigned long)check.round);
		CHECK_EQ(write(p[1], out, sizeof(out)), sizeof(out));
		check_sleep(0.1);
		CHECK_EQ(read(p[0], in, sizeof(in)), sizeof(in));
		check_same(in, sizeof(in), (unsigned long)check.round);
		CHECK_EQ(read(p[0], in, 1), -1);
	}
	return check_pass();
}
