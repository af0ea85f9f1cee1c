/* SPDX-License-Identifier: MIT */
/* test_run.c - what mana_run knows: lines of launchers, intervals, times,
 * generations, progress */
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>
#include "../../run/batch.h"
#include "../../run/decide.h"
#include "../../run/line.h"
#include "../../run/schedule.h"

#define WORDS_MAX 32
#define TEXT_MAX  1024

static int split(char *text, char **words)
{
	int n = 0;
	char *save, *w;

	for (w = strtok_r(text, " ", &save); w; w = strtok_r(NULL, " ", &save))
		words[n++] = w;
	words[n] = NULL;
	return n;
}

/* What the line becomes with "L" in front of its programs, or "R" in their
 * place. */
static const char *becomes(const char *family, const char *text, int replacing,
			   char *out)
{
	static char *const put[2][2] = { { (char *)"L" }, { (char *)"R" } };
	static char *const none[] = { NULL };
	char copy[TEXT_MAX], err[TEXT_MAX], *words[WORDS_MAX], **v, *q;
	const struct family *f = *family ? family_named(family) : NULL;
	struct line l;
	int n;

	strcpy(copy, text);
	n = split(copy, words);
	assert_true(!*family || f);
	if (line_parse_as(&l, f, words, n, err, sizeof(err))) {
		line_fini(&l);
		strcpy(out, err);
		return out;
	}
	v = line_with(&l, none, put[replacing], replacing);
	q = line_quoted(v);
	strcpy(out, q);
	free(q);
	free(v);
	line_fini(&l);
	return out;
}

static const struct {
	const char *family, *line, *launched, *restarted;
} lines[] = {
	{ "", "./a -n 4", "L ./a -n 4", "R" },
	{ "orterun", "mpirun -n 4 ./a x", "mpirun -n 4 L ./a x",
	  "mpirun -n 4 R" },
	{ "orterun",
	  "mpirun -np 4 --mca btl tcp,self -x A=1 --oversubscribe ./a",
	  "mpirun -np 4 --mca btl tcp,self -x A=1 --oversubscribe L ./a",
	  "mpirun -np 4 --mca btl tcp,self -x A=1 --oversubscribe R" },
	{ "orterun", "mpirun --map-by ppr:2:node --bind-to core ./a -n 3",
	  "mpirun --map-by ppr:2:node --bind-to core L ./a -n 3",
	  "mpirun --map-by ppr:2:node --bind-to core R" },
	{ "orterun", "mpirun -n 1 ./a x : -n 2 ./b",
	  "mpirun -n 1 L ./a x : -n 2 L ./b", "mpirun -n 1 R : -n 2 R" },
	{ "mpiexec.hydra", "mpiexec -n 4 -genv A 1 -genv B=2 -ppn 2 ./a",
	  "mpiexec -n 4 -genv A 1 -genv B=2 -ppn 2 L ./a",
	  "mpiexec -n 4 -genv A 1 -genv B=2 -ppn 2 R" },
	{ "mpiexec.hydra", "mpiexec -f hosts -l -bind-to=core ./a : -n 2 ./b c",
	  "mpiexec -f hosts -l -bind-to=core L ./a : -n 2 L ./b c",
	  "mpiexec -f hosts -l -bind-to=core R : -n 2 R" },
	{ "srun", "srun ./a", "srun L ./a", "srun R" },
	{ "srun", "srun -n4 -lu -N 2 --mpi=pmix --exclusive ./a -x",
	  "srun -n4 -lu -N 2 --mpi=pmix --exclusive L ./a -x",
	  "srun -n4 -lu -N 2 --mpi=pmix --exclusive R" },
	{ "srun", "srun --ntasks 4 -K --kill-on-bad-exit=1 -ln4 -c 2 ./a",
	  "srun --ntasks 4 -K --kill-on-bad-exit=1 -ln4 -c 2 L ./a",
	  "srun --ntasks 4 -K --kill-on-bad-exit=1 -ln4 -c 2 R" },
	{ "srun", "srun -n 1 -- ./a", "srun -n 1 -- L ./a", "srun -n 1 -- R" },
	{ "srun", "srun -n1 ./a : -n2 ./b", "srun -n1 L ./a : -n2 L ./b",
	  "srun -n1 R : -n2 R" },
};

static void lines_become(void **state)
{
	char out[TEXT_MAX];
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(lines) / sizeof(lines[0]); i++) {
		assert_string_equal(
			becomes(lines[i].family, lines[i].line, 0, out),
			lines[i].launched);
		assert_string_equal(
			becomes(lines[i].family, lines[i].line, 1, out),
			lines[i].restarted);
	}
}

static const struct {
	const char *family, *line, *why;
} bad[] = {
	{ "orterun", "mpirun -foo 3 ./a", "-foo: not an option of Open MPI" },
	{ "mpiexec.hydra", "mpiexec -mca a b ./a",
	  "-mca: not an option of MPI" },
	{ "srun", "srun -n4 -Y ./a", "-Y: not an option of srun" },
	{ "srun", "srun --ntask=4 ./a", "--ntask=4: not an option of srun" },
	{ "srun", "srun --multi-prog f", "--multi-prog: it names a file" },
	{ "orterun", "mpirun --app f", "--app: it names a file" },
	{ "orterun", "mpirun -n 4", "mpirun: there is no program" },
	{ "orterun", "mpirun -n", "mpirun: there is no program" },
	{ "orterun", "mpirun -n 1 ./a :", "mpirun: there is no program" },
	{ "orterun", "mpirun : ./a", "mpirun: there is no program" },
	{ "orterun", "mpirun -n 1 /x/mana_launch ./a", "mana_launch: " },
};

static void lines_refused(void **state)
{
	char out[TEXT_MAX];
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		becomes(bad[i].family, bad[i].line, 0, out);
		assert_memory_equal(out, bad[i].why, strlen(bad[i].why));
	}
}

static void program_by_hand(void **state)
{
	char *words[] = { (char *)"aprun", (char *)"-n", (char *)"2",
			  (char *)"./a", NULL };
	char err[TEXT_MAX];
	struct line l;

	(void)state;
	assert_int_equal(line_parse(&l, words, 4, 0, err, sizeof(err)),
			 -EINVAL);
	assert_non_null(strstr(err, "--program"));
	assert_int_equal(line_parse(&l, words, 4, 5, err, sizeof(err)),
			 -EINVAL);
	assert_int_equal(line_parse(&l, words, 4, 4, err, sizeof(err)), 0);
	assert_int_equal(l.n_parts, 1);
	assert_int_equal(l.parts[0].program, 3);
	line_fini(&l);
}

static void quoted(void **state)
{
	char *words[] = { (char *)"a b", (char *)"it's", (char *)"",
			  (char *)"x=1", (char *)"$(x)", NULL };
	char *q = line_quoted(words);

	(void)state;
	assert_string_equal(q, "'a b' 'it'\\''s' '' x=1 '$(x)'");
	free(q);
}

static void versions(void **state)
{
	(void)state;
	assert_ptr_equal(family_of_version("mpirun (Open MPI) 5.0.3\n"),
			 family_named("orterun"));
	assert_ptr_equal(family_of_version("HYDRA build details:\n"),
			 family_named("mpiexec.hydra"));
	assert_null(family_of_version("something else"));
}

static int about(double a, double b)
{
	return a > b * 0.999 && a < b * 1.001;
}

/* Values of the paper's equation, computed apart. */
static void daly(void **state)
{
	(void)state;
	assert_true(about(schedule_daly(1, 86400), 415.026));
	assert_true(about(schedule_daly(60, 86400), 3180.06));
	assert_true(about(schedule_daly(300, 3600), 1276.50));
	assert_true(about(schedule_daly(100, 50), 50));
	assert_true(about(schedule_daly(99.999, 50), 44.4442));
}

static void intervals(void **state)
{
	(void)state;
	assert_int_equal(schedule_interval(-1, 86400), SCHEDULE_FIRST);
	assert_int_equal(schedule_interval(1, 86400), 415);
	assert_int_equal(schedule_interval(600, 864000), SCHEDULE_MOST);
	assert_int_equal(schedule_interval(0, 86400), 1);
	assert_int_equal(schedule_interval(-1, 1), 1);
}

static void leads(void **state)
{
	(void)state;
	assert_true(about(schedule_lead(-1, 20), 5));
	assert_true(about(schedule_lead(-1, 86400), 60));
	assert_true(about(schedule_lead(30, 86400), 70));
	assert_true(about(schedule_lead(1, 20), 7));
	assert_true(about(schedule_lead(600, 900), 450));
}

static void durations(void **state)
{
	(void)state;
	assert_true(batch_duration("90") == 90);
	assert_true(batch_duration("1:30\n") == 90);
	assert_true(batch_duration("1:02:03") == 3723);
	assert_true(batch_duration("2-03") == 2 * 86400 + 3 * 3600);
	assert_true(batch_duration("1-0:1") == 86400 + 60);
	assert_true(batch_duration("1-02:03:04") == 86400 + 7384);
	assert_true(batch_duration("0:5 L") == 5);
	assert_true(batch_duration("UNLIMITED") < 0);
	assert_true(batch_duration("") < 0);
	assert_true(batch_duration("-5") < 0);
	assert_true(batch_duration("5x") < 0);
	assert_true(batch_duration("1:") < 0);
}

static void fields(void **state)
{
	const char *text = "JobId=7 JobName=a Requeue=1\n   Command=/x/y Z=";
	char buf[32];

	(void)state;
	assert_string_equal(batch_field(text, "Requeue", buf, 32), "1");
	assert_string_equal(batch_field(text, "Command", buf, 32), "/x/y");
	assert_string_equal(batch_field(text, "Name", buf, 32), "");
	assert_string_equal(batch_field(text, "Z", buf, 32), "");
}

static void batch_systems(void **state)
{
	static const char *const env[] = {
		"FLUX_JOB_ID",	       "SLURM_JOB_ID", "SLURM_ARRAY_JOB_ID",
		"SLURM_ARRAY_TASK_ID", "PBS_JOBID",    "PBS_WALLTIME",
		"LSB_JOBID",	       "LSB_JOBINDEX"
	};
	char id[BATCH_ID];
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(env) / sizeof(env[0]); i++)
		unsetenv(env[i]);
	assert_null(batch_here());
	setenv("LSB_JOBID", "12", 1);
	setenv("LSB_JOBINDEX", "0", 1);
	assert_string_equal(batch_id(batch_here(), id, sizeof(id)), "12");
	setenv("LSB_JOBINDEX", "3", 1);
	assert_string_equal(batch_id(batch_here(), id, sizeof(id)), "12_3");
	setenv("PBS_JOBID", "34[2].host", 1);
	assert_string_equal(batch_name(batch_here()), "PBS");
	assert_string_equal(batch_id(batch_here(), id, sizeof(id)),
			    "34[2].host");
	setenv("SLURM_JOB_ID", "77", 1);
	assert_string_equal(batch_id(batch_here(), id, sizeof(id)), "77");
	setenv("SLURM_ARRAY_JOB_ID", "70", 1);
	setenv("SLURM_ARRAY_TASK_ID", "0", 1);
	assert_string_equal(batch_id(batch_here(), id, sizeof(id)), "70_0");
	snprintf(id, sizeof(id), "%lld", (long long)time(NULL) + 50);
	setenv("SLURM_JOB_END_TIME", id, 1);
	assert_true(batch_left(batch_here(), 0) > 48);
	assert_true(batch_left(batch_here(), 0) <= 50);
	unsetenv("SLURM_JOB_END_TIME");
	setenv("SLURM_JOB_ID", "7;rm", 1);
	assert_string_equal(batch_name(batch_here()), "PBS");
	for (i = 0; i < sizeof(env) / sizeof(env[0]); i++)
		unsetenv(env[i]);
}

static char *const words[] = { (char *)"mpirun", (char *)"./a", NULL };
static char *const others[] = { (char *)"mpirun", (char *)"./b", NULL };

static void decisions(void **state)
{
	struct decide_found f = { .program = "./x", .missing = "why" };
	struct record r = { 0 };
	struct reason why;

	(void)state;
#define DECIDE(w, anew) decide(&r, &f, w, 2, anew, "d", &why)
	assert_int_equal(DECIDE(words, 0), DECIDE_START);
	f.generation = 3;
	assert_int_equal(DECIDE(words, 0), DECIDE_REFUSE); /* by hand */
	assert_int_equal(DECIDE(words, 1), DECIDE_START);
	assert_int_equal(record_begin(&r, words, 2, 3), 0);
	assert_int_equal(DECIDE(words, 0), DECIDE_START); /* base */
	f.generation = 4;
	assert_int_equal(DECIDE(words, 0), DECIDE_GO_ON);
	strcpy(r.id, "1");
	assert_int_equal(DECIDE(words, 0), DECIDE_REFUSE); /* another job's */
	strcpy(f.id, "1");
	assert_int_equal(DECIDE(words, 0), DECIDE_GO_ON);
	assert_int_equal(DECIDE(others, 0), DECIDE_REFUSE);
	assert_non_null(strstr(why.what, "mpirun ./a"));
	assert_int_equal(decide(&r, &f, words, 1, 0, "d", &why), DECIDE_REFUSE);
	f.generation = 0;
	r.generation = 4;
	assert_int_equal(DECIDE(words, 0), DECIDE_REFUSE); /* gone */
	r.state = RECORD_DONE;
	assert_int_equal(DECIDE(others, 0), DECIDE_START);
	record_fini(&r);
}

static void progress(void **state)
{
	struct manifest m = { .generation = 5, .seconds = 2, .stopped = 1 };
	struct record r = { 0 };

	(void)state;
	assert_true(record_longest(&r) < 0);
	assert_int_equal(record_take(&r, &m), 1);
	assert_int_equal(record_take(&r, &m), 0);
	assert_true(record_longest(&r) == 2);
	assert_int_equal(record_requeue(&r, 0.1), 0); /* the first time */
	assert_int_equal(record_requeue(&r, 100), -EDEADLK);
	for (m.generation = 6; m.generation < 9; m.generation++) {
		m.seconds = 1;
		record_take(&r, &m);
	}
	assert_true(record_longest(&r) == 1); /* of the last three */
	assert_int_equal(record_requeue(&r, 0.1), -EDEADLK);
	assert_int_equal(record_requeue(&r, 100), 0);
	assert_int_equal(record_requeue(&r, 100), -EDEADLK);
}

static void record_file(void **state)
{
	char dir[] = "/tmp/mana-run-XXXXXX", path[64];
	struct manifest m = { .generation = 5, .seconds = 2, .stopped = 1 };
	struct record r = { 0 }, back;
	struct reason why;
	int fd;

	(void)state;
	assert_non_null(mkdtemp(dir));
	fd = open(dir, O_RDONLY | O_DIRECTORY);
	assert_int_equal(record_read(fd, dir, &back, &why), 0);
	assert_int_equal(back.state, RECORD_NONE);
	record_begin(&r, words, 2, 4);
	record_take(&r, &m);
	r.attempts = 3;
	assert_int_equal(record_write(fd, &r), 0);
	assert_int_equal(record_read(fd, dir, &back, &why), 0);
	assert_true(record_is_line(&back, words, 2));
	assert_false(record_is_line(&back, others, 2));
	assert_int_equal(back.base, 4);
	assert_int_equal(back.generation, 5);
	assert_int_equal(back.attempts, 3);
	assert_true(record_longest(&back) == 2 && back.stopped == 1);
	record_fini(&r);
	record_fini(&back);
	snprintf(path, sizeof(path), "%s/run.json", dir);
	unlink(path);
	close(fd);
	rmdir(dir);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(lines_become),
		cmocka_unit_test(lines_refused),
		cmocka_unit_test(program_by_hand),
		cmocka_unit_test(quoted),
		cmocka_unit_test(versions),
		cmocka_unit_test(daly),
		cmocka_unit_test(intervals),
		cmocka_unit_test(leads),
		cmocka_unit_test(durations),
		cmocka_unit_test(fields),
		cmocka_unit_test(batch_systems),
		cmocka_unit_test(decisions),
		cmocka_unit_test(progress),
		cmocka_unit_test(record_file),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
