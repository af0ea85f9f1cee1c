/* SPDX-License-Identifier: MIT */
/* print.c - a report, for a person
 *
 * What a report says is the only source, so that the text and --json cannot
 * differ.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "../common/text.h"
#include "print.h"

#define RANKS_SHOWN 32

/* Up to four clean texts may be in use at a time. */
static const char *text(const json_t *o, const char *key)
{
	static char out[4][4400];
	static unsigned int next;
	const char *s = json_string_value(json_object_get(o, key));

	next = (next + 1) % 4;
	return text_copy(out[next], sizeof(out[0]), s ? s : "");
}

static long long number(const json_t *o, const char *key)
{
	return json_integer_value(json_object_get(o, key));
}

static int is(const json_t *o, const char *key)
{
	return json_is_true(json_object_get(o, key));
}

/* "1.5 MiB": four may be in use at a time. */
static const char *size(long long bytes)
{
	static const char *const unit[] = { "B",   "KiB", "MiB",
					    "GiB", "TiB", "PiB" };
	static char out[4][32];
	static unsigned int next;
	double v = (double)bytes;
	int u = 0;

	next = (next + 1) % 4;
	while (v >= 1024 && u < 5) {
		v /= 1024;
		u++;
	}
	snprintf(out[next], sizeof(out[0]), v < 10 && u ? "%.1f %s" : "%.0f %s",
		 v, unit[u]);
	return out[next];
}

static void line(const char *name, const char *value)
{
	if (value[0])
		printf("%-12s%s\n", name, value);
}

/* "3 threads", of a list of them. */
static void heading(const json_t *list, const char *one)
{
	printf("\n%zu %s%s\n", json_array_size(list), one,
	       json_array_size(list) == 1 ? "" : "s");
}

static void print_threads(const json_t *list)
{
	const json_t *t;
	size_t i;

	heading(list, "thread");
	json_array_foreach(list, i, t)
	{
		printf("  %-8lld%-17s%-9s", number(t, "tid"), text(t, "name"),
		       text(t, "state"));
		if (json_object_get(t, "in"))
			printf("%s +%#llx", text(t, "in"), number(t, "at"));
		else
			printf("%s", text(t, "pc"));
		printf("\n");
	}
}

static void print_files(const json_t *list)
{
	const json_t *f;
	size_t i;

	heading(list, "open file");
	json_array_foreach(list, i, f)
	{
		printf("  %-4lld%-3s%s", number(f, "fd"), text(f, "access"),
		       text(f, "kind"));
		if (text(f, "path")[0])
			printf(" %s", text(f, "path"));
		if (json_object_get(f, "offset"))
			printf(" at %lld", number(f, "offset"));
		if (json_object_get(f, "bytes"))
			printf(" of %s", size(number(f, "bytes")));
		if (json_object_get(f, "same_as"))
			printf(": shared with %lld\n", number(f, "same_as"));
		else
			printf(": %s\n", text(f, "becomes"));
	}
}

/* "MPI_Comm_dup 2, MPI_Comm_split 1" */
static void print_counts(const json_t *counts, const char *fmt)
{
	const char *key, *between = "";
	char name[256];
	json_t *n;

	json_object_foreach((json_t *)counts, key, n)
	{
		printf("%s", between);
		printf(fmt, text_copy(name, sizeof(name), key),
		       (long long)json_integer_value(n));
		between = ", ";
	}
}

static void print_objects(const json_t *objects)
{
	const char *kind;
	json_t *o;

	if (!json_object_size(objects))
		return;
	printf("\nMPI objects\n");
	json_object_foreach((json_t *)objects, kind, o)
	{
		printf("  %-16s%lld", kind, number(o, "made"));
		if (number(o, "predefined"))
			printf(" and %lld predefined", number(o, "predefined"));
		if (json_object_size(json_object_get(o, "by"))) {
			printf(": ");
			print_counts(json_object_get(o, "by"), "%s %lld");
		}
		if (json_object_size(json_object_get(o, "sizes"))) {
			printf("; of ");
			print_counts(json_object_get(o, "sizes"),
				     "%s ranks: %lld");
		}
		printf("\n");
	}
}

static void print_memory(const json_t *list)
{
	long long bytes = 0, stored = 0;
	const json_t *r;
	size_t i;

	json_array_foreach(list, i, r)
	{
		bytes += number(r, "bytes");
		stored += number(r, "stored");
	}
	printf("\n%zu regions of memory, %s: %s stored, the rest zero or in "
	       "files\n",
	       json_array_size(list), size(bytes), size(stored));
	printf("  %-15s %9s %9s\n", "start", "size", "stored");
	json_array_foreach(list, i, r)
	{
		printf("  %-15s %9s %9s %s ", text(r, "start"),
		       size(number(r, "bytes")),
		       is(r, "in_file") ? "in file" : size(number(r, "stored")),
		       text(r, "prot"));
		printf("%s%s\n",
		       is(r, "contents") ? "contents of " :
		       is(r, "stack")	 ? "[stack]" :
					   "",
		       text(r, "path"));
	}
}

static void print_who(const json_t *o)
{
	line("program", text(o, "program"));
	line("command", text(o, "command"));
	line("directory", text(o, "directory"));
	printf("%-12s%lld of %lld\n", "rank", number(o, "rank"),
	       number(o, "ranks"));
	line("mpi",
	     strcmp(text(o, "mpi"), "none") ? text(o, "mpi_version") : "none");
	line("time", text(o, "time"));
	printf("%-12s%s (Linux %s, %s)\n", "host", text(o, "host"),
	       text(o, "kernel"), text(o, "cpu"));
	line("libc", text(o, "libc"));
}

static void print_image(const json_t *o)
{
	const json_t *s = json_object_get(o, "sizes");

	line("image", text(o, "file"));
	print_who(o);
	printf("%-12s%lld, as the program knows it\n", "pid", number(o, "pid"));
	if (is(o, "finished"))
		printf("%-12swith exit code %lld\n", "ended",
		       number(o, "exit_code"));
	printf("%-12s%s, %s unpacked\n", "size", size(number(s, "bytes")),
	       size(number(s, "raw_bytes")));
	print_threads(json_object_get(o, "threads"));
	print_files(json_object_get(o, "files"));
	print_objects(json_object_get(o, "objects"));
	print_memory(json_object_get(o, "memory"));
}

static void print_phases(const json_t *phases)
{
	const json_t *p;
	size_t i;

	if (!phases)
		return;
	printf("\n%-10s%10s%10s%10s%10s  ms of a rank\n", "phase", "median",
	       "90 %", "99 %", "slowest");
	json_array_foreach(phases, i, p)
	{
		printf("%-10s%10lld%10lld%10lld%10lld  rank %lld\n",
		       text(p, "name"), number(p, "median"), number(p, "p90"),
		       number(p, "p99"), number(p, "max"),
		       number(p, "slowest"));
	}
}

static void print_images(const json_t *images)
{
	const json_t *k;
	size_t i;

	printf("\n%-8s%-24s%12s  %s\n", "rank", "image", "size", "host");
	json_array_foreach(images, i, k)
	{
		if (i == RANKS_SHOWN) {
			printf("and %zu more: --json has all\n",
			       json_array_size(images) - i);
			break;
		}
		printf("%-8lld%-24s%12s  %s\n", number(k, "rank"),
		       text(k, "file"), size(number(k, "bytes")),
		       text(k, "host"));
	}
}

static void print_generation(const json_t *o)
{
	printf("%-12s%lld, %s\n", "generation", number(o, "generation"),
	       text(o, "directory"));
	line("program", text(o, "program"));
	line("job", text(o, "job"));
	printf("%-12s%lld\n", "ranks", number(o, "ranks"));
	line("mpi", text(o, "mpi"));
	line("time", text(o, "time"));
	printf("%-12s%.3f s, the job stood still for %.3f s\n", "took",
	       json_number_value(json_object_get(o, "seconds")),
	       json_number_value(json_object_get(o, "stopped")));
	printf("%-12s%s, %s unpacked\n", "size", size(number(o, "bytes")),
	       size(number(o, "raw_bytes")));
	print_phases(json_object_get(o, "phases"));
	print_images(json_object_get(o, "images"));
}

void print_report(const json_t *report)
{
	if (!strcmp(text(report, "kind"), "image"))
		print_image(report);
	else
		print_generation(report);
}
