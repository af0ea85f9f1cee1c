/* SPDX-License-Identifier: MIT */
/* objects.h - descriptors and what is done with them, free of native types
 *
 * Functions return a seam error code (0 or SEAM_ERR_*) unless said otherwise.
 *
 * The application's wrong arguments are the native library's to judge: which
 * class of error, whose error handler, what becomes of the handles. A function
 * of the gate that finds one returns ASK(class), having done nothing, and the
 * native function is called with the same arguments (gen_ask.py). The class is
 * for the case that it finds nothing wrong with them.
 */
#ifndef MANA_BACK_OBJECTS_H
#define MANA_BACK_OBJECTS_H

#include "../../desc.h"

#define ASK_BASE      2000
#define ASK(class)    (-ASK_BASE - (class))
#define ASK_CLASS(rc) (-(rc)-ASK_BASE)

static inline int is_ask(int rc)
{
	return __builtin_expect(rc <= -ASK_BASE && rc > -2 * ASK_BASE, 0);
}

/* --- desc.c --- */

/* A new live descriptor: zeroed, one reference, seam handle = its address.
 * NULL when memory is exhausted. what: name of the MPI function. */
void *desc_make(enum desc_kind kind, size_t size, const char *what);
/* The same for a predefined handle. */
void *desc_make_fixed(enum desc_kind kind, size_t size, const void *seam);
void desc_set_what(struct desc *d, const char *what);
static inline struct desc *desc_of_fixed(const void *seam)
{
	return KEEP_MPI->fixed[(uintptr_t)seam];
}

/* To the end of its kind's live list, and out of it. Nobody else is at it. */
static inline void desc_list(struct desc *d, enum desc_kind kind)
{
	d->prev = KEEP_MPI->last[kind];
	d->next = NULL;
	if (d->prev)
		d->prev->next = d;
	else
		KEEP_MPI->live[kind] = d;
	KEEP_MPI->last[kind] = d;
}

static inline void desc_unlist(struct desc *d, enum desc_kind kind)
{
	if (d->prev)
		d->prev->next = d->next;
	else
		KEEP_MPI->live[kind] = d->next;
	if (d->next)
		d->next->prev = d->prev;
	else
		KEEP_MPI->last[kind] = d->prev;
}

/* Both take NULL; predefined descriptors are not counted. The last unref frees
 * the native object and the descriptor. */
void desc_ref(void *d);
void desc_unref(void *d);
/* The first live object that lets no checkpoint pass: 1 and a sentence, else 0.
 * All threads are stopped, and none of them has a lock of the back. */
int objects_refuse(char *why, size_t len);
/* One lock for lists and small tables; never held across native calls. */
void objects_lock(void);
void objects_unlock(void);

/* --- native.c --- */

/* This part keeps these besides descriptors, at KEEP_MPI->part[0]. */
struct objects_root {
	int32_t next_keyval;
	int32_t last_code; /* MPI_LASTUSEDCODE */
	int32_t tag_ub, host, io, wtime_is_global;
	int32_t universe_size, appnum;
	int32_t has_universe_size, has_appnum;
	struct error_texts *texts; /* error.c */
	struct desc *parent;	   /* MPI_Comm_get_parent */
	struct coll_clock none;	   /* the parent of what was made on none */
	int32_t tool_inits, tool_level; /* MPI_T_init_thread's to be ended */
	struct tool_value *tool_values; /* tool.c */
};

/* NULL until first needed: objects_root() makes it. */
#define OBJECTS ((struct objects_root *)KEEP_MPI->part[0])

struct objects_root *objects_root(void);

/* After native MPI_Init: predefined descriptors; early: those that are there
 * with a session alone. 0 or -errno. */
int objects_init(void);
int objects_early(void);
/* After a restart's native init, upper memory mapped: their native handles. */
int objects_refill(void);

/* --- error.c --- */

/*
 * Error path of MPI function fn on obj (a communicator, window, file; NULL or
 * another kind: the predefined communicator), unless the native library has
 * told whose it is (told.h). Calls the application's handler; fatal by default.
 * Returns what the call is to return. 0, GATE_AGAIN and ASK() pass through.
 */
int back_raise(struct desc *obj, int code, const char *fn)
	__attribute__((cold));
/* The same at the end of a blocking receive. */
int back_tell(struct desc *obj, int code, const char *fn) __attribute__((cold));
/* End of an ask_X() (gen_ask.py): the native code rc, or what was refused. */
int ask_end(int rc, int refused, struct desc *obj, const char *fn)
	__attribute__((cold));
/* For a call that no native function can be asked about: ASK(class) becomes
 * an error of obj. */
int ask_nobody(int rc, struct desc *obj, const char *fn);
/* Calls the handler of obj, whatever code is: what it makes of it. */
int handler_invoke(struct desc *obj, int code, const char *fn);
/* The place where obj keeps its handler; NULL when its kind has none. */
struct desc **errhandler_slot(struct desc *obj);
/* errhandler.c: set, get and call the handler of an object. */
int handler_set(enum desc_kind kind, const void *obj, seam_errhandler h);
int handler_get(enum desc_kind kind, const void *obj, seam_errhandler *h);
/* *to, which nobody else has, gets what *from has, and a reference. */
void handler_share(struct desc **to, struct desc **from);
int handler_call(enum desc_kind kind, const void *obj, int code,
		 const char *fn);
/* MPI_FILE_NULL as an object: its handler is that of calls on no open file. */
struct desc *file_null(void);
/* 0..SEAM_ERR_LASTCODE: the class of a seam code. */
int err_class(int code);

/* --- comm.c --- */

static inline struct desc_comm *comm_of(seam_comm h)
{
	return desc_of(h, DESC_COMM);
}

/* A communicator's world rank of a member of the (remote) group; -1: none. */
int comm_world_rank(const struct desc_comm *c, int peer);

/* The native handle of a duplicate that was coming is there. */
void comm_arrived(struct desc_comm *c);

/* --- group.c --- */

/* A group of n world ranks, which are copied. */
int group_make(const int *world, int n, const char *what, seam_group *out);
/* SEAM_IDENT, SEAM_SIMILAR or SEAM_UNEQUAL */
int group_compare(const int *a, int na, const int *b, int nb);

/* --- info.c --- */

/* A new info with the same keys; from may be NULL: an empty one. */
int info_copy(const struct desc *from, struct desc **out);
int info_put(struct desc_info *f, const char *key, const char *value);
/* Puts all of from's. */
int info_add(struct desc *to, const struct desc *from);

/* --- type.c --- */

struct desc_type *type_of(seam_datatype h);

/* --- attr.c --- */

/* Numbers of the application's own; smaller ones are predefined. */
#define FIRST_KEYVAL 0x1000
struct desc_keyval *keyval_find(int number);
/* Delete all attributes, newest first, calling the callbacks. */
int attr_delete_all(struct desc *obj);
/* Forgets those that are left, without a callback: obj goes. */
void attr_forget(struct desc *obj);
/* h: the object's handle, as the application gave it. lang as in struct
 * desc_attr; -1 from attr_get: not set. */
int attr_set(enum desc_kind kind, const void *h, int number, void *value,
	     int lang, const char *fn);
int attr_get(enum desc_kind kind, const void *h, int number, void **value,
	     int *lang);
/* As C sees it; *(void **)value is set when *flag. */
int attr_get_c(enum desc_kind kind, const void *h, int number, void *value,
	       int *flag);
int attr_delete(enum desc_kind kind, const void *h, int number, const char *fn);
/* A communicator's predefined attribute: where it is, NULL when number is none;
 * *set: it has a value. */
int *attr_predefined(int number, int *set);
/* Copy those whose copy callback says so. */
int attr_copy_all(struct desc *from, struct desc *to);

#endif
