/* SPDX-License-Identifier: MIT */
/* own_patch.c - the lower half's libc and loader, led to own_call
 *
 * Done before the constructors of any library run (.preinit_array), so that
 * nothing of the lower half has been missed, and there is one thread only.
 * Each site jumps to a stub near its object:
 *   [what was moved from before]; [mov $NR,%eax]; lea -128(%rsp),%rsp;
 *   movabs $own_entry,%r11; call *%r11; lea 128(%rsp),%rsp;
 *   [what was moved from behind]; jmp back
 * These two objects have all the system call instructions of the lower half: a
 * library that had its own would be seen by tests/unit/test_own.sh.
 */
#include <elf.h>
#include <errno.h>
#include <link.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/mman.h>
#include "../common/arch/x86_64/syscall.h"
#include "../common/page.h"
#include "../upper-half/site.h"
#include "gs_detour.h"
#include "own.h"

#define PER_PAGE (int)(PAGE / OWN_STUB)

struct patch {
	uint8_t *page; /* of stubs, near the object */
	int used;
};

static const char *problem = "its start was not seen";
static uint64_t found[8]; /* numbers of calls that are led here */

static uint8_t *slot_new(struct patch *p, const uint8_t *site)
{
	if (!p->page || p->used == PER_PAGE) {
		p->page = detour_page(site);
		p->used = 0;
		/* The page's stubs are already in use while more are
		 * written. */
		if (p->page && mprotect(p->page, PAGE,
					PROT_READ | PROT_WRITE | PROT_EXEC) < 0)
			p->page = NULL;
	}
	return p->page ? p->page + p->used++ * OWN_STUB : NULL;
}

static uint8_t *put(uint8_t *s, const void *bytes, int n)
{
	memcpy(s, bytes, (size_t)n);
	return s + n;
}

static int patch_site(struct patch *p, const struct site *s, int loader)
{
	uint64_t entry = (uint64_t)own_entry;
	uint8_t *slot = slot_new(p, (const uint8_t *)s->at), *stub = slot;
	int32_t nr = (int32_t)s->nr;

	if (!slot)
		return -ENOMEM;
	if (loader && nr == SYS_mmap) {
		if (own.loaders == OWN_LOADERS)
			return -E2BIG;
		own.loader[own.loaders++] = (uint64_t)slot;
	}
	slot = put(slot, (const void *)s->at, s->before);
	if (nr >= 0) {
		found[nr / 64 % 8] |= 1UL << nr % 64;
		slot = put(put(slot, "\xb8", 1), &nr, 4);
	}
	slot = put(slot, "\x48\x8d\x64\x24\x80\x49\xbb", 7);
	slot = put(put(slot, &entry, 8), "\x41\xff\xd3", 3);
	slot = put(slot, "\x48\x8d\xa4\x24\x80\x00\x00\x00", 8);
	slot = put(slot, (const void *)(s->call + 2), s->after);
	site_jump(slot, s->back);
	site_jump((uint8_t *)s->at, (uint64_t)stub);
	return 0;
}

static int patch_code(struct patch *p, uint8_t *start, size_t len, int loader)
{
	const uint8_t *end = start + len;
	uint8_t *at = start;
	struct site s;
	int rc = 0;

	if (mprotect(start, len, PROT_READ | PROT_WRITE | PROT_EXEC) < 0)
		return -errno;
	while (!rc && (at = memmem(at, (size_t)(end - at), "\x0f\x05", 2))) {
		if (site_find(at, start, end, own_calls_wants, &s))
			rc = patch_site(p, &s, loader);
		at += 2;
	}
	mprotect(start, len, PROT_READ | PROT_EXEC);
	return rc;
}

static int is_libc(const char *path)
{
	static const char *const names[] = { "libc.so.", "libpthread.so.",
					     "librt.so." };
	const char *base = strrchr(path, '/');
	size_t i;

	base = base ? base + 1 : path;
	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (!strncmp(base, names[i], strlen(names[i])))
			return 1;
	return 0;
}

static int patch_object(struct dl_phdr_info *info, size_t size, void *arg)
{
	int loader = info->dlpi_addr == getauxval(AT_BASE), i;
	struct patch p = { 0 };
	int *rc = arg;

	(void)size;
	if (!loader && !is_libc(info->dlpi_name))
		return 0;
	for (i = 0; i < info->dlpi_phnum && !*rc; i++) {
		const ElfW(Phdr) *h = &info->dlpi_phdr[i];
		uint64_t from = info->dlpi_addr + h->p_vaddr;

		if (h->p_type == PT_LOAD && h->p_flags & PF_X)
			*rc = patch_code(&p, (uint8_t *)page_down(from),
					 h->p_filesz + (from & (PAGE - 1)),
					 loader);
	}
	if (p.page)
		mprotect(p.page, PAGE, PROT_READ | PROT_EXEC);
	return *rc;
}

/* NULL, or what is wrong: all these calls must have been found, or the account
 * of what is the lower half's would not be complete. */
static const char *missing(void)
{
	static const short needed[] = { SYS_openat, SYS_close, SYS_socket,
					SYS_dup2,   SYS_mmap,  SYS_munmap };
	size_t i;

	for (i = 0; i < sizeof(needed) / sizeof(needed[0]); i++)
		if (!(found[needed[i] / 64 % 8] >> needed[i] % 64 & 1))
			return "its system calls are not where they are looked "
			       "for";
	return NULL;
}

static void own_start(int argc, char **argv, char **envp)
{
	int rc = own_begin();

	(void)argc;
	(void)argv;
	(void)envp;
	if (!rc)
		dl_iterate_phdr(patch_object, &rc);
	if (!rc)
		rc = own_begin_maps();
	problem = rc < 0 ? strerror(-rc) : missing();
}

__attribute__((section(".preinit_array"),
	       used)) static void (*const at_start)(int, char **,
						    char **) = own_start;

const char *own_ready(void)
{
	return problem;
}
