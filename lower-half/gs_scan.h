/* SPDX-License-Identifier: MIT */
/* gs_scan.h - which instructions of an object reach TLS through FS */
#ifndef MANA_GS_SCAN_H
#define MANA_GS_SCAN_H

#include <stddef.h>
#include <stdint.h>

/* File offsets of the FS prefixes (byte 0x64), ascending; at is malloc'ed. */
struct gs_list {
	uint64_t *at;
	size_t n, cap;
};

/*
 * Fill l for the ELF file that fd is open on; its offset is left alone. Most
 * objects reach TLS by calling __tls_get_addr only and give an empty list;
 * whole: look at its code even so. Stack protector accesses (%fs:0x28) are left
 * out: any FS serves them as long as it stays the same in a function.
 * 0 or -errno: -EILSEQ the code cannot be decoded, -ENOTSUP no unwind table.
 */
int gs_scan(int fd, int whole, struct gs_list *l);

#endif
