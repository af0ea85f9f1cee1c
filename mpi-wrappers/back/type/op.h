/* SPDX-License-Identifier: MIT */
/* op.h - reduction operations: what op.c and rebuild.c share */
#ifndef MANA_BACK_OP_H
#define MANA_BACK_OP_H

#include "../core/native.h"

/* Make the native op. Native code; also what a restart does. */
int op_build(struct desc_op *op);

#endif
