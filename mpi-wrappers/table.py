# SPDX-License-Identifier: MIT
"""table.py - reads mpi.tbl, consts.tbl, early.tbl; what generators share"""
import os
import re

HERE = os.path.dirname(os.path.abspath(__file__))

# Standard handle type -> seam type.
HANDLES = {
    'MPI_Comm': 'comm', 'MPI_Group': 'group', 'MPI_Datatype': 'datatype',
    'MPI_Op': 'op', 'MPI_Request': 'request', 'MPI_Message': 'message',
    'MPI_Errhandler': 'errhandler', 'MPI_Info': 'info', 'MPI_Win': 'win',
    'MPI_File': 'file', 'MPI_Session': 'session',
}
# Kinds of int whose values have names (conv.h).
INTS = ('rank tag keyval errcode tlevel combiner order distrib darg typeclass '
        'splittype locktype amode winmode whence tclass weight cmp topo '
        'tbind tscope tverb').split()
NUMBERS = {'MPI_Aint': 'seam_aint', 'MPI_Count': 'seam_count',
           'MPI_Offset': 'seam_offset'}
# Passed as they are: the standard gives them no constants that matter here.
OPAQUE = ('MPI_T_enum MPI_T_cvar_handle MPI_T_pvar_handle MPI_T_pvar_session '
          'MPI_T_event_registration MPI_T_event_instance').split()
ENUMS = ('MPI_T_cb_safety', 'MPI_T_source_order')
# Classes of rows whose function in the back is generated.
GENERATED = ('call', 'coll', 'icoll', 'pass', 'local')
# Rows whose pointer to a handle (or keyval) is read as well.
INOUT = re.compile(r'(.*_)?(free|free_keyval|disconnect|close|finalize)$|'
                   r'(Wait|Test|Start|Cancel|Type_commit|I?mrecv(_c)?|'
                   r'Mrecv(_c)?)$')


class Param:
    """One parameter: base type, stars, array length, const or not."""

    def __init__(self, text):
        m = re.match(r'^(.*?)(\w+)((?:\[[^]]*\])*)$', text)
        left, self.name, self.array = m.groups()
        self.const = 'const' in left
        self.stars = left.count('*')
        self.base = left.replace('const', '').replace('*', '').strip()
        m = re.match(r'\[([^]]+)\]$', self.array)
        self.length = m.group(1) if m else None
        self.out = (self.stars > 0 or bool(self.array)) and not self.const
        self.fn = self.base.endswith(('_function', '_function_c'))

    def seam_type(self):
        b = self.base
        if self.fn:
            return 'void' if self.stars else 'void *'
        if b in HANDLES:
            return 'seam_' + HANDLES[b]
        if b == 'MPI_Status':
            return 'struct seam_status'
        if b in OPAQUE or b in ENUMS:
            return 'void *' if b in OPAQUE else 'int'
        return NUMBERS.get(b, 'int' if b in INTS else b)

    def native_type(self):
        return 'int' if self.base in INTS else self.base

    def declare(self, base, seam=False):
        stars = '*' * self.stars
        if self.name == '...':
            return '...'
        array = self.array.replace('[%s]' % self.length, '[]')
        if seam:  # rows of ranges are flat
            array = array.replace('[][3]', '[]')
        gap = '' if base.endswith('*') else ' '
        return '%s%s%s%s%s%s' % ('const ' if self.const else '', base, gap,
                                 stars, self.name, array)


class Row:
    def __init__(self, cls, since, abis, proto):
        self.cls = cls.rstrip('!')
        self.by_hand = cls.endswith('!')
        self.since, self.abis = since, abis
        m = re.match(r'(.*?)(\w+)(?:\((.*)\))?$', proto)
        self.returns, self.name = m.group(1).strip(), m.group(2)
        text = m.group(3)
        self.typed = text is not None
        self.params = [] if text in (None, '', 'void') else [
            Param(p.strip()) for p in text.split(',') if p.strip() != '...']
        self.slot = re.sub(r'^MPI_', '', re.sub(r'^MPIX_', 'X_', self.name))
        self.alias = self.cls[1:] if self.cls[0] == '=' else None
        self.in_gate = self.cls in GENERATED + ('hand', 'hot')

    def reads(self, p):
        """The call reads the handle (or keyval) that p points to."""
        return bool(INOUT.match(self.slot)) and not (
            p.base == 'MPI_Request' and 'mrecv' in self.slot)

    def native_params(self):
        return ', '.join(p.declare(p.native_type())
                         for p in self.params) or 'void'

    def seam_params(self):
        return ', '.join(p.declare(p.seam_type(), seam=True)
                         for p in self.params) or 'void'


def table():
    rows = []
    with open(os.path.join(HERE, 'mpi.tbl')) as f:
        for line in f:
            if line.strip() and line[0] != '#':
                rows.append(Row(*line.split(None, 3)))
    return rows


def early():
    """(when, ABIs, releases, patterns) of early.tbl."""
    out = []
    with open(os.path.join(HERE, 'early.tbl')) as f:
        for line in f:
            if line.strip() and line[0] != '#':
                out.append(line.split(None, 3))
    return [(when, abis, '123' if r == '*' else r, p.split())
            for when, abis, r, p in out]


class Symbol:
    """What the installed library exports, as gen_symbols.py found it."""

    def __init__(self, kind, size, wanted=''):
        self.kind, self.size, self.wanted = kind, int(size), wanted != ''


def symbols(path):
    with open(path) as f:
        return {name: Symbol(*fields)
                for name, *fields in map(str.split, f)}


def consts():
    """(kind, name, value) of every constant, in order."""
    out = []
    with open(os.path.join(HERE, 'consts.tbl')) as f:
        for line in f:
            if line.strip() and line[0] != '#':
                out.append(line.strip().split('\t', 2))
    return out
