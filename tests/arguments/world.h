/* SPDX-License-Identifier: MIT */
/*
 * world.h - what the calls that calls.py generates are made on, and what they
 * are seen to do
 *
 * All objects are made once; each call is made in a child of its own, which
 * inherits them, and writes what came of it into a page that both share. So a
 * call that ends, hangs or damages the process harms no other.
 */
#ifndef TESTS_WORLD_H
#define TESTS_WORLD_H

#include <mpi.h>
#ifdef OPEN_MPI
#include <mpi-ext.h>
#endif
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

#define WORDS	   64	      /* of each buffer */
#define MANY	   128	      /* items of each list */
#define POISON	   0x5a5a5a5a /* what nobody has written to */
#define POISON_PTR ((void *)0x5a5a5a5a5a5a5a50)
#ifdef OPEN_MPI
#define POISON_HANDLE POISON_PTR
#define JUNK(t)	      ((t)NULL)
#else
#define POISON_HANDLE POISON
#define JUNK(t)	      ((t)0x12345678)
#endif

struct call {
	const char *name;
	void (*make)(int variant);
	const char *const *variants; /* ends with NULL */
};

static char *seen; /* shared by parent and child */
#define SEEN_SIZE 4096

static void say(const char *form, ...)
{
	size_t n = strlen(seen);
	va_list args;

	va_start(args, form);
	vsnprintf(seen + n, SEEN_SIZE - n, form, args);
	va_end(args);
}

static struct world {
	MPI_Comm comm, cart, graph, dist;
	MPI_Group group;
	MPI_Datatype vec, fresh; /* committed; not committed */
	MPI_Op op;
	MPI_Errhandler handler, win_handler, file_handler;
	MPI_Info info;
	MPI_Win win, dynamic, shared;
	MPI_File file;
	int key, type_key, win_key; /* set on comm, vec and win */
	int class, code;	    /* of errors */
#ifdef MPI_SESSION_NULL
	MPI_Session session;
	MPI_Errhandler session_handler;
#else
	int session, session_handler;
#endif
} good, freed;

static char path[256], spare[256]; /* files: there; not there */
static int window[WORDS];

/* --- who is told of errors --- */

static const char *class_name(int class);

static int class_of(int code)
{
	int class = -1;

	if (code == MPI_SUCCESS || code == good.class)
		return code; /* Open MPI knows no class of its user's classes */
	PMPI_Error_class(code, &class);
	return class;
}

static void on_comm(MPI_Comm *c, int *code, ...)
{
	say(" %s!%s",
	    *c == MPI_COMM_WORLD ? "world" :
	    *c == MPI_COMM_SELF	 ? "self" :
	    *c == good.comm	 ? "comm" :
	    *c == good.cart	 ? "cart" :
	    *c == good.graph	 ? "graph" :
	    *c == good.dist	 ? "dist" :
				   "other",
	    class_name(class_of(*code)));
}

static void on_win(MPI_Win *w, int *code, ...)
{
	say(" %s!%s",
	    *w == good.win     ? "win" :
	    *w == good.dynamic ? "dynamic" :
	    *w == good.shared  ? "shared" :
				 "other-win",
	    class_name(class_of(*code)));
}

static void on_file(MPI_File *f, int *code, ...)
{
	say(" %s!%s",
	    *f == good.file	? "file" :
	    *f == MPI_FILE_NULL ? "no-file" :
				  "other-file",
	    class_name(class_of(*code)));
}

#ifdef MPI_SESSION_NULL
static void on_session(MPI_Session *s, int *code, ...)
{
	say(" %s!%s", *s == good.session ? "session" : "other-session",
	    class_name(class_of(*code)));
}
#endif

/* --- callbacks that do nothing --- */

static void an_op(void *in, void *inout, int *n, MPI_Datatype *t)
{
	(void)in, (void)inout, (void)n, (void)t;
}

static int query(void *extra, MPI_Status *s)
{
	(void)extra;
	MPI_Status_set_elements(s, MPI_INT, 1);
	MPI_Status_set_cancelled(s, 0);
	s->MPI_SOURCE = s->MPI_TAG = 3;
	return MPI_SUCCESS;
}

static int forget(void *extra)
{
	(void)extra;
	return MPI_SUCCESS;
}

static int cancel(void *extra, int complete)
{
	(void)extra, (void)complete;
	return MPI_SUCCESS;
}

/* --- objects --- */

static void make_win(struct world *w)
{
	MPI_Aint size = sizeof(window);
	void *base;

	MPI_Win_create(window, size, 1, MPI_INFO_NULL, MPI_COMM_SELF, &w->win);
	MPI_Win_create_dynamic(MPI_INFO_NULL, MPI_COMM_SELF, &w->dynamic);
	MPI_Win_allocate_shared(size, 1, MPI_INFO_NULL, MPI_COMM_SELF, &base,
				&w->shared);
	MPI_Win_set_errhandler(w->win, w->win_handler);
	MPI_Win_set_errhandler(w->dynamic, w->win_handler);
	MPI_Win_set_errhandler(w->shared, w->win_handler);
	MPI_Win_create_keyval(MPI_WIN_NULL_COPY_FN, MPI_WIN_NULL_DELETE_FN,
			      &w->win_key, NULL);
	MPI_Win_set_attr(w->win, w->win_key, window);
}

static void make_comm(struct world *w)
{
	const int one = 1, zero = 0;

	MPI_Comm_dup(MPI_COMM_SELF, &w->comm);
	MPI_Cart_create(MPI_COMM_SELF, 1, &one, &zero, 0, &w->cart);
	MPI_Graph_create(MPI_COMM_SELF, 1, &one, &zero, 0, &w->graph);
	MPI_Dist_graph_create_adjacent(MPI_COMM_SELF, 1, &zero, &one, 1, &zero,
				       &one, MPI_INFO_NULL, 0, &w->dist);
	MPI_Comm_create_keyval(MPI_COMM_NULL_COPY_FN, MPI_COMM_NULL_DELETE_FN,
			       &w->key, NULL);
	MPI_Comm_set_attr(w->comm, w->key, window);
	MPI_Comm_group(w->comm, &w->group);
}

static void make_file(struct world *w)
{
	MPI_File_open(MPI_COMM_SELF, path, MPI_MODE_CREATE | MPI_MODE_RDWR,
		      MPI_INFO_NULL, &w->file);
	MPI_File_write_at(w->file, 0, window, WORDS, MPI_INT,
			  MPI_STATUS_IGNORE);
	MPI_File_set_errhandler(w->file, w->file_handler);
}

/* All but a file, which each call has for itself. */
static void make(struct world *w)
{
	MPI_Comm_create_errhandler(on_comm, &w->handler);
	MPI_Win_create_errhandler(on_win, &w->win_handler);
	MPI_File_create_errhandler(on_file, &w->file_handler);
	MPI_Comm_set_errhandler(MPI_COMM_SELF, w->handler);
	make_comm(w);
	MPI_Type_vector(2, 1, 2, MPI_INT, &w->vec);
	MPI_Type_commit(&w->vec);
	MPI_Type_contiguous(2, MPI_INT, &w->fresh);
	MPI_Type_create_keyval(MPI_TYPE_NULL_COPY_FN, MPI_TYPE_NULL_DELETE_FN,
			       &w->type_key, NULL);
	MPI_Type_set_attr(w->vec, w->type_key, window);
	MPI_Op_create(an_op, 1, &w->op);
	MPI_Info_create(&w->info);
	MPI_Info_set(w->info, "key", "value");
	make_win(w);
#ifdef MPI_SESSION_NULL
	MPI_Session_create_errhandler(on_session, &w->session_handler);
	MPI_Session_init(MPI_INFO_NULL, w->session_handler, &w->session);
#endif
}

/* The values that the handles had stay in *w. */
static void drop(const struct world *w)
{
	struct world x = *w;

	MPI_File_close(&x.file);
	MPI_Win_free(&x.shared);
	MPI_Win_free(&x.dynamic);
	MPI_Win_free(&x.win);
	MPI_Win_free_keyval(&x.win_key);
	MPI_Info_free(&x.info);
	MPI_Op_free(&x.op);
	MPI_Type_free(&x.vec);
	MPI_Type_free(&x.fresh);
	MPI_Type_free_keyval(&x.type_key);
	MPI_Group_free(&x.group);
	MPI_Comm_free(&x.dist);
	MPI_Comm_free(&x.graph);
	MPI_Comm_free(&x.cart);
	MPI_Comm_free(&x.comm);
	MPI_Comm_free_keyval(&x.key);
#ifdef MPI_SESSION_NULL
	MPI_Session_finalize(&x.session);
#endif
}

static void make_all(void)
{
	int level;

	for (int i = 0; i < WORDS; i++)
		window[i] = i + 1;
	MPI_T_init_thread(MPI_THREAD_SINGLE, &level);
	make(&good);
	MPI_Add_error_class(&good.class);
	MPI_Add_error_code(good.class, &good.code);
	MPI_Add_error_string(good.code, "a text");
	make(&freed);
	make_file(&freed);
	/* Freed handles: nothing is made after them. */
	MPI_Comm_set_errhandler(MPI_COMM_WORLD, good.handler);
	MPI_Comm_set_errhandler(MPI_COMM_SELF, good.handler);
	MPI_File_set_errhandler(MPI_FILE_NULL, good.file_handler);
	drop(&freed);
	MPI_Errhandler_free(&(MPI_Errhandler){ freed.win_handler });
	MPI_Errhandler_free(&(MPI_Errhandler){ freed.file_handler });
	MPI_Errhandler_free(&(MPI_Errhandler){ freed.handler });
}

/* --- one call, in a child --- */

static struct itimerval limit; /* ends a call that hangs */

static void child(const struct call *c, int variant)
{
	const int nowhere = open("/dev/null", O_RDWR);

	dup2(nowhere, 1);
	dup2(nowhere, 2);
	signal(SIGSEGV, SIG_DFL);
	signal(SIGBUS, SIG_DFL);
	signal(SIGABRT, SIG_DFL);
	signal(SIGFPE, SIG_DFL);
	setitimer(ITIMER_REAL, &limit, NULL);
	if (strstr(c->name, "_File_"))
		make_file(&good);
	c->make(variant);
	_exit(0);
}

static void try(const struct call *c, int variant)
{
	int status = 0;
	pid_t pid;

	memset(seen, 0, SEEN_SIZE);
	unlink(path);
	unlink(spare);
	pid = fork();
	if (pid == 0)
		child(c, variant);
	if (pid < 0 || waitpid(pid, &status, 0) != pid)
		exit(3);
	if (WIFSIGNALED(status))
		snprintf(seen, SEEN_SIZE, " %s",
			 WTERMSIG(status) == SIGALRM ? "hangs" : "crashes");
	else if (status || !*seen)
		snprintf(seen, SEEN_SIZE, " ends");
	printf("%s %s:%s\n", c->name, c->variants[variant], seen);
	fflush(stdout);
}

static FILE *skip;

/* argv[1]: how many ms a call may take. [2]: a file whose lines name calls that
 * are not made. */
static void try_start(int argc, char **argv)
{
	skip = argc > 2 ? fopen(argv[2], "r") : NULL;
	snprintf(path, sizeof(path), "%s/arguments.data",
		 getenv("TMPDIR") ? getenv("TMPDIR") : "/tmp");
	snprintf(spare, sizeof(spare), "%s.no", path);
	limit.it_value.tv_usec = argc > 1 ? atoi(argv[1]) % 1000 * 1000 : 0;
	limit.it_value.tv_sec = argc > 1 ? atoi(argv[1]) / 1000 : 2;
	seen = mmap(NULL, SEEN_SIZE, PROT_READ | PROT_WRITE,
		    MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	/* Open MPI's own choice has no windows on one process. */
	setenv("OMPI_MCA_osc", "pt2pt,sm", 1);
	MPI_Init(&argc, &argv);
	make_all();
}

/* only: calls of this name alone, unless NULL. */
static void try_all(const struct call *calls, const char *only)
{
	static char name[256], next[256];

	for (const struct call *c = calls; c->name; c++) {
		for (int i = 0; c->variants[i]; i++) {
			if (!*next && skip && fgets(next, sizeof(next), skip))
				next[strcspn(next, "\n")] = 0;
			snprintf(name, sizeof(name), "%s %s", c->name,
				 c->variants[i]);
			if (!strcmp(name, next))
				*next = 0;
			else if (!only || !strcmp(only, c->name))
				try(c, i);
		}
	}
}

#endif
