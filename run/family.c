/* SPDX-License-Identifier: MIT */
/* family.c - launchers whose command lines are known: where the program begins
 *
 * Sources: mpirun(1) of Open MPI 4.1 and prterun(1) of 5.0, the table in
 * MPICH's hydra/mpiexec/options.c, srun(1) of Slurm 22.05.
 */
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include "../common/last_part.h"
#include "../common/launcher.h"
#include "family.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

/* Lists of words have a space in front of each, and one at the end. */
struct family {
	const char *name;
	const char *programs;
	const char *version;	 /* words of its --version, with '|' between */
	int by_term;		 /* family_ends_by_term */
	const char *variable[2]; /* family_variable */
	int getopt;		 /* options are as getopt_long(3) takes them */
	const char *values[3];	 /* options with so many values */
	const char *pairs;	 /* NAME VALUE or NAME=VALUE */
	const char *optional; /* getopt: a value, or none, in the same word */
	const char *elsewhere;
	const char *letters[2]; /* getopt: without and with a value */
	const char *overcommit; /* family_overcommits */
	const char *nodes;	/* family_nodes */
};

static const struct family families[] = {
	{
		.name = "Open MPI",
		.programs = " mpirun.openmpi mpiexec.openmpi orterun prterun "
			    "prte prun ",
		.version = "Open MPI|OpenRTE|PRRTE|prterun",
		.by_term = 1,
		.values[0] =
			" allow-run-as-root bind-to-core bind-to-socket bycore "
			"bynode byslot continuous d debug debug-daemons "
			"debug-daemons-file debug-devel disable-recovery "
			"display-allocation display-devel-allocation "
			"display-devel-map display-diffable-map display-map "
			"display-topo do-not-launch do-not-resolve "
			"enable-instant-on-support enable-recovery "
			"fwd-mpirun-port get-stack-traces index-argv-by-rank "
			"leave-session-attached merge-stderr-to-stdout "
			"no-ready-msg nolocal nooversubscribe noprefix novm "
			"output-proctable oversubscribe pernode preload-binary "
			"q quiet report-bindings report-child-jobs-separately "
			"report-state-on-timeout s set-cwd-to-session-dir "
			"show-progress stream-buffering tag-output "
			"timestamp-output tv use-hwthread-cpus use-regexp v "
			"verbose xml ",
		.values[1] =
			" H N am bind-to c cartofile cf cpu-list cpu-set "
			"cpus-per-proc cpus-per-rank debugger default-hostfile "
			"display dvm-uri exec-agent forward-signals hnp host "
			"hostfile launch-agent machinefile map-by max-restarts "
			"max-vm-size n np npernode npersocket ompi-server "
			"output output-filename path personality ppr prefix "
			"preload-files pset rank-by rankfile report-events "
			"report-pid report-uri rf rtos runtime-options stdin "
			"timeout tune wd wdir with-ft x xml-file xterm ",
		.values[2] = " gmca gomca gpmixmca gprtemca mca omca pmixmca "
			     "prtemca ",
		.elsewhere = " app ",
		.overcommit = " oversubscribe ",
	},
	{
		.name = "MPICH",
		.programs = " mpirun.mpich mpiexec.mpich mpirun.hydra "
			    "mpiexec.hydra hydra_mpiexec ",
		.version = "HYDRA|Hydra|Intel(R) MPI",
		.by_term = 1,
		.values[0] =
			" debug disable-auto-cleanup "
			"disable-hostname-propagation disable-x "
			"enable-auto-cleanup enable-hostname-propagation "
			"enable-x envall envnone genvall genvnone hybrid-hosts "
			"info l pmi-port prepend-rank print-all-exitcodes "
			"profile skip-launch-node v verbose ",
		.values[1] =
			" bind-to binding bootstrap bootstrap-exec demux "
			"envlist errfile errfile-pattern f g genvlist "
			"gpu-subdevs-per-proc gpus-per-proc host hostfile "
			"hostlist hosts iface launcher launcher-exec localhost "
			"machine machinefile machinelist machines map-by "
			"membind n nameserver np order-nodes outfile "
			"outfile-pattern output-from perhost ppn "
			"prepend-pattern rankmap rmk topolib usize wdir ",
		.pairs = " env genv ",
		.elsewhere = " configfile ",
	},
	{
		.name = "srun",
		.programs = " srun ",
		/* Else a step whose rank has died waits for ever. */
		.variable = { "SLURM_KILL_BAD_EXIT", "1" },
		.getopt = 1,
		.values[0] =
			" contiguous disable-status exact hold label "
			"no-allocate overcommit overlap oversubscribe "
			"preserve-env pty quiet quit-on-interrupt reboot share "
			"spread-job test-only unbuffered use-min-nodes "
			"verbose wait-all-nodes ",
		.values[1] =
			" accel-bind account acctg-freq bb bbf bcast-exclude "
			"begin chdir cluster-constraint clusters comment "
			"constraint container core-spec cores-per-socket "
			"cpu-bind cpu-freq cpus-per-gpu cpus-per-task deadline "
			"delay-boot dependency distribution epilog error "
			"exclude export extra extra-node-info gid gpu-bind "
			"gpu-freq gpus gpus-per-node gpus-per-socket "
			"gpus-per-task gres gres-flags het-group hint input "
			"job-name jobid licenses mail-type mail-user mcs-label "
			"mem mem-bind mem-per-cpu mem-per-gpu mincpus mpi "
			"msg-timeout network nodefile nodelist nodes ntasks "
			"ntasks-per-core ntasks-per-gpu ntasks-per-node "
			"ntasks-per-socket open-mode output partition power "
			"prefer priority profile prolog qos relative "
			"reservation signal slurmd-debug sockets-per-node "
			"switches task-epilog task-prolog thread-spec threads "
			"threads-per-core time time-min tmp tres-bind "
			"tres-per-task uid wait wckey ",
		.optional = " bcast compress exclusive immediate "
			    "kill-on-bad-exit mana nice no-kill propagate "
			    "resv-ports send-libs x11 I K k ",
		.elsewhere = " multi-prog ",
		.letters = { "EHOQXZlsuv", "ABCDFGJLMNSTWbcdeimnopqrtwx" },
		.overcommit = " overcommit O ",
		.nodes = " --ntasks=%u --nodes=%u --nodelist=%s",
	},
};

static int has(const char *list, const char *word, size_t len)
{
	const char *p;

	if (!list || !len)
		return 0;
	for (p = list; (p = strstr(p, " ")) && p[1]; p++)
		if (!strncmp(p + 1, word, len) && p[1 + len] == ' ')
			return 1;
	return 0;
}

const struct family *family_named(const char *base)
{
	size_t i;

	for (i = 0; i < COUNT(families); i++)
		if (has(families[i].programs, base, strlen(base)))
			return &families[i];
	return NULL;
}

const struct family *family_of_version(const char *text)
{
	const char *w;
	char word[32];
	size_t i, n;

	for (i = 0; i < COUNT(families); i++)
		for (w = families[i].version; w && *w; w += n + (w[n] == '|')) {
			n = strcspn(w, "|");
			snprintf(word, sizeof(word), "%.*s", (int)n, w);
			if (strstr(text, word))
				return &families[i];
		}
	return NULL;
}

/* The file that execvp(3) would take. 0: there is none. */
static int in_path(const char *name, char *full)
{
	const char *p = getenv("PATH"), *end;
	char at[PATH_MAX];

	if (strchr(name, '/'))
		return realpath(name, full) != NULL;
	for (p = p ? p : "/usr/local/bin:/usr/bin:/bin"; p; p = end) {
		end = strchr(p, ':');
		snprintf(at, sizeof(at), "%.*s/%s",
			 end ? (int)(end - p) : (int)strlen(p), p, name);
		end = end ? end + 1 : NULL;
		if (realpath(at, full))
			return 1;
	}
	return 0;
}

/* What it prints of itself. The user's own words are never given to a shell. */
static const struct family *ask_version(const char *full)
{
	char command[2 * PATH_MAX], text[8192];
	size_t n;
	FILE *f;

	if (strpbrk(full, "'\\"))
		return NULL;
	snprintf(command, sizeof(command),
		 "timeout 10 '%s' --version </dev/null 2>&1", full);
	f = popen(command, "re");
	if (!f)
		return NULL;
	n = fread(text, 1, sizeof(text) - 1, f);
	text[n] = 0;
	pclose(f);
	return family_of_version(text);
}

const struct family *family_find(const char *name, int *is_launcher)
{
	const struct family *f = family_named(last_part(name));
	char full[PATH_MAX];

	*is_launcher = f || launcher_is_program(name);
	if (f || !*is_launcher || !in_path(name, full))
		return f;
	f = family_named(last_part(full));
	return f ? f : ask_version(full);
}

const char *family_name(const struct family *f)
{
	return f->name;
}

int family_ends_by_term(const struct family *f)
{
	return f->by_term;
}

const char *family_variable(const struct family *f, const char **value)
{
	*value = f->variable[1];
	return f->variable[0];
}

const char *family_nodes(const struct family *f)
{
	return f->nodes;
}

int family_overcommits(const struct family *f, char *const *argv)
{
	const char *name = argv[0] + 1;

	if (f->getopt && *name != '-') {
		for (; *name && !strchr(f->letters[1], *name); name++)
			if (has(f->overcommit, name, 1))
				return 1;
		return 0;
	}
	name += *name == '-';
	return has(f->overcommit, name, strlen(name));
}

/* One letter after the other; the first that has a value takes what is left of
 * the word, or the next one. */
static int letters(const struct family *f, const char *word)
{
	const char *p;

	for (p = word; *p; p++) {
		if (strchr(f->letters[1], *p))
			return p[1] ? 1 : 2;
		if (has(f->optional, p, 1))
			return 1;
		if (!strchr(f->letters[0], *p))
			return FAMILY_UNKNOWN;
	}
	return 1;
}

static int by_name(const struct family *f, const char *name, size_t len,
		   int value, char *const *argv, int n)
{
	int i;

	if (has(f->elsewhere, name, len))
		return FAMILY_ELSEWHERE;
	if (has(f->optional, name, len))
		return 1;
	if (has(f->pairs, name, len))
		return n > 1 && strchr(argv[1], '=') ? 2 : 3;
	for (i = 0; i < (int)COUNT(f->values); i++)
		if (has(f->values[i], name, len))
			return value && i ? i : 1 + i;
	return FAMILY_UNKNOWN;
}

int family_option(const struct family *f, char *const *argv, int n)
{
	const char *name = argv[0] + 1;
	size_t len;

	if (f->getopt && !strcmp(name, "-"))
		return FAMILY_END;
	if (f->getopt && *name != '-')
		return *name ? letters(f, name) : FAMILY_UNKNOWN;
	name += *name == '-';
	len = strcspn(name, "=");
	return by_name(f, name, len, name[len] == '=', argv, n);
}
