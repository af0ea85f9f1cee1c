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
/* Does all of the segment lie within the file? */
int functions_inside(const struct functions *f, const GElf_Phdr *p);
/* The address where function i begins, or the segment's ends: within text. */
uint64_t functions_at(const struct functions *f, const GElf_Phdr *text,
		      int64_t i);

#endif
