#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""gen_symbols.py - what an installed MPI library exports, and to whom

usage: gen_symbols.py OUTPUT COMPILER -LDIR... -lNAME...

The front exports what the library does, and no more: programs and the
library's companions (Fortran, C++ ...) are linked with those names. Lines of
OUTPUT: name, function | data | zero (data without contents), size, and
wanted where a companion, a library beside it, imports it:

  MPI_Send function 678 wanted
"""
import glob
import os
import subprocess
import sys
import tempfile

KINDS = {'T': 'function', 'W': 'function', 'i': 'function', 'B': 'zero'}


def libraries(linker):
    """The files that the linker takes for -lNAME."""
    names = ['lib%s.so' % a[2:] for a in linker if a.startswith('-l')]
    with tempfile.TemporaryDirectory() as work:
        said = subprocess.run(
            linker + ['-shared', '-nostdlib', '-Wl,-t', '-o', work + '/x'],
            check=True, stdout=subprocess.PIPE, text=True).stdout
    return [os.path.realpath(line) for line in said.splitlines()
            if os.path.basename(line) in names]


def nm(path, which):
    """Fields of each symbol; the version is cut off the name."""
    said = subprocess.run(['nm', '-D', '-S', which, path], check=True,
                          stdout=subprocess.PIPE, text=True).stdout
    for line in said.splitlines():
        fields = line.split()
        yield fields[-1].split('@')[0], fields[-2], fields[:-2]


def main(output, *linker):
    libs = libraries(list(linker))
    if not libs:
        raise SystemExit('gen_symbols: no library: ' + ' '.join(linker))
    beside = {os.path.realpath(f) for lib in libs for f in glob.glob(
        os.path.join(os.path.dirname(lib), 'libmpi*.so*'))} - set(libs)
    wanted = {name for lib in beside
              for name, _, _ in nm(lib, '--undefined-only')}
    lines = set()
    for lib in libs:
        for name, letter, where in nm(lib, '--defined-only'):
            lines.add('%s %s %d%s\n' % (
                name, KINDS.get(letter, 'data'),
                int(where[1], 16) if len(where) > 1 else 0,
                ' wanted' if name in wanted else ''))
    with open(output, 'w') as f:
        f.write(''.join(sorted(lines)))


if __name__ == '__main__':
    main(*sys.argv[1:])
