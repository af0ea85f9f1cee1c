#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""gen_coverage.py - docs/mpi-coverage.md from mpi.tbl; usage: > FILE

  | MPI_Bcast_init | 4.0 | x |  | passed through |
"""
from table import CLASSES, KINDS, table

HEAD = '''# MPI coverage

Generated from mpi-wrappers/mpi.tbl by mpi-wrappers/gen_coverage.py.

Every function that Debian's libmpich.so.12 and libmpi.so.40 export can be
called. What it means for checkpoints:

- **yes**: anything it makes survives a checkpoint and restart.
- **upper half**: answered without entering the lower half.
- **passed through**: works; while an object it made lives, a checkpoint is
  refused and the message names the function.
- **absent**: in the MPI 5.0 standard, but in neither library.

'''


def what(row):
    if row.alias:
        return 'as MPI_' + row.alias
    if row.cls != 'none' and any(
            p.base in KINDS and KINDS[p.base].passed for p in row.params):
        return 'passed through'
    return CLASSES[row.cls]


def main():
    rows = [r for r in table() if r.name[:4] in ('MPI_', 'MPIX') and
            r.cls != 'fortran']
    count = {}
    lines = []
    for r in rows:
        w = what(r)
        kind = 'another name' if w.startswith('as ') else w
        count[kind] = count.get(kind, 0) + 1
        lines.append('| %s | %s | %s | %s | %s |\n' % (
            r.name, r.since, 'x' if 'm' in r.abis else '',
            'x' if 'o' in r.abis else '', w))
    print(HEAD, end='')
    for kind, n in sorted(count.items(), key=lambda x: -x[1]):
        print('- %d %s' % (n, kind))
    print('\n| function | since | MPICH | Open MPI | checkpointable |\n'
          '|---|---|---|---|---|\n' + ''.join(lines), end='')


if __name__ == '__main__':
    main()
