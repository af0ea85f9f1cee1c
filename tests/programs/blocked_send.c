/* SPDX-License-Identifier: MIT */
/* blocked_send.c - a blocking send waits long for its receive */
/* test: ranks=2,4 */
#include <mpi.h>
#include "check.h"

enum { LEN = 2 << 20 };

int main(int argc, char **argv)
{
	static char buf[LEN];
	int peer, sender;
	MPI_Status st;

	check_start(argc, argv);
	peer = check.rank ^ 1;
	while (check_more()) {
		sender = (check.rank + check.round) % 2 == 0;
		if (sender) {
			check_fill(buf, LEN, (unsigned long)check.round);
			if (check.round % 4 < 2)
				MPI_Send(buf, LEN, MPI_BYTE, peer, 5,
					 MPI_COMM_WORLD);
			else
				MPI_Ssend(buf, LEN, MPI_BYTE, peer, 5,
					  MPI_COMM_WORLD);
			continue;
		}
		check_sleep(0.5);
		MPI_Recv(buf, LEN, MPI_BYTE, peer, MPI_ANY_TAG, MPI_COMM_WORLD,
			 &st);
		CHECK_EQ(st.MPI_TAG, 5);
		check_same(buf, LEN, (unsigned long)check.round);
	}
	return check_pass();
}
