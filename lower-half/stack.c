/* SPDX-License-Identifier: MIT */
/* stack.c - the application's first stack: argc, argv, environ, auxv */
#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <unistd.h>
#include "../common/page.h"
#include "../upper-half/vm.h"
#include "stack.h"

#define STACK_MIN (8UL << 20)
/* For ulimit -s unlimited: address space only. */
#define STACK_MAX (1UL << 30)
#define AUX_MAX	  64
/* Nothing may lie right below the stack, so that an overflow is noticed. As the
 * kernel's stack_guard_gap. */
#define GUARD (1UL << 20)

static uint64_t stack_size(void)
{
	struct rlimit rl;

	if (getrlimit(RLIMIT_STACK, &rl) < 0 || rl.rlim_cur > STACK_MAX)
		return STACK_MAX;
	return rl.rlim_cur < STACK_MIN ? STACK_MIN : page_up(rl.rlim_cur);
}

static uint64_t push_bytes(uint64_t *sp, const void *data, size_t n)
{
	*sp -= n;
	memcpy((void *)*sp, data, n);
	return *sp;
}

static uint64_t push_string(uint64_t *sp, const char *s)
{
	return push_bytes(sp, s, strlen(s) + 1);
}

/* Reads the auxiliary vector that the kernel gave this process, to be
 * edited. */
static size_t auxv_read(Elf64_auxv_t *a, size_t max)
{
	int fd = open("/proc/self/auxv", O_RDONLY | O_CLOEXEC);
	ssize_t n = fd < 0 ? -1 : read(fd, a, (max - 1) * sizeof(*a));
	size_t i;

	if (fd >= 0)
		close(fd);
	if (n < 0)
		n = 0;
	for (i = 0; i < (size_t)n / sizeof(*a); i++)
		if (a[i].a_type == AT_NULL)
			break;
	return i;
}

static void auxv_edit(Elf64_auxv_t *a, size_t n, const struct elf_program *app,
		      const struct elf_program *interp, uint64_t vdso,
		      uint64_t *sp, uint64_t execfn)
{
	size_t i;

	for (i = 0; i < n; i++) {
		uint64_t *v = &a[i].a_un.a_val;

		switch (a[i].a_type) {
		case AT_PHDR:
			*v = app->phdr;
			break;
		case AT_PHNUM:
			*v = app->phnum;
			break;
		case AT_BASE:
			*v = interp->base;
			break;
		case AT_ENTRY:
			*v = app->entry;
			break;
		case AT_EXECFN:
			*v = execfn;
			break;
		case AT_SYSINFO_EHDR:
			*v = vdso;
			break;
		case AT_RANDOM:
			*v = push_bytes(sp, (void *)*v, 16);
			break;
		case AT_PLATFORM:
		case AT_BASE_PLATFORM:
			*v = push_string(sp, (char *)*v);
			break;
		}
	}
}

static size_t count(char **v)
{
	size_t n = 0;

	while (v[n])
		n++;
	return n;
}

static void push_vector(uint64_t *sp, const uint64_t *v, size_t n)
{
	push_bytes(sp, v, n * sizeof(*v));
}

/* Maps the stack, and the guard below it. 0 or -errno. */
static int stack_map(struct stack_image *s, int prot)
{
	const int flags = MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE |
			  MAP_FIXED_NOREPLACE;
	uint64_t low;

	s->len = stack_size();
	low = vm_take(s->len + GUARD, 4096);
	if (!low)
		return -ENOMEM;
	s->start = low + GUARD;
	if (mmap((void *)low, GUARD, PROT_NONE, flags, -1, 0) == MAP_FAILED ||
	    mmap((void *)s->start, s->len, prot, flags, -1, 0) == MAP_FAILED)
		return -errno;
	return 0;
}

int stack_build(struct stack_image *s, int argc, char **argv, char **envp,
		const char *execfn, const struct elf_program *app,
		const struct elf_program *interp, uint64_t vdso)
{
	size_t envc = count(envp), n = 0, naux, i;
	uint64_t *v = calloc((size_t)argc + envc + 3, sizeof(*v)), sp;
	Elf64_auxv_t aux[AUX_MAX] = { 0 };
	int rc = v ? stack_map(s, PROT_READ | PROT_WRITE |
					  (app->exec_stack ? PROT_EXEC : 0)) :
		     -ENOMEM;

	if (rc) {
		free(v);
		return rc;
	}
	sp = s->start + s->len - 8;
	v[n++] = (uint64_t)argc;
	/* Strings in the kernel's order: /proc/self/cmdline is one block. */
	for (i = 0; i < (size_t)argc; i++)
		sp -= strlen(argv[i]) + 1;
	for (i = 0; i < envc; i++)
		sp -= strlen(envp[i]) + 1;
	uint64_t str = s->args = sp;
	for (i = 0; i < (size_t)argc; i++, str += strlen((char *)str) + 1)
		v[n++] = (uint64_t)strcpy((char *)str, argv[i]);
	v[n++] = 0;
	s->env = str;
	for (i = 0; i < envc; i++, str += strlen((char *)str) + 1)
		v[n++] = (uint64_t)strcpy((char *)str, envp[i]);
	v[n++] = 0;
	s->env_end = str;
	naux = auxv_read(aux, AUX_MAX);
	auxv_edit(aux, naux, app, interp, vdso, &sp, push_string(&sp, execfn));
	sp &= ~15UL;
	if ((n + 2 * (naux + 1)) % 2)
		sp -= 8;
	push_vector(&sp, (uint64_t *)aux, 2 * (naux + 1));
	s->auxv = sp;
	push_vector(&sp, v, n);
	s->sp = sp;
	s->argv = (char **)sp + 1;
	s->envp = s->argv + argc + 1;
	free(v);
	return 0;
}

void stack_jump(uint64_t sp, uint64_t entry)
{
	__asm__ volatile("mov %0, %%rsp\n\t"
			 "xor %%ebp, %%ebp\n\txor %%edx, %%edx\n\tjmp *%1"
			 :
			 : "r"(sp), "r"(entry)
			 : "rdx", "memory");
	__builtin_unreachable();
}
