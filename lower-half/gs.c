/* SPDX-License-Identifier: MIT */
/* gs.c - the lower half's thread-local storage is reached through GS
 *
 * Two things are rewritten: instructions with an FS prefix (gs_scan.c); the
 * lower libc's clone and clone3, so that a new thread's GS follows its FS
 * (gs_stub.S). Everything is found and compared before anything is changed.
 * Objects that are loaded later are rewritten before they run (own.h).
 */
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <link.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>
#include "../common/gate.h"
#include "../common/page.h"
#include "cpu.h"
#include "gs.h"
#include "gs_detour.h"
#include "gs_scan.h"
#include "own.h"

#define FS_PREFIX 0x64
#define GS_PREFIX 0x65
#define OBJECTS	  256

struct object {
	uint64_t base;
	const ElfW(Phdr) *phdr;
	int phdrs;
	struct gs_list list;
};

extern const char gs_clone[], gs_clone_end[], gs_clone3[], gs_clone3_end[];

static struct object objects[OBJECTS];
static int n_objects, works;

int gs_works(void)
{
	return works;
}

static int is_code(const ElfW(Phdr) *p)
{
	return p->p_type == PT_LOAD && p->p_flags & PF_X;
}

/* Finds where the byte at this offset of the file lies in memory. */
static uint8_t *address(const struct object *o, uint64_t off)
{
	int i;

	for (i = 0; i < o->phdrs; i++) {
		const ElfW(Phdr) *p = &o->phdr[i];

		if (is_code(p) && off >= p->p_offset &&
		    off - p->p_offset < p->p_filesz)
			return (uint8_t *)(o->base + p->p_vaddr + off -
					   p->p_offset);
	}
	return NULL;
}

/* Are the bytes found in the file also those in memory? */
static int same(const struct object *o, int fd)
{
	uint8_t there[4];
	size_t i;

	for (i = 0; i < o->list.n; i++) {
		const uint8_t *here = address(o, o->list.at[i]);

		if (!here || pread(fd, there, 4, (off_t)o->list.at[i]) != 4 ||
		    *here != FS_PREFIX || memcmp(here, there, 4) != 0)
			return 0;
	}
	return 1;
}

static int has_tls(const struct dl_phdr_info *info)
{
	int i;

	for (i = 0; i < info->dlpi_phnum; i++)
		if (info->dlpi_phdr[i].p_type == PT_TLS)
			return 1;
	return 0;
}

static int collect(struct dl_phdr_info *info, size_t size, void *arg)
{
	const char *path = info->dlpi_name;
	struct object *o = &objects[n_objects];
	int *rc = arg, fd, whole;

	(void)size;
	if (info->dlpi_phdr == NULL ||
	    getauxval(AT_SYSINFO_EHDR) - info->dlpi_addr < 4096)
		return 0; /* the vDSO has no TLS and no file */
	if (n_objects == OBJECTS)
		return *rc = -E2BIG;
	o->base = info->dlpi_addr;
	o->phdr = info->dlpi_phdr;
	o->phdrs = info->dlpi_phnum;
	/* The program's own accesses need no relocation, the loader has none.
	 */
	whole = info->dlpi_addr == getauxval(AT_BASE) ||
		(!path[0] && has_tls(info));
	fd = open(path[0] ? path : "/proc/self/exe", O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return *rc = -errno;
	n_objects++;
	*rc = gs_scan(fd, whole, &o->list);
	if (!*rc && !same(o, fd))
		*rc = -ESTALE;
	close(fd);
	return *rc;
}

/* Find the detour's sites in the executable segment that holds addr. */
static int find_sites(struct detour *d, uint64_t addr)
{
	int i, k, rc = 0;

	for (i = 0; i < n_objects; i++)
		for (k = 0; k < objects[i].phdrs; k++) {
			const ElfW(Phdr) *p = &objects[i].phdr[k];
			uint64_t start = objects[i].base + p->p_vaddr;

			if (is_code(p) && addr - start < p->p_filesz && !rc)
				rc = detour_find(d, (uint8_t *)start,
						 (uint8_t *)start +
							 p->p_filesz);
		}
	return rc < 0 || d->n == 0 ? -ENOENT : 0;
}

/* Protection of whole pages around [start, start + len). */
static int protect(uint64_t start, uint64_t len, int prot)
{
	uint64_t page = page_down(start);

	return mprotect((void *)page, len + (start - page), prot) < 0 ? -errno :
									0;
}

/* All code that is going to be changed; 0 or -errno. */
static int protect_all(int prot)
{
	int i, k, rc = 0;

	for (i = 0; i < n_objects; i++)
		for (k = 0; k < objects[i].phdrs && objects[i].list.n; k++) {
			const ElfW(Phdr) *p = &objects[i].phdr[k];

			if (is_code(p) && !rc)
				rc = protect(objects[i].base + p->p_vaddr,
					     p->p_filesz, prot);
		}
	return rc;
}

/* Both prefixes mean the same as long as GS is FS, so order does not matter. */
static void rewrite(struct object *o)
{
	size_t i;

	for (i = 0; i < o->list.n; i++)
		*address(o, o->list.at[i]) = GS_PREFIX;
}

/* The loader has mapped code. The address, or -ENOMEM, as mmap(2): the loader
 * then says that it cannot map the object. */
static long gs_mapped(uint64_t addr, uint64_t len, int prot, int fd,
		      uint64_t off)
{
	struct gs_list l = { 0 };
	int rc = gs_scan(fd, 0, &l);
	size_t i;

	if (!rc && l.n)
		rc = protect(addr, len, prot | PROT_WRITE);
	for (i = 0; i < l.n && !rc; i++)
		if (l.at[i] >= off && l.at[i] - off < len)
			*(uint8_t *)(addr + l.at[i] - off) = GS_PREFIX;
	if (!rc && l.n)
		rc = protect(addr, len, prot);
	free(l.at);
	if (!rc)
		return (long)addr;
	munmap((void *)addr, len);
	return -ENOMEM;
}

static int one_thread(void)
{
	struct stat st;

	return stat("/proc/self/task", &st) == 0 && st.st_nlink == 3;
}

/* Whatever can fail is done before the first byte is written. */
static const char *change(struct detour *d, int n)
{
	uint64_t fs;
	int i;

	for (i = 0; i < n; i++)
		if (detour_prepare(&d[i]) < 0)
			return "no room for code near the C library";
	if (protect_all(PROT_READ | PROT_WRITE | PROT_EXEC) < 0) {
		protect_all(PROT_READ | PROT_EXEC);
		return "code cannot be made writable";
	}
	raw_syscall2(SYS_arch_prctl, ARCH_GET_FS_OP, (long)&fs);
	raw_syscall2(SYS_arch_prctl, ARCH_SET_GS_OP, (long)fs);
	for (i = 0; i < n; i++)
		detour_make(&d[i]);
	for (i = 0; i < n_objects; i++)
		rewrite(&objects[i]);
	protect_all(PROT_READ | PROT_EXEC);
	own_watch_code(gs_mapped);
	works = 1;
	return NULL;
}

static const char *start(struct detour *d, int n)
{
	int i, rc = 0;

	if (own_ready()) /* it is what tells us of code that is loaded later */
		return own_ready();
	if (!one_thread())
		return "a library has made a thread already";
	dl_iterate_phdr(collect, &rc);
	if (rc < 0)
		return strerror(-rc);
	for (i = 0; i < n; i++) {
		if (find_sites(&d[i],
			       (uint64_t)dlsym(RTLD_DEFAULT, d[i].name)) < 0)
			return "this C library's system calls look otherwise";
	}
	return change(d, n);
}

const char *gs_start(void)
{
	uint64_t fast = (uint64_t)cpu_fsgsbase();
	struct detour d[] = {
		{ .name = "clone",
		  .nr = SYS_clone,
		  .stub = gs_clone,
		  .end = gs_clone_end,
		  .word = fast },
		{ .name = "clone",
		  .nr = SYS_clone3,
		  .stub = gs_clone3,
		  .end = gs_clone3_end,
		  .word = fast },
	};
	const char *why = start(d, sizeof(d) / sizeof(d[0]));
	int i;

	for (i = 0; i < n_objects; i++) {
		free(objects[i].list.at);
		objects[i].list = (struct gs_list){ 0 };
	}
	return why;
}
