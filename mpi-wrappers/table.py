# SPDX-License-Identifier: MIT
"""table.py - reads mpi.tbl, consts.tbl, early.tbl; what generators share

A line of mpi.tbl is a kind of handle or a function:

  kind TYPE SEAM DESC WORD...
      TYPE: the standard's name. SEAM: the seam's, seam_SEAM; "-" for a handle
      of MPI_T, which crosses as it is. DESC: its descriptor is a DESC_DESC
      (desc.h); "-": it has none.
      owner    a call on such an object raises its errors there
      undo     one process can free what was made by mistake (gen_ask.py)
      passed   no checkpoint while one lives

  CLASS SINCE ABIS PROTOTYPE
      CLASS, who does the work in the back:
        front    nobody: the front alone, by hand; no row in the gate's table
        local    the front answers, by hand, from descriptors; what it cannot
                 answer, wrong arguments above all, the native library does
        local:VALUE,...  the same, generated: what the pointers get, in order,
                 where d is the handle's descriptor. [CONDITION] before it: else
                 the native library is asked. VALUE|VALUE: the second in the
                 large one of a pair; nothing before it: by hand
        =NAME    another name of the row NAME (removed or renamed functions)
        call     generated: convert, native call, convert back
        coll     the same, counted by the collective clock
        icoll    the same, and it makes a request or a communicator
        pcoll    a persistent collective: no checkpoint while the request lives
        cpass    a collective; no checkpoint while what it made lives
        pass     as call; no checkpoint while what it made lives
        part     as pass, and the request is a persistent one
        hand     written by hand (back/); what that refuses the native library
                 is asked about (gen_ask.py)
        hot      by hand, without a step between: it asks by itself
        hot:CALL as via:CALL, without a step between: compiled in the file that
                 CALL's first word names (build/gen/hot.h)
        own      by hand, and nobody is asked
        comm:HOW a communicator's constructor, collective over its first
                 parameter; HOW: COMM_HOW of comm.h, and after a comma, where
                 there is more to note, a call, in which c is what was made, p
                 what it was made of.
                 What is refused is asked about (gen_comm.py)
        via:CALL a function by hand that several rows share (back/core/rows.h),
                 called as CALL says, where "..." is all parameters in order,
                 fn the function's name, and large 1 in the large one of a
                 pair, else 0; what it refuses is asked about. CALL|CALL: the
                 second in the large one
        type     a datatype's constructor: generated; its arguments are kept,
                 and it is called again at a restart (gen_kept.py); what
                 fails is asked about as of hand
        none     neither real MPI has it: only in the coverage page
        fortran  only libmpi_mpifh has it; by hand (front/mpifh)
      "!" after it: the front's function is written by hand as well.
      SINCE: the MPI standard that brought it; x: not in the standard.
      ABIS: m when libmpich.so.12 exports it, o when libmpi.so.40 does, those
      of Debian 12: for the coverage page (what is built is what the installed
      library exports, gen_symbols.py). f: Open MPI's Fortran function is
      written by hand (front/mpifh).
      PROTOTYPE: the standard's, with these types and words. Without one the
      function is checked against the real mpi.h alone.

  Types, in the place of int: rank, tag, keyval, errcode ... (INTS): its values
  have names (conv.h). For pairs of functions: count is int, and MPI_Count in
  the function with _c at its end; displ int and MPI_Aint; extent MPI_Aint and
  MPI_Count; NAME(_c) is NAME and NAME_c. One row stands for both functions;
  the second is of MPI 4.0, which MPICH has.

  Words before the type of a parameter that is a pointer:
      inout      the call reads the handle, keyval or status, and writes it
      freed      inout, and the object is no more when the call succeeds
      out        of void *: the call writes to it
      null       of a char *: may be NULL all the same
      whole      of a status: MPICH writes its MPI_ERROR as well
      index      of an int: a place in an array, which Fortran counts from 1
  and of others:
      unchecked  of an info: Open MPI follows the handle without looking at it
      file       of a char *: it names a file, or a form of files. Errors of the
                 call are MPI_FILE_NULL's, as of all that have an MPI_File

  In brackets after an array of handles, statuses or named ints its length: the
  name of a parameter, "*" and that of a pointer, or @peers, @in, @out: as many
  as the communicator has (peers.h). After char MPI_MAX_X: the call writes a
  string, for which the caller has so much room."""
import os
import re

HERE = os.path.dirname(os.path.abspath(__file__))

# Kinds of int whose values have names (conv.h).
INTS = ('rank tag keyval errcode tlevel combiner order distrib darg typeclass '
        'splittype locktype amode winmode whence tclass weight cmp topo '
        'tbind tscope tverb').split()
FLAGS = ('amode', 'winmode')  # of these, sets of flags
NUMBERS = {'MPI_Aint': 'seam_aint', 'MPI_Count': 'seam_count',
           'MPI_Offset': 'seam_offset'}
ENUMS = ('MPI_T_cb_safety', 'MPI_T_source_order')
PLAIN = ('int', 'char', 'void', 'MPI_Status', 'struct front_shims')
# Types of the two functions of a row.
PAIRS = {'count': ('int', 'MPI_Count'), 'displ': ('int', 'MPI_Aint'),
         'extent': ('MPI_Aint', 'MPI_Count')}
WORDS = ('inout', 'freed', 'out', 'null', 'whole', 'index', 'unchecked',
         'file')
# Lengths of arrays that the communicator has: blocks, neighbours.
PEERS = {'@peers': 'peers_all(c)', '@in': 'peers_in(c)', '@out': 'peers_out(c)'}
# Classes, and what the coverage page says of them.
CLASSES = {
    'front': 'upper half', 'local': 'upper half', 'call': 'yes', 'coll': 'yes',
    'icoll': 'yes', 'hand': 'yes', 'hot': 'yes', 'own': 'yes',
    'via': 'yes', 'comm': 'yes',
    'type': 'yes',
    'pcoll': 'passed through', 'cpass': 'passed through',
    'pass': 'passed through', 'part': 'passed through', 'none': 'absent',
    'fortran': '',
}
GENERATED = ('call', 'coll', 'icoll', 'pcoll', 'cpass', 'pass', 'part', 'local')
CLOCKED = ('coll', 'icoll', 'pcoll', 'cpass')


class Wrong(Exception):
    """What is wrong with a line, and what to do."""


def lines(name):
    """(line, where it is) of a table, without comments."""
    with open(os.path.join(HERE, name)) as f:
        for n, line in enumerate(f, 1):
            if line.strip() and line[0] != '#':
                yield line.rstrip('\n'), '%s:%d' % (name, n)


class Kind:
    """A kind of handle."""

    def __init__(self, base, seam, desc, *words):
        for w in words:
            if w not in ('owner', 'undo', 'passed'):
                raise Wrong('no word "%s" for a kind: owner, undo, passed' % w)
        self.base = base
        self.seam = None if seam == '-' else seam
        self.desc = None if desc == '-' else 'DESC_' + desc
        self.owner, self.undo, self.passed = (
            w in words for w in ('owner', 'undo', 'passed'))
        # In the names of functions: MPI_Type_free.
        self.c_name = 'Type' if seam == 'datatype' else base[4:]


def read(name, take):
    """take(line) of every line of a table; says where one is wrong."""
    out = []
    for line, where in lines(name):
        try:
            out += take(line)
        except Wrong as e:
            raise SystemExit('%s: %s' % (where, e)) from None
    return out


KINDS = {k.base: k for k in read('mpi.tbl', lambda line: [
    Kind(*line.split()[1:])] if line.startswith('kind ') else [])}
# Standard handle type -> seam type.
HANDLES = {k.base: k.seam for k in KINDS.values() if k.seam}
# Passed as they are: the standard gives them no constants that matter here.
OPAQUE = [k.base for k in KINDS.values() if not k.seam]


class Param:
    """One parameter: words, base type, stars, array length, const or not."""

    def __init__(self, text, large=False):
        m = re.match(r'((?:(?:%s) )*)(.*?)(\w+)((?:\[[^]]*\])*)$' %
                     '|'.join(WORDS), text)
        if not m:
            raise Wrong('"%s" is no parameter: WORD... TYPE NAME' % text)
        words, left, self.name, self.array = m.groups()
        self.words = words.split()
        self.const = 'const' in left
        self.stars = left.count('*')
        base = left.replace('const', '').replace('*', '').strip()
        self.pair = base in PAIRS or base.endswith('(_c)')
        self.base = self.resolve(base, large)
        m = re.match(r'\[([^]]+)\]$', self.array)
        self.length = m.group(1) if m else None
        self.limit = None
        if base == 'char' and (self.length or '').startswith('MPI_MAX_'):
            self.limit, self.length = self.length[8:], None
            self.array, self.stars = '', 1
        self.out = (self.stars > 0 or bool(self.array)) and not self.const
        self.fn = self.base.endswith(('_function', '_function_c'))
        self.check()

    @staticmethod
    def resolve(base, large):
        if base.endswith('(_c)'):
            return base.replace('(_c)', '_c' if large else '')
        return PAIRS[base][large] if base in PAIRS else base

    def check(self):
        known = self.fn or self.base in PLAIN + ENUMS or self.base in INTS or \
            self.base in NUMBERS or self.base in KINDS
        if not known:
            raise Wrong('no type "%s" (of %s): one of the standard, of INTS or '
                        'of PAIRS (table.py), or a kind above' % (
                            self.base, self.name))
        if not self.out and self.words not in ([], ['unchecked'], ['file']):
            raise Wrong('"%s" is for a pointer that is written to, which %s is '
                        'not' % (self.words[0], self.name))

    @property
    def read(self):
        """The call reads what it points to, and writes it."""
        return 'inout' in self.words or 'freed' in self.words

    @property
    def freed(self):
        return 'freed' in self.words

    def says(self, word):
        return word in self.words

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
        array = self.array.replace('[%s]' % self.length, '[]')
        if seam:  # rows of ranges are flat
            array = array.replace('[][3]', '[]')
        gap = '' if base.endswith('*') else ' '
        return '%s%s%s%s%s%s' % ('const ' if self.const else '', base, gap,
                                 stars, self.name, array)


class Row:
    """One function; of a pair the small one, or the large one."""

    def __init__(self, cls, since, abis, proto, large=False):
        self.cls = cls.rstrip('!')
        self.via = None
        if ':' in self.cls:  # via:CALL, comm:HOW
            self.cls, self.via = self.cls.split(':', 1)
        self.by_hand = cls.endswith('!')
        self.since, self.abis = since, abis.replace('f', '')
        self.fortran_by_hand = 'f' in abis
        m = re.match(r'(.*?)(\w+)(?:\((.*)\))?$', proto)
        self.returns, self.name = m.group(1).strip(), m.group(2)
        text = m.group(3)
        self.typed = text is not None
        self.params = [] if text in (None, '', 'void') else [
            Param(p.strip(), large) for p in text.split(',')
            if p.strip() != '...']
        self.is_pair = any(p.pair for p in self.params)
        self.small = self.large = None  # the other one of a pair
        if large:
            self.name += '_c'
            self.since = max(since, '4.0')
            self.abis = 'm-' if 'm' in abis else '--'
        self.slot = re.sub(r'^MPI_', '', re.sub(r'^MPIX_', 'X_', self.name))
        self.alias = self.cls[1:] if self.cls[0] == '=' else None
        self.generated = self.cls in GENERATED
        self.clocked = self.cls in CLOCKED
        self.persistent = self.cls in ('pcoll', 'part')
        self.files = any(p.base.startswith('MPI_File') or p.says('file')
                         for p in self.params)
        self.in_gate = self.generated or self.cls in (
            'hand', 'hot', 'own', 'type', 'comm', 'via')
        # The native library is asked about what the back refuses.
        self.asked = self.cls in ('hand', 'hot', 'type', 'comm', 'via')
        # By a function between the gate's table and back_X.
        self.has_gate = self.asked and self.cls != 'hot'
        if self.via:
            self.via = self.via.split('|')[-1 if large else 0]
        self.check()

    def check(self):
        if not self.alias and self.cls not in CLASSES:
            raise Wrong('%s: no class "%s": one of %s, or =NAME' % (
                self.name, self.cls, ' '.join(CLASSES)))
        if not re.match(r'(\d\.\d|x)$', self.since):
            raise Wrong('%s: since "%s": the MPI standard, as 4.0, or x' % (
                self.name, self.since))
        if not re.match(r'[m-][o-]$', self.abis):
            raise Wrong('%s: ABIs "%s": m or -, o or -, perhaps f' % (
                self.name, self.abis))
        if (self.cls == 'via' or self.via and self.cls == 'hot') and \
                not re.match(r'\w+\([\w.,-]*\)$', self.via or ''):
            raise Wrong('%s: "%s:%s" calls nothing: %s:FUNCTION(ARG,...)' % (
                self.name, self.cls, self.via, self.cls))
        if self.cls == 'comm' and not re.match(r'[A-Z]+(,\w+\([\w,]+\))?$',
                                               self.via or ''):
            raise Wrong('%s: "comm:%s": comm:HOW or comm:HOW,CALL' % (
                self.name, self.via))
        if self.in_gate and not self.typed:
            raise Wrong('%s: class %s needs a prototype' % (
                self.name, self.cls))
        names = [p.name for p in self.params]
        for p in self.params:
            if p.length and p.length not in PEERS and \
                    p.length.lstrip('*') not in names:
                raise Wrong('%s: length "%s" of %s is no parameter, nor one of '
                            '%s' % (self.name, p.length, p.name,
                                    ' '.join(PEERS)))

    def native_params(self):
        return ', '.join(p.declare(p.native_type())
                         for p in self.params) or 'void'

    def seam_params(self):
        return ', '.join(p.declare(p.seam_type(), seam=True)
                         for p in self.params) or 'void'


def functions(line):
    """The rows of a line: none, one or two."""
    fields = line.split(None, 3)
    if fields[0] == 'kind':
        return []
    if len(fields) < 4:
        raise Wrong('"%s": CLASS SINCE ABIS PROTOTYPE' % line)
    row = Row(*fields)
    if not row.is_pair:
        return [row]
    row.large = Row(*fields, large=True)
    row.large.small = row
    return [row, row.large]


def table():
    rows = read('mpi.tbl', functions)
    slots = set()
    for r in rows:
        if r.slot in slots:
            raise SystemExit('mpi.tbl: %s is there twice: one row stands for a '
                             'function and its _c' % r.name)
        slots.add(r.slot)
    for r in rows:
        if r.alias and r.alias not in slots:
            raise SystemExit('mpi.tbl: %s: no row %s' % (r.name, r.alias))
    return rows


def early():
    """(when, ABIs, releases, patterns) of early.tbl."""
    fields = [line.split(None, 3) for line, _ in lines('early.tbl')]
    return [(when, abis, '123' if r == '*' else r, p.split())
            for when, abis, r, p in fields]


class Symbol:
    """What the installed library exports, as gen_symbols.py found it."""

    def __init__(self, kind, size, wanted=''):
        self.kind, self.size, self.wanted = kind, int(size), wanted != ''


def symbols(path):
    with open(path) as f:
        return {name: Symbol(*fields)
                for name, *fields in map(str.split, f)}


def consts():
    """[kind, name, value] of every constant, in order."""
    return [line.strip().split('\t', 2) for line, _ in lines('consts.tbl')]
