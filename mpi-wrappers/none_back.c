/* SPDX-License-Identifier: MIT */
/* none_back.c - the back of a lower half without MPI */
#include <stdio.h>
#include <string.h>
#include "../common/back.h"

const struct mpi_table *back_table(void)
{
	return NULL;
}

const char *back_name(void)
{
	return "none";
}

void back_version(char *buf, size_t len)
{
	snprintf(buf, len, "none");
}

enum back_phase back_phase(void)
{
	return BACK_BEFORE_INIT;
}

int back_open(void)
{
	return 0;
}

int back_level(void)
{
	return 0;
}

int back_rank(void)
{
	return -1;
}

int back_size(void)
{
	return 1;
}

size_t back_clocks(struct clock *c, size_t max)
{
	(void)c;
	(void)max;
	return 0;
}

void back_target(const struct clock *c, size_t n)
{
	(void)c;
	(void)n;
}

int back_callback(void)
{
	return 0;
}

void back_state(struct back_state *s)
{
	memset(s, 0, sizeof(*s));
}

size_t back_passed(struct clock *c)
{
	(void)c;
	return 0;
}

void back_clear_targets(void)
{
}

int back_refuse(char *why, size_t len)
{
	(void)why;
	(void)len;
	return 0;
}

void back_drain_step(void)
{
}

uint64_t back_drain_begun(void)
{
	return 0;
}

int back_drain_begin(uint64_t begun)
{
	(void)begun;
	return 0;
}

int back_drain_finish(void)
{
	return 1;
}

int back_start(int level)
{
	(void)level;
	return 0;
}

int back_resume(void)
{
	return 0;
}

int back_rebuild(void)
{
	return 0;
}

int back_must_finish(void)
{
	return 0;
}

int back_finish_step(void)
{
	return 1;
}

void back_finish(void)
{
}

void back_exit(void)
{
}
