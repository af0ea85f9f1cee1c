/* SPDX-License-Identifier: MIT */
/* attr.h - attribute callbacks and predefined attributes */
#ifndef MANA_FRONT_ATTR_H
#define MANA_FRONT_ATTR_H

struct front_copy;

/* Shims (front_shims.h). */
int front_attr_copy(void *fn, void *handle, int keyval, void *extra,
		    struct front_copy *io);
int front_attr_delete(void *fn, void *handle, int keyval, void *value,
		      void *extra, int kind_lang);

#endif
