/* SPDX-License-Identifier: MIT */
/* attr.h - the list of an object's attributes: all with objects_lock held, but
 * for what makes and frees one that is in no list */
#pragma once
#include "objects.h"

struct desc_attr **attrs_of(struct desc *obj);
struct desc_attr *attr_find(struct desc *obj, int number);
void attr_link(struct desc *obj, struct desc_attr *a);
/* Without the lock. NULL: no memory; a may be NULL. */
struct desc_attr *attr_new(struct desc_keyval *k, void *value, int lang);
void attr_free(struct desc_attr *a);
