/* SPDX-License-Identifier: MIT */
/* kind.c - the rows of kind.h */
#include "kind.h"
#include "../core/native.h"

#define NULLS(NAME)                                                            \
	.null = SEAM_##NAME##_NULL, .none = AS_REAL(MPI_##NAME##_NULL)

/* Windows, files and sessions have these in common. */
#define HANDLED                                                                \
	.attrs = offsetof(struct desc_handled, attrs),                         \
	.errhandler = offsetof(struct desc_handled, errhandler),               \
	.destroy = handled_destroy

/* clang-format off */
const struct kind kinds[DESC_KINDS] = {
	[DESC_COMM] = { .name = "a communicator", .error = SEAM_ERR_COMM,
		NULLS(COMM), .bind = SEAM_T_BIND_MPI_COMM, .needs_mpi = 1,
		.attrs = offsetof(struct desc_comm, attrs),
		.errhandler = offsetof(struct desc_comm, errhandler),
		.clock = offsetof(struct desc_comm, clock),
		.given_name = offsetof(struct desc_comm, name),
		.unset = SEAM_ERRORS_ARE_FATAL, .unset_is_world = 1,
		.destroy = comm_destroy, .rebuild = comm_rebuild },
	[DESC_GROUP] = { .name = "a group", .error = SEAM_ERR_GROUP,
		NULLS(GROUP), .needs_mpi = 1, .destroy = group_destroy },
	[DESC_TYPE] = { .name = "a datatype", .error = SEAM_ERR_TYPE,
		NULLS(DATATYPE), .bind = SEAM_T_BIND_MPI_DATATYPE,
		.needs_mpi = 1, .attrs = offsetof(struct desc_type, attrs),
		.given_name = offsetof(struct desc_type, name),
		.predefined = type_fixed, .destroy = type_destroy,
		.rebuild = type_rebuild },
	[DESC_OP] = { .name = "an operation", .error = SEAM_ERR_OP,
		NULLS(OP), .bind = SEAM_T_BIND_MPI_OP, .needs_mpi = 1,
		.predefined = op_fixed, .destroy = op_destroy,
		.rebuild = op_rebuild },
	/* Made, freed and posted again by request.c and persist.c. */
	[DESC_REQUEST] = { .name = "a request", .error = SEAM_ERR_REQUEST,
		NULLS(REQUEST), .refuse = request_refuse },
	[DESC_MESSAGE] = { .name = "a message", .error = SEAM_ERR_REQUEST,
		NULLS(MESSAGE) },
	[DESC_ERRHANDLER] = { .name = "an error handler",
		.error = SEAM_ERR_ERRHANDLER, NULLS(ERRHANDLER) },
	[DESC_INFO] = { .name = "an info object", .error = SEAM_ERR_INFO,
		NULLS(INFO), .destroy = info_destroy },
	[DESC_KEYVAL] = { .name = "a keyval", .error = SEAM_ERR_KEYVAL },
	[DESC_WIN] = { .name = "a window", .error = SEAM_ERR_WIN,
		NULLS(WIN), .bind = SEAM_T_BIND_MPI_WIN, HANDLED,
		.unset = SEAM_ERRORS_ARE_FATAL, .unset_is_world = 1,
		.made = win_made },
	[DESC_FILE] = { .name = "an open file", .error = SEAM_ERR_FILE,
		NULLS(FILE), .bind = SEAM_T_BIND_MPI_FILE, HANDLED,
		.unset = SEAM_ERRORS_RETURN, .made = file_made },
	[DESC_SESSION] = { .name = "a session", .error = SEAM_ERR_SESSION,
#ifdef MPI_SESSION_NULL
		.none = AS_REAL(MPI_SESSION_NULL),
#endif
		.null = SEAM_SESSION_NULL, HANDLED,
		.unset = SEAM_ERRORS_ARE_FATAL },
	[DESC_T_CVAR] = { .name = "a handle of MPI_T",
		.destroy = tool_destroy },
	[DESC_T_PVAR] = { .name = "a handle of MPI_T" },
	[DESC_T_SESSION] = { .name = "a handle of MPI_T" },
	[DESC_T_EVENT] = { .name = "a handle of MPI_T" },
	[DESC_T_ENUM] = { .name = "an enumeration of MPI_T",
		.destroy = tool_destroy },
};
/* clang-format on */
