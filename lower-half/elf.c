/* SPDX-License-Identifier: MIT */
/* elf.c - map a program and its interpreter as the kernel's execve does
 *
 * See fs/binfmt_elf.c: the tail of the last page of file data is zeroed, what
 * is left of memsz becomes anonymous memory.
 */
#include <errno.h>
#include <fcntl.h>
#include <gelf.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>
#include "../common/page.h"
#include "../upper-half/trampoline.h"
#include "../upper-half/vm.h"
#include "elf.h"
#include "sites.h"

struct span {
	uint64_t low, high, align;
};

static int fail(char *err, size_t len, const char *path, const char *why,
		int rc)
{
	snprintf(err, len, "%s: %s", path, why);
	return rc;
}

static int prot_of(const GElf_Phdr *ph)
{
	return (ph->p_flags & PF_R ? PROT_READ : 0) |
	       (ph->p_flags & PF_W ? PROT_WRITE : 0) |
	       (ph->p_flags & PF_X ? PROT_EXEC : 0);
}

static int interp_read(int fd, const GElf_Phdr *ph, struct elf_program *p)
{
	ssize_t got;

	if (ph->p_filesz < 2 || ph->p_filesz >= sizeof(p->interp))
		return -ENOEXEC;
	got = pread(fd, p->interp, ph->p_filesz, (off_t)ph->p_offset);
	return got == (ssize_t)ph->p_filesz && !p->interp[got - 1] ? 0 :
								     -ENOEXEC;
}

/* A segment of a file of that size. */
static int span_add(struct span *s, const GElf_Phdr *ph, uint64_t size)
{
	if (ph->p_filesz > ph->p_memsz ||
	    ph->p_vaddr + ph->p_memsz < ph->p_vaddr ||
	    (ph->p_vaddr - ph->p_offset) % PAGE || ph->p_offset > size ||
	    ph->p_filesz > size - ph->p_offset)
		return -ENOEXEC;
	if (ph->p_vaddr < s->low)
		s->low = page_down(ph->p_vaddr);
	if (page_up(ph->p_vaddr + ph->p_memsz) > s->high)
		s->high = page_up(ph->p_vaddr + ph->p_memsz);
	if (ph->p_align > s->align && !(ph->p_align & (ph->p_align - 1)))
		s->align = ph->p_align;
	return 0;
}

/* The first pass finds how much room the program needs and which
 * interpreter. */
static int span_read(Elf *e, int fd, struct span *s, struct elf_program *p)
{
	struct stat st;
	size_t i, n;
	GElf_Phdr ph;
	int rc = 0;

	if (fstat(fd, &st) < 0)
		return -EIO;
	if (elf_getphdrnum(e, &n) < 0 || n == 0)
		return -ENOEXEC;
	s->low = ~0UL;
	s->high = 0;
	s->align = PAGE;
	for (i = 0; i < n && !rc; i++) {
		if (!gelf_getphdr(e, (int)i, &ph))
			return -ENOEXEC;
		if (ph.p_type == PT_GNU_STACK)
			p->exec_stack = ph.p_flags & PF_X;
		if (ph.p_type == PT_INTERP)
			rc = interp_read(fd, &ph, p);
		if (ph.p_type == PT_LOAD && ph.p_memsz)
			rc = span_add(s, &ph, (uint64_t)st.st_size);
	}
	if (rc < 0)
		return rc;
	return s->high > s->low && s->high < 1UL << 46 ? (int)n : -ENOEXEC;
}

static int map_fixed(uint64_t at, uint64_t len, int prot, int flags, int fd,
		     uint64_t off)
{
	void *m = mmap((void *)at, len, prot, MAP_PRIVATE | MAP_FIXED | flags,
		       fd, (off_t)off);

	if (m == MAP_FAILED)
		return -errno;
	vm_account(at, len); /* the lower half mapped it, and would count as its
				owner */
	return 0;
}

/* The dynamic linker's calls are of known forms, and must be found. */
static int segment_patch(const GElf_Phdr *ph, uint64_t base, int fd, int linker)
{
	uint64_t start = base + ph->p_vaddr;
	int prot = prot_of(ph);
	long patched = linker ? trampoline_patch(start, ph->p_filesz, prot) : 0;

	if (patched < 0)
		return (int)patched;
	sites_patch(&(struct site_code){ .off = ph->p_offset,
					 .start = start,
					 .len = ph->p_filesz,
					 .prot = prot,
					 .fd = fd,
					 .all = !linker });
	return 0;
}

static int segment_map(const GElf_Phdr *ph, uint64_t base, int fd, int linker)
{
	uint64_t start = page_down(base + ph->p_vaddr);
	uint64_t file_end = base + ph->p_vaddr + ph->p_filesz;
	uint64_t end = page_up(base + ph->p_vaddr + ph->p_memsz);
	int prot = prot_of(ph), rc = 0;

	if (ph->p_filesz)
		rc = map_fixed(start, page_up(file_end) - start, prot, 0, fd,
			       page_down(ph->p_offset));
	else
		file_end = start;
	if (!rc && end > page_up(file_end))
		rc = map_fixed(page_up(file_end), end - page_up(file_end), prot,
			       MAP_ANONYMOUS, -1, 0);
	if (!rc && ph->p_memsz > ph->p_filesz && (prot & PROT_WRITE))
		memset((void *)file_end, 0, page_up(file_end) - file_end);
	if (rc < 0 || !(prot & PROT_EXEC) || !ph->p_filesz)
		return rc;
	return segment_patch(ph, base, fd, linker);
}

static int room_reserve(const GElf_Ehdr *eh, const struct span *s,
			struct elf_program *p)
{
	uint64_t len = s->high - s->low, at = s->low;
	void *m;

	if (eh->e_type == ET_DYN) {
		at = vm_take(len, s->align);
		if (!at)
			return -ENOMEM;
	}
	m = mmap((void *)at, len, PROT_NONE,
		 MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE |
			 MAP_FIXED_NOREPLACE,
		 -1, 0);
	if (m == MAP_FAILED)
		return -errno;
	vm_account(at, len);
	p->base = at - s->low;
	return 0;
}

static int program_map(Elf *e, int fd, int is_interp, struct elf_program *p)
{
	struct span s;
	GElf_Ehdr eh;
	GElf_Phdr ph;
	int i, n, rc;

	if (!gelf_getehdr(e, &eh) || eh.e_machine != EM_X86_64 ||
	    (eh.e_type != ET_EXEC && eh.e_type != ET_DYN))
		return -ENOEXEC;
	n = span_read(e, fd, &s, p);
	if (n < 0)
		return n;
	if (!p->interp[0] && !is_interp)
		return -ELIBBAD;
	rc = room_reserve(&eh, &s, p);
	p->phnum = (uint64_t)n;
	p->entry = p->base + eh.e_entry;
	p->phdr = p->base + s.low + eh.e_phoff;
	for (i = 0; i < n && !rc; i++) {
		gelf_getphdr(e, i, &ph);
		if (ph.p_type == PT_PHDR)
			p->phdr = p->base + ph.p_vaddr;
		if (ph.p_type == PT_LOAD && ph.p_memsz)
			rc = segment_map(&ph, p->base, fd, is_interp);
	}
	return rc;
}

/* Says what kind of file it is, if it cannot be a program for this machine;
 * NULL: it may be one. */
static const char *misfit(int fd)
{
	static char other[64];
	Elf64_Ehdr h = { 0 }; /* its beginning is as in 32-bit files */
	ssize_t n = pread(fd, &h, sizeof(h), 0);

	if (n < (ssize_t)offsetof(Elf64_Ehdr, e_version) ||
	    memcmp(h.e_ident, ELFMAG, SELFMAG))
		return "neither an ELF program nor a script that begins with "
		       "#!: check the name";
	if (h.e_ident[EI_CLASS] == ELFCLASS32 && h.e_machine == EM_386)
		return "a 32-bit program: build it without -m32";
	if (h.e_ident[EI_CLASS] == ELFCLASS32 && h.e_machine == EM_X86_64)
		return "a program of the x32 ABI: build it without -mx32";
	if (h.e_machine != EM_X86_64) {
		if (h.e_ident[EI_DATA] == ELFDATA2MSB)
			h.e_machine = __builtin_bswap16(h.e_machine);
		snprintf(other, sizeof(other),
			 "for another processor (ELF "
			 "machine %u): build it here",
			 h.e_machine);
		return other;
	}
	if (h.e_type == ET_REL)
		return "an object file: link it";
	if (h.e_type == ET_CORE)
		return "a core dump: name the program";
	return NULL;
}

/* If the dynamic linker's system calls were not seen, it would put the
 * libraries where they are neither known nor saved, and nothing would be
 * patched in them. */
static int linker_seen(void)
{
	return trampoline_found(SYS_mmap) && trampoline_found(SYS_munmap) &&
	       trampoline_found(SYS_openat) && trampoline_found(SYS_close) &&
	       trampoline_found(SYS_set_tid_address);
}

/* The name of a sanitizer whose run-time library needs the addresses of the
 * arena, or NULL. */
static const char *sanitizer_of(Elf *e)
{
	static const char *const known[][2] = {
		{ "__tsan_init", "thread" },
		{ "__msan_init", "memory" },
		{ "__hwasan_init", "hwaddress" },
		{ "__dfsan_init", "dataflow" },
	};
	Elf_Scn *s = NULL;
	Elf_Data *d;
	GElf_Shdr sh;
	GElf_Sym sym;
	const char *name;
	size_t i, k;

	while ((s = elf_nextscn(e, s))) {
		if (!gelf_getshdr(s, &sh) || sh.sh_type != SHT_DYNSYM)
			continue;
		d = elf_getdata(s, NULL);
		for (i = 0; d && gelf_getsym(d, (int)i, &sym); i++) {
			name = elf_strptr(e, sh.sh_link, sym.st_name);
			for (k = 0; name && k < sizeof(known) / sizeof(*known);
			     k++)
				if (!strcmp(name, known[k][0]))
					return known[k][1];
		}
	}
	return NULL;
}

int elf_load(const char *path, int is_interp, struct elf_program *p, char *err,
	     size_t errlen)
{
	const char *why, *sanitizer = NULL;
	char text[128];
	int fd, rc;
	Elf *e;

	memset(p, 0, sizeof(*p));
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return fail(err, errlen, path, strerror(errno), -errno);
	elf_version(EV_CURRENT);
	why = misfit(fd);
	e = why ? NULL : elf_begin(fd, ELF_C_READ, NULL);
	rc = -ENOEXEC;
	if (e && elf_kind(e) == ELF_K_ELF && gelf_getclass(e) == ELFCLASS64) {
		sanitizer = sanitizer_of(e);
		rc = sanitizer ? -ENOTSUP : program_map(e, fd, is_interp, p);
	}
	if (!rc && is_interp && !linker_seen())
		rc = -ENOSYS;
	if (sanitizer) {
		snprintf(text, sizeof(text),
			 "wants addresses that mana uses: "
			 "build it without -fsanitize=%s",
			 sanitizer);
		fail(err, errlen, path, text, rc);
	} else if (rc == -ELIBBAD)
		fail(err, errlen, path,
		     "statically linked: link it dynamically", rc);
	else if (rc == -ENOEXEC)
		fail(err, errlen, path, why ? why : "damaged: check the file",
		     rc);
	else if (rc == -ENOSYS)
		fail(err, errlen, path,
		     "its system calls are not where they are looked for: run "
		     "the program with the C library of this system",
		     rc);
	else if (rc < 0)
		fail(err, errlen, path, strerror(-rc), rc);
	elf_end(e);
	close(fd);
	return rc;
}
