/* SPDX-License-Identifier: MIT */
/*
 * ways.h - every way of coming to the end of a request
 *
 * ways_end() ends @request by way number @way, in the company of a null request
 * and of a message to oneself, and gives its status.  Include check.h first.
 */
#ifndef TESTS_WAYS_H
#define TESTS_WAYS_H

enum way {
	WAY_WAIT,
	WAY_TEST,
	WAY_WAITALL,
	WAY_TESTALL,
	WAY_WAITANY,
	WAY_TESTANY,
	WAY_WAITSOME,
	WAY_TESTSOME,
	WAY_STATUS,
	WAYS
};

/* 0: the other request, 1: null, 2: the one in question. */
static void ways_any(int way, MPI_Request r[3], MPI_Status st[3])
{
	int i, index, flag;

	for (i = 0; i < 2; i++) {
		flag = way == WAY_WAITANY;
		if (flag)
			MPI_Waitany(3, r, &index, &st[1]);
		while (!flag)
			MPI_Testany(3, r, &index, &flag, &st[1]);
		CHECK(index == 0 || index == 2);
		st[index] = st[1];
	}
}

static void ways_some(int way, MPI_Request r[3], MPI_Status st[3])
{
	int i, left, got, index[3];
	MPI_Status some[3];

	for (left = 2; left > 0; left -= got) {
		if (way == WAY_WAITSOME)
			MPI_Waitsome(3, r, &got, index, some);
		else
			MPI_Testsome(3, r, &got, index, some);
		CHECK(got >= 0 && got <= left);
		for (i = 0; i < got; i++)
			st[index[i]] = some[i];
	}
}

static void ways_many(int way, MPI_Request *request, MPI_Status *status)
{
	MPI_Request r[3] = { MPI_REQUEST_NULL, MPI_REQUEST_NULL, *request };
	int in = 0, out = 17, flag = 0;
	MPI_Status st[3];

	MPI_Irecv(&in, 1, MPI_INT, 0, 99, MPI_COMM_SELF, &r[0]);
	MPI_Send(&out, 1, MPI_INT, 0, 99, MPI_COMM_SELF);
	if (way == WAY_WAITALL)
		MPI_Waitall(3, r, st);
	while (way == WAY_TESTALL && !flag)
		MPI_Testall(3, r, &flag, st);
	if (way == WAY_WAITANY || way == WAY_TESTANY)
		ways_any(way, r, st);
	if (way == WAY_WAITSOME || way == WAY_TESTSOME)
		ways_some(way, r, st);
	CHECK_EQ(in, out);
	CHECK(r[0] == MPI_REQUEST_NULL);
	CHECK_EQ(st[0].MPI_TAG, 99);
	*request = r[2];
	*status = st[2];
}

/* Looks: how many at most by MPI_Request_get_status, which drives not every
 * request natively. */
static void ways_end(int way, int looks, MPI_Request *request,
		     MPI_Status *status)
{
	int flag = 0;

	if (way > WAY_TEST && way < WAY_STATUS) {
		ways_many(way, request, status);
		return;
	}
	while (way == WAY_STATUS && !flag && looks--)
		MPI_Request_get_status(*request, &flag, status);
	if (way == WAY_STATUS || way == WAY_WAIT)
		MPI_Wait(request, status);
	else
		while (!flag)
			MPI_Test(request, &flag, status);
}

#endif
