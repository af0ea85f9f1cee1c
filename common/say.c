/* SPDX-License-Identifier: MIT */
/* say.c - what mana says, on the stderr that the launcher gave */
#include "say.h"

int say_fd = 2;
