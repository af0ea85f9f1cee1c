/* SPDX-License-Identifier: MIT */
/* launcher.c - who started this process, and what it is told about its job
 *
 * launcher_owns is freestanding; the rest is asked in the lower half alone.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "gate.h"
#include "last_part.h"
#include "launcher.h"
#include "text.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

/* Names of variables but where it says otherwise; NULL: there is none. */
struct launcher {
	const char *name;
	const char *mpi; /* as launcher_mpi: its ranks are those of no other */
	/* The programs that start ranks. A "*" at the end stands for any that
	 * begin so and go on with '.', '_' or '-': mpirun.openmpi,
	 * mpiexec_mpt. */
	const char *programs[6];
	const char *there[4]; /* set: it has started this process */
	const char *rank, *size, *local_size; /* local: on this host */
	const char *hosts[2];		      /* how many there are */
	/* Variables that tell jobs apart: the first that is set counts. */
	const char *job[2];
	/* It sets the rest in a batch script as well, whose programs are none
	 * of its ranks: those have this too, and with the job it tells apart.
	 */
	const char *step;
	/* Its processes on each host begin so; an option of theirs is followed
	 * by what tells jobs apart. */
	const char *process, *process_job;
	const char *fds[2]; /* numbers of descriptors it talks through */
	/* What ranks of an MPI are told by: the variable that is set then, and
	 * the option that has it do so. */
	struct {
		const char *mpi, *set, *option;
	} plugins[2];
	const char *own[3]; /* its variables begin so */
};

/*
 * The first row that knows counts: one launcher may start ranks through
 * another. Rows that speak for one MPI come first.
 */
static const struct launcher launchers[] = {
	{
		.name = "openmpi",
		.mpi = "openmpi",
		.programs = { "mpirun*", "mpiexec*", "orterun", "prterun",
			      "prun" },
		.there = { "OMPI_COMM_WORLD_SIZE", "OMPI_COMM_WORLD_RANK" },
		.rank = "OMPI_COMM_WORLD_RANK",
		.size = "OMPI_COMM_WORLD_SIZE",
		.local_size = "OMPI_COMM_WORLD_LOCAL_SIZE",
		.job = { "PMIX_NAMESPACE", "OMPI_MCA_ess_base_jobid" },
		.own = { "OMPI_", "PRTE_" },
	},
	{
		.name = "hydra", /* MPICH's, and what else speaks PMI */
		.mpi = "mpich",
		.programs = { "mpirun*", "mpiexec*", "hydra_mpiexec" },
		.there = { "PMI_RANK", "PMI_FD", "PMI_PORT",
			   "HYDI_CONTROL_FD" },
		.rank = "PMI_RANK",
		.size = "PMI_SIZE",
		.local_size = "MPI_LOCALNRANKS",
		.job = { "PMI_JOBID" },
		.process = "hydra_",
		.process_job = "--control-port", /* where all of a job report */
		.fds = { "PMI_FD", "HYDI_CONTROL_FD" },
		.own = { "PMI", "HYD", "MPI_LOCAL" },
	},
	{
		.name = "pmix",
		.there = { "PMIX_RANK" },
		.rank = "PMIX_RANK",
		.job = { "PMIX_NAMESPACE" },
		.own = { "PMIX_" },
	},
	{
		.name = "slurm",
		.programs = { "srun" },
		.rank = "SLURM_PROCID",
		.size = "SLURM_NTASKS",
		.hosts = { "SLURM_JOB_NUM_NODES", "SLURM_NNODES" },
		.job = { "SLURM_JOB_ID" },
		.step = "SLURM_STEP_ID",
		.own = { "SLURM_" },
		.plugins = { { "mpich", "PMI_RANK", "srun --mpi=pmi2" },
			     { "openmpi", "PMIX_RANK", "srun --mpi=pmix" } },
	},
	{
		.name = "others", /* known as what they are, no more */
		.programs = { "aprun", "jsrun", "lrun", "ibrun", "ccc_mprun" },
	},
};

#define EACH(l)                                                                \
	(l) = launchers;                                                       \
	(l) < launchers + COUNT(launchers);                                    \
	(l)++

/* NULL: it is not set, or to nothing. */
static const char *value(const char *name)
{
	const char *v = name ? getenv(name) : NULL;

	return v && *v ? v : NULL;
}

static int number(const char *name)
{
	const char *v = value(name);

	return v ? atoi(v) : 0;
}

static int is_there(const struct launcher *l)
{
	size_t i;

	for (i = 0; i < COUNT(l->there) && l->there[i]; i++)
		if (getenv(l->there[i]))
			return 1;
	return 0;
}

const char *launcher_mpi(void)
{
	const struct launcher *l;

	for (EACH(l))
		if (l->mpi && is_there(l))
			return l->mpi;
	return NULL;
}

int launcher_there(void)
{
	const struct launcher *l;

	for (EACH(l))
		if (is_there(l))
			return 1;
	return 0;
}

/* 1: what its variables say is said to a rank. */
static int counts(const struct launcher *l)
{
	return !l->step || value(l->step);
}

void launcher_place(int *rank, int *size)
{
	const struct launcher *l;
	const char *r = NULL, *n = NULL;

	for (EACH(l)) {
		r = r || !counts(l) ? r : value(l->rank);
		n = n || !counts(l) ? n : value(l->size);
	}
	*size = n && atoi(n) > 0 ? atoi(n) : 1;
	*rank = r ? atoi(r) : 0;
	if (*rank < 0 || *rank >= *size)
		*rank = 0;
}

const char *launcher_lacks(const char *mpi)
{
	const struct launcher *l;
	size_t i;

	for (EACH(l)) {
		if (!counts(l) || number(l->size) < 2)
			continue;
		for (i = 0; i < COUNT(l->plugins) && l->plugins[i].mpi; i++)
			if (!strcmp(l->plugins[i].mpi, mpi) &&
			    !value(l->plugins[i].set))
				return l->plugins[i].option;
	}
	return NULL;
}

int launcher_alone(void)
{
	const struct launcher *l;

	for (EACH(l))
		if (counts(l) && number(l->size) > 1)
			return 0;
	return 1;
}

int launcher_several_hosts(void)
{
	const struct launcher *l;
	int here;

	for (EACH(l)) {
		here = number(l->local_size);
		if (number(l->hosts[0]) > 1 || number(l->hosts[1]) > 1 ||
		    (here && here < number(l->size)))
			return 1;
	}
	return 0;
}

static int job_of(const struct launcher *l, char *buf, size_t len)
{
	const char *job = value(l->job[0]), *step = value(l->step);

	if (!job)
		job = value(l->job[1]);
	if (!job || (l->step && (!step || !getenv(l->rank))))
		return 0;
	if (step)
		snprintf(buf, len, "%s-%.40s.%.40s", l->name, job, step);
	else
		snprintf(buf, len, "%.100s", job);
	return 1;
}

int launcher_job(char *buf, size_t len)
{
	/* The user's own word goes before any launcher's. */
	static const struct launcher told = { .job = { "MANA_JOB" } };
	const struct launcher *l;
	int known = job_of(&told, buf, len);

	for (EACH(l))
		known = known || job_of(l, buf, len);
	if (known)
		text_clean(buf);
	return known;
}

const char *launcher_process(const char *name, const char **option)
{
	const struct launcher *l;

	for (EACH(l))
		if (l->process &&
		    !strncmp(name, l->process, strlen(l->process))) {
			*option = l->process_job;
			return l->name;
		}
	return NULL;
}

static int is_named(const char *program, const char *base)
{
	size_t n = strcspn(program, "*");

	if (!program[n])
		return !strcmp(base, program);
	return !strncmp(base, program, n) && strchr("._-", base[n]);
}

int launcher_is_program(const char *path)
{
	const struct launcher *l;
	size_t i;

	for (EACH(l))
		for (i = 0; i < COUNT(l->programs) && l->programs[i]; i++)
			if (is_named(l->programs[i], last_part(path)))
				return 1;
	return 0;
}

const char *launcher_fd(size_t i)
{
	const struct launcher *l;
	size_t k;

	for (EACH(l))
		for (k = 0; k < COUNT(l->fds) && l->fds[k]; k++)
			if (i-- == 0)
				return l->fds[k];
	return NULL;
}

static int begins(const char *entry, const char *prefix)
{
	while (*prefix && *prefix == *entry)
		prefix++, entry++;
	return !*prefix;
}

int launcher_owns(const char *entry)
{
	const struct launcher *l;
	size_t i;

	if (GATE->epoch <= 1)
		return 0;
	for (EACH(l))
		for (i = 0; i < COUNT(l->own) && l->own[i]; i++)
			if (begins(entry, l->own[i]))
				return 1;
	return 0;
}

/*
 * PMIx 5 maps what it shares with the launcher where the launcher has found
 * room, and that lies in the arena: an image would hold it, and a restart want
 * the launcher's file. So the library asks the launcher instead.
 */
void launcher_unshare(void)
{
	static const char var[] = "PMIX_GDS_MODULE";
	const char *offered = getenv(var);

	if (offered && strstr(offered, "shmem"))
		setenv(var, "hash", 1);
}

/* Open MPI's mpirun alone tells what it was told to start. */
#define COMMAND	  "OMPI_COMMAND"
#define ARGUMENTS "OMPI_ARGV"

void launcher_told(const char **command, const char **arguments)
{
	*command = getenv(COMMAND);
	*arguments = value(ARGUMENTS);
}

static void tell_arguments(int argc, char **argv)
{
	size_t n = 1;
	char *all;
	int i;

	for (i = 1; i < argc; i++)
		n += strlen(argv[i]) + 1;
	all = calloc(1, n);
	if (!all)
		return;
	for (i = 1; i < argc; i++) {
		strcat(all, i > 1 ? " " : "");
		strcat(all, argv[i]);
	}
	setenv(ARGUMENTS, all, 1);
	free(all);
}

/* mpirun of Open MPI 4 tells the program's name without its directories. It is
 * known by telling no version. */
void launcher_tell(const char *tool, int argc, char **argv)
{
	const char *started = getenv(COMMAND);
	int whole = getenv("OMPI_VERSION") != NULL;

	if (!started || strcmp(last_part(started), tool) || argc < 1)
		return;
	setenv(COMMAND, whole ? argv[0] : last_part(argv[0]), 1);
	if (argc > 1 || whole)
		tell_arguments(argc, argv);
	else
		unsetenv(ARGUMENTS);
}
