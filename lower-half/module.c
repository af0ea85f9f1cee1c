/* SPDX-License-Identifier: MIT */
/* module.c - a program or library in this process's memory, of either half */
#include <elf.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/uio.h>
#include <unistd.h>
#include "../common/page.h"
#include "module.h"

#define BACK	    512		/* pages that are looked at at a time */
#define PAGES	    (1UL << 14) /* and in all, to find a header */
#define PHDRS	    64
#define DYNAMICS    256
#define SYMBOLS_MAX (1UL << 20) /* bytes */

int module_peek(uint64_t from, void *to, size_t len)
{
	struct iovec here = { to, len }, there = { (void *)from, len };

	return process_vm_readv(getpid(), &here, 1, &there, 1, 0) ==
			       (ssize_t)len ?
		       0 :
		       -EFAULT;
}

/* The first words of n pages, down from page; how many of them there are. */
static size_t first_words(uint64_t page, uint32_t *words, size_t n)
{
	struct iovec here = { words, n * sizeof(*words) }, there[BACK];
	ssize_t got;
	size_t i;

	for (i = 0; i < n; i++)
		there[i] = (struct iovec){ (void *)(page - i * PAGE),
					   sizeof(*words) };
	got = process_vm_readv(getpid(), &here, 1, there, n, 0);
	return got < 0 ? 0 : (size_t)got / sizeof(*words);
}

/* What is mapped of a file is in one piece, its header first. */
static uint64_t find_header(uint64_t addr)
{
	uint64_t page = page_down(addr);
	uint32_t words[BACK], magic;
	size_t seen, got, i, n;

	memcpy(&magic, ELFMAG, sizeof(magic));
	for (seen = 0; seen < PAGES; seen += got) {
		n = page / PAGE < BACK ? page / PAGE : BACK;
		got = first_words(page, words, n);
		for (i = 0; i < got; i++)
			if (words[i] == magic)
				return page - i * PAGE;
		if (got < BACK)
			break;
		page -= got * PAGE;
	}
	return 0;
}

int module_find(uint64_t addr, struct module *m)
{
	Elf64_Phdr p[PHDRS];
	Elf64_Ehdr h = { 0 };
	int i, rc;

	memset(m, 0, sizeof(*m));
	m->header = find_header(addr);
	rc = m->header ? module_peek(m->header, &h, sizeof(h)) : -ENOENT;
	if (!rc && (h.e_phnum > PHDRS || h.e_phentsize != sizeof(*p)))
		rc = -EINVAL;
	if (!rc)
		rc = module_peek(m->header + h.e_phoff, p,
				 h.e_phnum * sizeof(*p));
	for (i = 0; !rc && i < h.e_phnum; i++)
		if (p[i].p_type == PT_LOAD && p[i].p_offset == 0)
			m->bias = m->header - p[i].p_vaddr;
	for (i = 0; !rc && i < h.e_phnum; i++) {
		if (p[i].p_type == PT_GNU_EH_FRAME)
			m->frames = m->bias + p[i].p_vaddr;
		if (p[i].p_type == PT_DYNAMIC)
			m->dynamic = m->bias + p[i].p_vaddr;
	}
	return rc;
}

/* .eh_frame_hdr, as all linkers write it: a table sorted by address. */
struct frames_header {
	uint8_t version, pointer, count, table; /* encodings */
	int32_t eh_frame;
	uint32_t n;
};

#define SDATA4_HERE  0x1b /* DW_EH_PE_pcrel | DW_EH_PE_sdata4 */
#define UDATA4	     0x03
#define SDATA4_TABLE 0x3b /* DW_EH_PE_datarel | DW_EH_PE_sdata4 */

int module_frame(const struct module *m, uint64_t addr, uint64_t *fde)
{
	int64_t want = (int64_t)(addr - m->frames);
	uint64_t at = m->frames + sizeof(struct frames_header);
	struct frames_header h = { 0 };
	uint32_t low = 0, mid;
	int32_t entry[2];
	int rc = m->frames ? module_peek(m->frames, &h, sizeof(h)) : -ENOENT;

	if (rc)
		return rc;
	if (h.version != 1 || h.pointer != SDATA4_HERE || h.count != UDATA4 ||
	    h.table != SDATA4_TABLE || !h.n)
		return -EINVAL;
	while (h.n - low > 1) { /* entry low begins before addr, h.n after */
		mid = low + (h.n - low) / 2;
		if (module_peek(at + mid * sizeof(entry), entry, sizeof(entry)))
			return -EFAULT;
		if (entry[0] <= want)
			low = mid;
		else
			h.n = mid;
	}
	rc = module_peek(at + low * sizeof(entry), entry, sizeof(entry));
	*fde = m->frames + (uint64_t)(int64_t)entry[1];
	return rc;
}

/* Addresses in .dynamic are the loader's to relocate. */
static uint64_t placed(const struct module *m, uint64_t addr)
{
	return addr < m->header ? addr + m->bias : addr;
}

/* Where the symbols and the strings are. Linkers put the latter right behind
 * the former, which nothing else says the size of. 0 or -errno. */
static int find_symbols(const struct module *m, uint64_t *symbols,
			uint64_t *strings)
{
	Elf64_Dyn d;
	int i, rc = m->dynamic ? 0 : -ENOENT;

	*symbols = *strings = 0;
	for (i = 0; !rc && i < DYNAMICS; i++) {
		rc = module_peek(m->dynamic + (uint64_t)i * sizeof(d), &d,
				 sizeof(d));
		if (rc || d.d_tag == DT_NULL)
			break;
		if (d.d_tag == DT_SYMTAB)
			*symbols = placed(m, d.d_un.d_ptr);
		if (d.d_tag == DT_STRTAB)
			*strings = placed(m, d.d_un.d_ptr);
	}
	if (!rc && (!*symbols || *strings < *symbols ||
		    *strings - *symbols > SYMBOLS_MAX))
		rc = -EINVAL;
	return rc;
}

/* The name at at, if it is one of MPI: without the P. */
static int mpi_name(uint64_t at, char *name, size_t len)
{
	char text[64] = "";
	const char *s = text;
	size_t most = sizeof(text) - 1, n = PAGE - at % PAGE;

	n = n < most ? n : most; /* there may be no memory behind this page */
	if (module_peek(at, text, n) ||
	    (n < most && !memchr(text, 0, n) &&
	     module_peek(at + n, text + n, most - n)))
		return -EFAULT;
	s += *s == 'P';
	if (strncmp(s, "MPI", 3) || strlen(s) >= len)
		return -ENOENT;
	memcpy(name, s, strlen(s) + 1);
	return 0;
}

int module_mpi(const struct module *m, uint64_t addr, char *name, size_t len)
{
	uint64_t symbols, strings, at = addr - m->bias;
	int rc = find_symbols(m, &symbols, &strings);
	size_t i, n = rc ? 0 : (strings - symbols) / sizeof(Elf64_Sym);
	Elf64_Sym *s = rc ? NULL : calloc(n + 1, sizeof(*s));

	if (!rc)
		rc = s ? module_peek(symbols, s, n * sizeof(*s)) : -ENOMEM;
	if (!rc)
		rc = -ENOENT;
	for (i = 0; rc == -ENOENT && s && i < n; i++)
		if (s[i].st_shndx && ELF64_ST_TYPE(s[i].st_info) == STT_FUNC &&
		    at - s[i].st_value < s[i].st_size)
			rc = mpi_name(strings + s[i].st_name, name, len);
	free(s);
	return rc;
}
