/* SPDX-License-Identifier: MIT */
/* module.h - a program or library in this process's memory, of either half
 *
 * As it lies in memory: after a restart no file need be there. Nothing that is
 * read is trusted to be mapped, as libraries may be unloaded meanwhile.
 */
#ifndef MANA_MODULE_H
#define MANA_MODULE_H

#include <stddef.h>
#include <stdint.h>

struct module {
	uint64_t header; /* its first page, the ELF header; 0: there is none */
	uint64_t bias;	 /* from the addresses that it names */
	uint64_t frames; /* .eh_frame_hdr, 0: none */
	uint64_t dynamic;
};

/* Memory of this process: 0 or -EFAULT. */
int module_peek(uint64_t from, void *to, size_t len);
/* What addr is in. 0 or -errno. */
int module_find(uint64_t addr, struct module *m);
/* The description of the function that addr is in (a frame description entry).
 * 0 or -errno. */
int module_frame(const struct module *m, uint64_t addr, uint64_t *fde);
/* The MPI function that addr is in, if m exports one there by that name; len
 * with its NUL. 0 or -errno. */
int module_mpi(const struct module *m, uint64_t addr, char *name, size_t len);

#endif
