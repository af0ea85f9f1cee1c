/* SPDX-License-Identifier: MIT */
/* agreement.c - nobody goes on before all ranks can */
#include <errno.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>
#include "../common/back.h"
#include "../common/exit_code.h"
#include "../launch/refusal.h"
#include "../lower-half/agent.h"
#include "../lower-half/core.h"
#include "agreement.h"

#define FINISH_S 5 /* for MPI_Finalize, in which the others may never come */

static void end_now(int sig)
{
	(void)sig;
	_exit(EXIT_REFUSED);
}

/*
 * All ranks end, and each knows it. Once MPI is up they finalize it first:
 * under Hydra a rank that ends without it has the others killed, whose exit
 * codes then count.
 */
static void end(const struct agreement *a, int code)
{
	sigset_t alrm;

	if (a->mpi_up && code == EXIT_REFUSED) {
		sigemptyset(&alrm);
		sigaddset(&alrm, SIGALRM);
		sigprocmask(SIG_UNBLOCK, &alrm, NULL);
		signal(SIGALRM, end_now);
		alarm(FINISH_S);
		back_finish();
	}
	_exit(code);
}

void agreement_refuse(const struct agreement *a, int rc, int limit_ms)
{
	int code;

	if (!a->said)
		refusal_say("%s: %s", core.tool,
			    a->err[0] ? a->err : strerror(-rc));
	code = agent_barrier("refused", limit_ms);
	if (code > 0)
		end(a, code);
	_exit(EXIT_REFUSED); /* without the others */
}

void agreement_reach(const struct agreement *a, int rc, const char *stage,
		     int limit_ms, int refuse_ms)
{
	if (rc < 0)
		agreement_refuse(a, rc, refuse_ms);
	rc = agent_barrier(stage, limit_ms);
	if (rc > 0)
		end(a, rc);
	if (rc == -ETIMEDOUT)
		refusal_exit("%s: waiting for the other ranks: %s: see what "
			     "became of them",
			     core.tool, strerror(-rc));
	if (rc < 0)
		refusal_exit("%s: the coordinator is gone: %s: restart once "
			     "more",
			     core.tool, strerror(-rc));
}
