/* SPDX-License-Identifier: MIT */
/*
 * libraries.c - libraries loaded and unloaded by several threads, among them
 * ones with thread-local storage and system calls
 */
/* test: ranks=1 mpi=none threads=7 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include "stress.h"

enum { THREADS = 4 };

static const struct {
	const char *file, *function;
} some[] = {
	{ "libm.so.6", "cos" },
	{ "libz.so.1", "zlibVersion" },
	{ "libzstd.so.1", "ZSTD_versionNumber" },
	{ "liblzma.so.5", "lzma_version_number" },
	{ "libcrypto.so.3", "OpenSSL_version_num" },
	{ "libgomp.so.1", "omp_get_num_procs" },
	{ "libstdc++.so.6", "_ZSt9terminatev" },
};
#define SOME (sizeof(some) / sizeof(some[0]))

static long loaded;

static void load(struct stress_random *r)
{
	unsigned i = stress_below(r, SOME);
	void *h =
		dlopen(some[i].file, stress_below(r, 2) ? RTLD_NOW : RTLD_LAZY);

	if (!h)
		return; /* not on this machine */
	CHECK(dlsym(h, some[i].function) != NULL);
	CHECK_EQ(dlclose(h), 0);
	__atomic_fetch_add(&loaded, 1, __ATOMIC_RELAXED);
}

/* A name space of its own, with a C library of its own. */
static void load_apart(void)
{
	void *h = dlmopen(LM_ID_NEWLM, "libm.so.6", RTLD_NOW);
	double (*f)(double);

	if (!h)
		return;
	*(void **)&f = dlsym(h, "cos");
	CHECK(f && f(0) == 1.0);
	CHECK_EQ(dlclose(h), 0);
}

static void *loader(void *arg)
{
	struct stress_random r;

	stress_begin(&r, (unsigned long)arg);
	while (!stress_over) {
		load(&r);
		if (stress_below(&r, 100) == 0)
			load_apart();
	}
	return NULL;
}

static void *leaf(void *arg)
{
	return arg;
}

/* Threads whose TLS the libraries' may or may not be part of. */
static void *churner(void *arg)
{
	(void)arg;
	while (!stress_over)
		stress_join(stress_start(leaf, 0));
	return NULL;
}

int main(int argc, char **argv)
{
	pthread_t t[THREADS + 1];
	unsigned long i;

	stress_args(argc, argv);
	for (i = 0; i <= THREADS; i++)
		t[i] = stress_start(i < THREADS ? loader : churner, i);
	stress_wait();
	for (i = 0; i <= THREADS; i++)
		stress_join(t[i]);
	CHECK(loaded > 0);
	return check_pass();
}
