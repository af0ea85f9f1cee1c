/* SPDX-License-Identifier: MIT */
/* functions.h - where the functions of an ELF file begin
 *
 * The unwind table (.eh_frame_hdr, LSB Core 10.6.2) says so, in stripped files
 * too.
 */
#ifndef MANA_FUNCTIONS_H
#define MANA_FUNCTIONS_H

#include <gelf.h>
#include <stdint.h>

struct functions {
	const uint8_t *file; /* all of it, in memory */
	uint64_t len;
	GElf_Phdr hdr;	      /* PT_GNU_EH_FRAME */
	const int32_t *table; /* pairs: function, its unwind entry */
	uint32_t n;
};

/* 0 or -errno: -ENOTSUP when there is no table, -ENOEXEC a broken one. f lasts
 * as long as e. */
int functions_read(Elf *e, struct functions *f);
/*
 * Calls fn for each function in text, a segment or section, from its beginning
 * to that of the next one, addresses in the file; for what comes before the
 * first one, too. Ends when fn returns other than 0, with that; 0 or -errno:
 * -ENOEXEC when text does not lie within the file, -EILSEQ a broken table.
 */
int functions_each(const struct functions *f, const GElf_Phdr *text,
		   int (*fn)(void *arg, uint64_t from, uint64_t to), void *arg);

#endif
