/* SPDX-License-Identifier: MIT */
/* ask.h - arguments for the native calls of gen_ask.py */
#ifndef MANA_BACK_ASK_H
#define MANA_BACK_ASK_H

#include "native.h"
#include "../object/told.h"

#define ASK_DIMS 32

/* A native keyval for the application's: of the same kind when it has one. */
int ask_keyval(int number);
/* The same where it may be freed: then there is none. */
int ask_keyval_free(int number);
/* Copies in keep memory; NULL when list is, or memory is out. Requests that are
 * right become null ones: they are not what is asked about. */
MPI_Request *ask_requests(const seam_request *list, int64_t n);
MPI_Datatype *ask_types(const seam_datatype *list, int64_t n);
/* Room for as many types as list has. */
MPI_Datatype *ask_room(const seam_datatype *list, int64_t n);
/* A call that is expected to fail writes none. */
MPI_Status *ask_statuses(const struct seam_status *list);
/* The first ASK_DIMS of n named ints; NULL when list is. */
const int *ask_ints(int *to, const int *list, int n, int (*real)(int));

#endif
