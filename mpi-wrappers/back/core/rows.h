/* SPDX-License-Identifier: MIT */
/* rows.h - functions that several rows of mpi.tbl call: class via
 *
 * Each is in the file of its kind, takes what the row says beside the
 * function's own arguments, and returns what the function is to return: 0, a
 * code that was raised, or ASK(). fn: the function's name.
 */
#ifndef MANA_BACK_ROWS_H
#define MANA_BACK_ROWS_H

#include "../object/objects.h"

/* attr.c: keyvals of a kind; the others are in objects.h */
int keyval_new(enum desc_kind kind, void *copy, void *del, int *number,
	       void *extra, const char *fn);
int keyval_free(enum desc_kind kind, int *number);

/* errhandler.c: handlers for a kind; the others are in objects.h */
int errhandler_new(enum desc_kind kind, void *handler, seam_errhandler *out,
		   const char *fn);

/* desc.c: the application gives a handle back; fixed: a predefined one, too */
int handle_free(enum desc_kind kind, int fixed, void *handle);

/* name.c */
int name_set(enum desc_kind kind, const void *h, const char *name);
int name_get(enum desc_kind kind, const void *h, char *to, int *len);

/* group.c; excl: all but those */
enum group_op { GROUP_UNION, GROUP_INTERSECTION, GROUP_DIFFERENCE };
int group_combine(enum group_op op, seam_group h1, seam_group h2,
		  seam_group *out, const char *fn);
int group_some(int excl, seam_group group, int n, const int *ranks,
	       seam_group *out, const char *fn);
int group_ranges(int excl, seam_group group, int n, const int *ranges,
		 seam_group *out, const char *fn);

/* comm.c, comm_dup.c */
int comm_end(seam_comm *comm, int disconnect, const char *fn);
int comm_dup(seam_comm comm, seam_info info, seam_comm *newcomm,
	     const char *fn);
int comm_idup(seam_comm comm, seam_info info, seam_comm *newcomm,
	      seam_request *request, const char *fn);

/* type.c: max_X: how many of each there is room for */
int type_contents(seam_datatype h, int64_t max_ints, int64_t max_aints,
		  int64_t max_counts, int64_t max_types, int *ints,
		  seam_aint *aints, seam_count *counts, seam_datatype *types);

/* op.c */
int op_create(int large, void *user, int commute, seam_op *out, const char *fn);

/* probe.c: receives of a matched message */
int message_recv(void *buf, int64_t count, seam_datatype dt, seam_message *h,
		 struct seam_status *st, const char *fn);
int message_irecv(void *buf, int64_t count, seam_datatype dt, seam_message *h,
		  seam_request *request, const char *fn);

/* persist.c; kind: enum request_kind, mode: enum send_mode */
int persist_new(int kind, int mode, const void *buf, int64_t count,
		seam_datatype dt, int peer, int tag, seam_comm comm,
		seam_request *h, const char *fn);

/* error_user.c: a new class (class < 0) or a code of a class; a class, a code,
 * or the text of one of them goes */
int user_add(int class, int *code, const char *fn);
int user_delete(int code, int is_class, int text_only);

/* status.c */
int status_elements(const struct seam_status *status, seam_datatype datatype,
		    seam_count *count, const char *fn);
int status_elements_int(const struct seam_status *status,
			seam_datatype datatype, int *count, const char *fn);
int status_set_elements(struct seam_status *status, seam_datatype datatype,
			seam_count count);

/* buffer.c, datarep.c */
int buffer_attach(void *buffer, int64_t size);
int buffer_detach(void *buffer_addr, seam_count *size);
int buffer_detach_int(void *buffer_addr, int *size);
int datarep_register(const char *datarep, void *read_fn, void *write_fn,
		     void *extent_fn, void *extra);

#endif
