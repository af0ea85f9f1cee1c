# SPDX-License-Identifier: MIT
"""values - what is right and what is wrong, by the names of parameters"""
import re

CALLBACKS = {
    "MPI_User_function": "(void *)an_op", "MPI_User_function_c": "(void *)an_op",
    "MPI_Comm_errhandler_function": "(void *)on_comm",
    "MPI_Win_errhandler_function": "(void *)on_win",
    "MPI_File_errhandler_function": "(void *)on_file",
    "MPI_Session_errhandler_function": "(void *)on_session",
    "MPI_Grequest_query_function": "(void *)query",
    "MPI_Grequest_free_function": "(void *)forget",
    "MPI_Grequest_cancel_function": "(void *)cancel",
    "MPI_Comm_copy_attr_function": "(void *)MPI_COMM_NULL_COPY_FN",
    "MPI_Type_copy_attr_function": "(void *)MPI_TYPE_NULL_COPY_FN",
    "MPI_Win_copy_attr_function": "(void *)MPI_WIN_NULL_COPY_FN",
    "MPI_Comm_delete_attr_function": "(void *)MPI_COMM_NULL_DELETE_FN",
    "MPI_Type_delete_attr_function": "(void *)MPI_TYPE_NULL_DELETE_FN",
    "MPI_Win_delete_attr_function": "(void *)MPI_WIN_NULL_DELETE_FN",
    "MPIX_Grequest_poll_function": "(void *)query",
    "MPIX_Grequest_wait_function": "(void *)query",
}
# Handles to be given to a function that reads them through a pointer.
OTHERS = {
    "comm": ("MPI_COMM_WORLD", "MPI_COMM_SELF"), "group": ("MPI_GROUP_EMPTY",),
    "datatype": ("MPI_INT",), "op": ("MPI_SUM",),
    "errhandler": ("MPI_ERRORS_RETURN", "MPI_ERRORS_ARE_FATAL"),
}
HANDLES = {
    ("Type_commit", "datatype"): "good.fresh",
    ("Type_free", "datatype"): "good.fresh",
    ("Win_attach", "win"): "good.dynamic",
    ("Win_detach", "win"): "good.dynamic",
    ("Win_shared_query", "win"): "good.shared",
    ("Win_shared_query_c", "win"): "good.shared",
    ("Op_free", "op"): "good.op",
    ("Win_set_errhandler", "errhandler"): "good.win_handler",
    ("File_set_errhandler", "errhandler"): "good.file_handler",
    ("Session_set_errhandler", "errhandler"): "good.session_handler",
    ("Session_init", "errhandler"): "good.session_handler",
    ("Comm_create_group", "group"): "good.group",
}


def handle(slot, kind):
    if kind == "comm":
        for part, field in (("Dist_graph_n", "dist"), ("eighbor_al", "dist"),
                            ("Graph_g", "graph"), ("Graph_n", "graph"),
                            ("Graphdims", "graph"), ("Cart", "cart")):
            if part in slot and "_create" not in slot and "_map" not in slot:
                return "good." + field
        return "good.comm"
    if kind == "datatype":
        return "good.vec" if slot.startswith("Type_") and \
            "create" not in slot else "MPI_INT"
    return {"op": "MPI_SUM", "errhandler": "good.handler",
            "request": "MPI_REQUEST_NULL", "message": "MPI_MESSAGE_NULL"}.get(
                kind, "good." + kind)


BUFFERS = {("Free_mem", "base"): "alloc_mem()", ("Win_detach", "base"):
           "attached()"}
STRINGS = {
    "filename": "path", ("File_open", "filename"): "spare",
    "datarep": '"external32"', ("File_set_view", "datarep"): '"native"',
    ("Register_datarep", "datarep"): '"mine"',
    ("Register_datarep_c", "datarep"): '"mine"',
    "pset_name": '"mpi://SELF"', "stringtag": '"tag"',
    "string": '"a text"', "value": '"other"',
}
TOOLS = {}
TOOL_NULLS = {"MPI_T_cvar_handle": "MPI_T_CVAR_HANDLE_NULL",
              "MPI_T_pvar_handle": "MPI_T_PVAR_HANDLE_NULL",
              "MPI_T_pvar_session": "MPI_T_PVAR_SESSION_NULL",
              "MPI_T_enum": "MPI_T_ENUM_NULL"}
ARRAYS = {
    "displs": "{ 0 }", "sdispls": "{ 0 }", "rdispls": "{ 0 }",
    "array_of_displacements": "{ 0 }", "array_of_sizes": "{ 4 }",
    "array_of_subsizes": "{ 2 }", "array_of_starts": "{ 1 }",
    "array_of_gsizes": "{ 4 }", "periods": "{ 0 }", "edges": "{ 0 }",
    "sources": "{ 0 }", "destinations": "{ 0 }", "ranks": "{ 0 }",
    "ranks1": "{ 0 }", "coords": "{ 0 }", "ranges": "{ { 0, 0, 1 } }",
    "array_of_distribs": "{ MPI_DISTRIBUTE_BLOCK }",
    "array_of_dargs": "{ MPI_DISTRIBUTE_DFLT_DARG }",
    ("Dims_create", "dims"): "{ 0 }", "position": "{ 0 }",
    "buflen": "{ 8 }", "name_len": "{ 20 }", "desc_len": "{ 20 }",
    "pset_len": "{ 20 }", ("Pready_list", "array_of_partitions"): "{ 0 }",
}
INOUT = ("position", "buflen", "name_len", "desc_len", "pset_len")
# Numbers that differ from run to run, or that are ours to choose.
VARIES = {"comm_keyval", "type_keyval", "win_keyval", "address",
          ("Add_error_class", "errorclass"), ("Add_error_code", "errorcode"),
          "greq_class", "update_number", "timestamp", "port_name",
          "win_name", ("Win_get_name", "resultlen")}
NUMBERS = {
    "tag": "7", "sendtag": "7", "recvtag": "7", "key": "0", "color": "0",
    "direction": "0", "disp": "0", "target_disp": "0", "lb": "0",
    "extent": "8", "errorcode": "MPI_ERR_ARG", "errorclass": "good.class",
    ("Add_error_string", "errorcode"): "good.code",
    ("X_Delete_error_code", "errorcode"): "good.code",
    ("X_Delete_error_string", "errorcode"): "good.code",
    "comm_keyval": "good.key", "type_keyval": "good.type_key",
    "win_keyval": "good.win_key", "offset": "0", "outsize": "64",
    "insize": "64", "amode": "MPI_MODE_CREATE | MPI_MODE_RDWR",
    "assert": "0", ("Buffer_attach", "size"): "4096",
    ("Buffer_attach_c", "size"): "4096", ("Alloc_mem", "size"): "64",
    ("Type_match_size", "size"): "4", "p": "6", "r": "30",
    ("Type_create_f90_integer", "r"): "6", "maxdims": "1", "n": "1",
    ("Info_get_nthkey", "n"): "0", ("Session_get_nth_pset", "n"): "0",
    "valuelen": "20", "max_integers": "8", "max_addresses": "8",
    "max_datatypes": "2", "max_large_counts": "8", "local_leader": "0",
    "remote_leader": "0", ("Cart_coords", "rank"): "0", ("Graph_neighbors", "rank"): "0",
    ("Graph_neighbors_count", "rank"): "0", "argc": "0", "partition": "0",
    "partition_low": "0", "partition_high": "0", "cat_index": "0",
    "cvar_index": "0", "pvar_index": "0", "source_index": "0", "indx": "0",
    "element_index": "0", "len": "4", "gpu_type": "0", "fd": "0",
    "disp_unit": "1", ("Win_attach", "size"): "64",
    ("File_set_view", "disp"): "0", ("File_set_size", "size"): "64",
    ("File_preallocate", "size"): "64",
}
KINDS = {"rank": "0", "tag": "7", "order": "MPI_ORDER_C",
         "typeclass": "MPI_TYPECLASS_INTEGER",
         "splittype": "MPI_COMM_TYPE_SHARED", "locktype": "MPI_LOCK_SHARED",
         "whence": "MPI_SEEK_SET", "winmode": "0", "tlevel": "0",
         "tclass": "MPI_T_PVAR_CLASS_STATE"}
# A receive that waits for such a message never ends.
NEVER_COME = ("MPI_PROC_NULL", "0x7fffffff")
PAIRS = [("count", "datatype"), ("sendcount", "sendtype"),
         ("recvcount", "recvtype"), ("incount", "datatype"),
         ("outcount", "datatype"), ("origin_count", "origin_datatype"),
         ("target_count", "target_datatype"), ("count", "oldtype")]


# Whether the buffer is filled when they return is chance.
LATER = re.compile(r"_iread|_read.*_(begin|end)")
# MPICH uses a number that it did not find in the text: it crashes by chance.
PARSED = ("Close_port",)


def varies(slot, name):
    return name in VARIES or (slot, name) in VARIES


def keyval(name):
    return {"comm_keyval": "key", "type_keyval": "type_key",
            "win_keyval": "win_key"}[name]


def bad_elements(kind, name):
    if kind == "keyval":
        return ("MPI_KEYVAL_INVALID", "-5", "MPI_TAG_UB",
                "freed." + keyval(name))
    if kind in ("distrib", "darg"):
        return ("-9", "MPI_DISTRIBUTE_CYCLIC")
    if "ranks" in name:
        return ("-7", "99", "MPI_PROC_NULL")
    return ("-1", "99")


def bad_numbers(kind, name, slot):
    if slot == "Intercomm_create_from_groups" and "leader" in name:
        return ()  # MPICH looks into memory there
    if kind == "keyval":
        own = keyval(name)
        return ("MPI_KEYVAL_INVALID", "-5", "MPI_TAG_UB", "MPI_WIN_SIZE",
                "freed." + own, "good." + ("type_key" if own == "key" else
                                           "key"))
    if kind == "rank" or name in ("rank", "local_leader", "remote_leader"):
        return ("-7", "99", "MPI_PROC_NULL", "MPI_ANY_SOURCE", "MPI_ROOT")
    if kind == "tag" or name == "tag":
        return ("-7", "MPI_ANY_TAG", "0x7fffffff")
    if kind == "errcode":
        return ("-1", "0", "999999", "MPI_ERR_LASTCODE", "good.class",
                "good.code")
    if name == "color":
        return ("-7", "MPI_UNDEFINED")
    if kind == "amode":
        return ("0", "MPI_MODE_RDONLY", "MPI_MODE_RDONLY | MPI_MODE_WRONLY",
                "-1", "MPI_MODE_EXCL")
    if kind in ("order", "typeclass", "splittype", "locktype", "whence",
                "winmode", "tclass"):
        return ("-9", "77")
    if name in ("extra_state", "flag", "commute", "reorder", "high", "key",
                "lb", "stride"):
        return ("-1",)
    if re.search(r"disp$|direction|offset", name):
        return ("-1", "99")
    return ("-1", "0", "99")


def before(slot):
    """Lines that make the call possible."""
    base = re.sub(r"_c$", "", slot)
    if base in ("Send", "Ssend", "Rsend", "Bsend", "Irsend"):
        return ["post();"] + (["attach();"] if base == "Bsend" else [])
    if base in ("Ibsend", "Bsend_init"):
        return ["attach();"]
    if base in ("Recv", "Irecv", "Probe", "Iprobe", "Mprobe", "Improbe"):
        return ["send();"]
    if base in ("Mrecv", "Imrecv"):
        return ["message = probed();"]
    if base in ("Wait", "Test", "Request_get_status"):
        return ["request = received();"]
    if re.match(r"(Wait|Test)(all|any|some)$", base):
        return ["array_of_requests[0] = received();"]
    if base in ("Cancel", "Request_free"):
        return ["request = post();"]
    if base == "Start":
        return ["request = persistent();"]
    if base == "Startall":
        return ["array_of_requests[0] = persistent();"]
    if base == "Grequest_complete":
        return ["request = general();"]
    if base.startswith("Pready"):
        return ["request = parts(1);"]
    if base == "Parrived":
        return ["request = parts(0);"]
    if base == "Buffer_detach":
        return ["attach();"]
    if base in ("Win_unlock_all", "Win_flush_all", "Win_flush_local_all"):
        return ["MPI_Win_lock_all(0, good.win);"]
    if re.match(r"Win_(flush|unlock|sync)", base) or re.match(
            r"R?(put|get|accumulate|get_accumulate)$|Compare_and|Fetch_and",
            base, re.I):
        return ["MPI_Win_lock(MPI_LOCK_EXCLUSIVE, 0, 0, good.win);"]
    if base in ("Win_complete", "Win_start"):
        return ["MPI_Win_post(good.group, 0, good.win);"] + (
            ["MPI_Win_start(good.group, 0, good.win);"]
            if base == "Win_complete" else [])
    if base in ("Win_wait", "Win_test"):
        return ["MPI_Win_post(good.group, 0, good.win);",
                "MPI_Win_start(good.group, 0, good.win);",
                "MPI_Win_complete(good.win);"]
    m = re.match(r"File_(.*)_end$", base)
    if m:
        at = "0, " if "_at" in base else ""
        return ["MPI_File_%s_begin(good.file, %sp_buf, 1, MPI_INT);" % (
            m.group(1), at)]
    return []
