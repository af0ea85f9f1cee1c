/* SPDX-License-Identifier: MIT */
/* none_back.c - the back of a lower half without MPI: what common/back.h asks,
 * answered in a line each
 */
#include <stdio.h>
#include <string.h>
#include "../common/back.h"

#define ANSWER(type, call, value)                                              \
	type call                                                              \
	{                                                                      \
		return value;                                                  \
	}

#define DO_NOTHING(call)                                                       \
	void call                                                              \
	{                                                                      \
	}

#define NOT_USED __attribute__((unused))

ANSWER(const struct mpi_table *, back_table(void), NULL)
ANSWER(const char *, back_name(void), "none")
ANSWER(enum back_phase, back_phase(void), BACK_BEFORE_INIT)
ANSWER(int, back_open(void), 0)
ANSWER(int, back_level(void), 0)
ANSWER(int, back_rank(void), -1)
ANSWER(int, back_size(void), 1)
ANSWER(size_t, back_clocks(NOT_USED struct clock *c, NOT_USED size_t max), 0)
DO_NOTHING(back_target(NOT_USED const struct clock *c, NOT_USED size_t n))
ANSWER(int, back_callback(void), 0)
ANSWER(size_t, back_passed(NOT_USED struct clock *c), 0)
ANSWER(int, back_parked(NOT_USED const struct thread *t), 0)
DO_NOTHING(back_clear_targets(void))
ANSWER(int, back_refuse(NOT_USED char *why, NOT_USED size_t len), 0)
DO_NOTHING(back_drain_step(void))
ANSWER(uint64_t, back_drain_begun(void), 0)
ANSWER(int, back_drain_begin(NOT_USED uint64_t begun), 0)
ANSWER(int, back_drain_finish(void), 1)
ANSWER(int, back_start(NOT_USED int level), 0)
ANSWER(int, back_resume(void), 0)
ANSWER(int, back_rebuild(void), 0)
ANSWER(int, back_must_finish(void), 0)
ANSWER(int, back_finish_step(void), 1)
DO_NOTHING(back_finish(void))
DO_NOTHING(back_exit(void))

void back_version(char *buf, size_t len)
{
	snprintf(buf, len, "none");
}

void back_state(struct back_state *s)
{
	memset(s, 0, sizeof(*s));
}
