/* SPDX-License-Identifier: MIT */
/* wire_codec.h - messages to bytes and back (used by wire.c and its tests) */
#ifndef MANA_WIRE_CODEC_H
#define MANA_WIRE_CODEC_H

#include "wire.h"

/* Longest payload of this type; 0: no such type. */
uint32_t wire_limit(uint32_t type);
/* Bytes the payload of msg takes, a multiple of 8; -EINVAL: does not fit. */
int64_t wire_packed_len(uint32_t type, const void *msg);
/* Writes exactly wire_packed_len bytes. */
void wire_pack(uint32_t type, const void *msg, uint8_t *out);
/*
 * 0 or -EPROTO. p is 8-byte aligned; arrays and texts in m->u point into it.
 */
int wire_unpack(uint32_t type, const uint8_t *p, uint32_t len,
		struct wire_msg *m);

#endif
