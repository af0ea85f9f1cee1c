/* SPDX-License-Identifier: MIT */
/* test_launcher.c - what environments of launchers say (common/launcher.h) */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdlib.h>
#include <string.h>
#include "../../common/launcher.h"

/* As the launchers set it, where it matters here. */
struct told {
	const char *env[12]; /* NAME=VALUE */
	const char *mpi;     /* "-": nobody's */
	int there, rank, size, several;
	const char *job;   /* NULL: not told */
	const char *lacks; /* for MPICH */
};

static const struct told cases[] = {
	{ .mpi = "-", .size = 1 }, /* started by hand */
	{			   /* Open MPI's mpirun, two hosts */
	  .env = { "OMPI_COMM_WORLD_SIZE=4", "OMPI_COMM_WORLD_RANK=3",
		   "OMPI_COMM_WORLD_LOCAL_SIZE=2", "PMIX_RANK=3",
		   "PMIX_NAMESPACE=77", "OMPI_MCA_ess_base_jobid=78" },
	  .mpi = "openmpi",
	  .there = 1,
	  .rank = 3,
	  .size = 4,
	  .several = 1,
	  .job = "77" },
	{ /* Hydra: names no job, its proxy's command line does */
	  .env = { "PMI_FD=9", "PMI_RANK=1", "PMI_SIZE=2",
		   "MPI_LOCALNRANKS=2" },
	  .mpi = "mpich",
	  .there = 1,
	  .rank = 1,
	  .size = 2 },
	{ /* srun, no plugin; a step */
	  .env = { "SLURM_PROCID=5", "SLURM_NTASKS=6", "SLURM_NNODES=2",
		   "SLURM_JOB_ID=12", "SLURM_STEP_ID=0" },
	  .mpi = "-",
	  .rank = 5,
	  .size = 6,
	  .several = 1,
	  .job = "slurm-12.0",
	  .lacks = "srun --mpi=pmi2" },
	{ /* srun --mpi=pmix */
	  .env = { "SLURM_PROCID=1", "SLURM_NTASKS=2", "SLURM_NNODES=1",
		   "SLURM_JOB_ID=12", "SLURM_STEP_ID=3", "PMIX_RANK=1",
		   "PMIX_NAMESPACE=slurm.pmix.12.3" },
	  .mpi = "-",
	  .there = 1,
	  .rank = 1,
	  .size = 2,
	  .job = "slurm.pmix.12.3",
	  .lacks = "srun --mpi=pmi2" },
	{ /* srun --mpi=pmi2 */
	  .env = { "SLURM_PROCID=1", "SLURM_NTASKS=2", "SLURM_NNODES=1",
		   "SLURM_JOB_ID=12", "SLURM_STEP_ID=3", "PMI_RANK=1",
		   "PMI_SIZE=2", "PMI_FD=7" },
	  .mpi = "mpich",
	  .there = 1,
	  .rank = 1,
	  .size = 2,
	  .job = "slurm-12.3" },
	{ /* a batch script: in an allocation, but no rank */
	  .env = { "SLURM_JOB_ID=12", "SLURM_NTASKS=2", "SLURM_PROCID=0",
		   "SLURM_NNODES=2" },
	  .mpi = "-",
	  .several = 1,
	  .size = 1 },
	{ /* the user's own word; nonsense for a rank */
	  .env = { "MANA_JOB=mine", "PMI_RANK=7", "PMI_SIZE=2" },
	  .mpi = "mpich",
	  .there = 1,
	  .size = 2,
	  .job = "mine" },
};

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

static void test_environments(void **state)
{
	const struct told *c;
	const char *mpi, *lacks;
	char job[128];
	int rank, size;
	size_t i;

	(void)state;
	for (c = cases; c < cases + COUNT(cases); c++) {
		clearenv();
		for (i = 0; c->env[i]; i++)
			putenv((char *)c->env[i]);
		mpi = launcher_mpi();
		assert_string_equal(mpi ? mpi : "-", c->mpi);
		assert_int_equal(launcher_there(), c->there);
		launcher_place(&rank, &size);
		assert_int_equal(rank, c->rank);
		assert_int_equal(size, c->size);
		assert_int_equal(launcher_alone(), size == 1);
		assert_int_equal(launcher_several_hosts(), c->several);
		assert_int_equal(launcher_job(job, sizeof(job)), !!c->job);
		if (c->job)
			assert_string_equal(job, c->job);
		lacks = launcher_lacks("mpich");
		assert_string_equal(lacks ? lacks : "-",
				    c->lacks ? c->lacks : "-");
	}
}

static void test_programs(void **state)
{
	static const char *const yes[] = { "mpirun",  "/usr/bin/mpiexec.hydra",
					   "srun",    "mpiexec_mpt",
					   "orterun", "./hydra_mpiexec" };
	static const char *const no[] = { "mpirunner", "srun2", "my_mpirun",
					  "/srun/a.out", "hydra_nameserver" };
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(yes); i++)
		assert_true(launcher_is_program(yes[i]));
	for (i = 0; i < COUNT(no); i++)
		assert_false(launcher_is_program(no[i]));
}

static void test_process(void **state)
{
	const char *option;

	(void)state;
	assert_string_equal(launcher_process("hydra_pmi_proxy", &option),
			    "hydra");
	assert_string_equal(option, "--control-port");
	assert_null(launcher_process("bash", &option));
}

static void test_descriptors(void **state)
{
	(void)state;
	assert_string_equal(launcher_fd(0), "PMI_FD");
	assert_string_equal(launcher_fd(1), "HYDI_CONTROL_FD");
	assert_null(launcher_fd(2));
}

static void test_told(void **state)
{
	char *argv[] = { "/bin/app", "a", "b", NULL };
	const char *command, *arguments;

	(void)state;
	clearenv();
	launcher_tell("mana_launch", 3, argv);
	launcher_told(&command, &arguments);
	assert_null(command);
	setenv("OMPI_COMMAND", "mana_launch", 1);
	setenv("OMPI_ARGV", "/bin/app a b", 1);
	launcher_tell("mana_launch", 3, argv);
	launcher_told(&command, &arguments);
	assert_string_equal(command, "app");
	assert_string_equal(arguments, "a b");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_environments),
		cmocka_unit_test(test_programs),
		cmocka_unit_test(test_process),
		cmocka_unit_test(test_descriptors),
		cmocka_unit_test(test_told),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
