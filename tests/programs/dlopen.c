/* SPDX-License-Identifier: MIT */
/* dlopen.c - libraries are loaded, used over time, unloaded, loaded again */
/* test: ranks=1 mpi=none threads=1 */
#include <dlfcn.h>
#include "check.h"

typedef double (*function)(double);

/* ISO C has no cast from object to function pointers: copy the bits. */
static function find(void *lib, const char *name)
{
	void *symbol = dlsym(lib, name);
	function f;

	CHECK(symbol != NULL);
	memcpy(&f, &symbol, sizeof(f));
	return f;
}

int main(int argc, char **argv)
{
	void *kept, *lib, *gone;
	function root, sine;

	check_args(argc, argv);
	kept = dlopen("libm.so.6", RTLD_NOW);
	CHECK(kept != NULL);
	root = find(kept, "sqrt");
	while (check_more()) {
		lib = dlopen("libstdc++.so.6", RTLD_NOW | RTLD_LOCAL);
		CHECK(lib != NULL);
		CHECK(dlsym(lib, "__cxa_throw") != NULL);
		check_sleep(0.05);
		sine = find(kept, "sin");
		CHECK(root(49.0) == 7.0);
		CHECK(sine(0.0) == 0.0);
		CHECK_EQ(dlclose(lib), 0);
		gone = dlopen("libnot_there.so.9", RTLD_NOW);
		CHECK(gone == NULL);
		CHECK(strstr(dlerror(), "libnot_there.so.9") != NULL);
	}
	dlclose(kept);
	return check_pass();
}
