#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""docs.py - what documents and comments name is there

usage: git ls-files | docs.py

Prints a line for each
- source file that a document or a comment names, and no path ends in;
- directory or identifier in `backticks` of a document that is not there;
- link of a document that leads nowhere.
Capitals in a name (front/ABI/abi.h, test_X.c) and x (ompi_x_f) stand for many.
"""
import os
import re
import sys

# Generated; of the kernel or other systems; examples. Headers that are included
# in <> are known anyway.
OTHERS = set('''mpi_table.h handles_mpich.h data_openmpi.c seam.h ask.h
    front_ask.h front_local.h back_table.h conv_ints.h handles.h closed.h back_mpich.c
    back_openmpi.c mpifh.c missing_mpifh.c mpif.h linux/fs.h asm/signal.h
    posix-timers_types.h hot.h hydra/mpiexec/options.c arch/x86/mm/mmap.c fs/binfmt_elf.c app.c
    module_verb'''.split())
COMMENT = {'md': r'.*', 'py': r'""".*?"""|#[^\n]*'}
COMMENT.update(dict.fromkeys(('c', 'h', 'S', 'cc'), r'/\*.*?\*/|//[^\n]*'))
SOURCE = re.compile(r'(?<![\w./~$*<>%{}-])((?:[\w.-]+/)*[\w-]+\.'
                    r'(?:c|cc|h|S|lds|py|tbl|mk|md|sh|inc))(?![\w/*(-]|\.\w)')
TICKS = re.compile(r'`([^`\n]+)`')
LINK = re.compile(r'\]\(([^)\s#]*)(#[^)\s]+)?\)')
WORD = re.compile(r'[a-z][a-z0-9]*(_[a-z0-9]+)+$')
MANY = re.compile(r'(^|[/_.-])([A-Z]+|x)([/_.]|$)')
TEXT = re.compile(r'\.([chS]|cc|py|tbl|mk|md|sh|inc|f|f90|lds|[1-8])$|'
                  r'^[^.]+$|^\.ci/')


class Tree:
    def __init__(self, names):
        self.text = {}
        for n in filter(TEXT.search, names):
            with open(n, errors='replace') as f:
                self.text[n] = f.read()
        self.ends = set()  # of all paths of files and directories
        for n in names:
            parts = n.split('/')
            for i in range(len(parts)):
                for j in range(i + 1, len(parts) + 1):
                    self.ends.add('/'.join(parts[i:j]))
        code = ''.join(t for n, t in self.text.items()
                       if not n.endswith('.md'))
        self.words = set(re.findall(r'\w+', code))
        self.system = set(re.findall(r'#\s*include <([^>]+)>', code))

    def has(self, path):
        path = re.sub(r'^(\.?\.?/)+', '', path).rstrip('/')
        return path in self.ends or path + '.c' in self.ends or \
            path in self.system or path in OTHERS or \
            os.path.basename(path) in OTHERS or \
            path.startswith('build/') or MANY.search(path)


def comments(name, text):
    """(number, line) of what is said in words."""
    what = COMMENT.get(name.split('.')[-1], r'#[^\n]*')
    for m in re.finditer(what, text, re.S):
        first = text.count('\n', 0, m.start()) + 1
        yield from enumerate(m.group().splitlines(), first)


def anchors(text):
    """As GitHub makes them of headings."""
    return ['#' + re.sub(r'[^\w\- ]', '', h.lower()).replace(' ', '-')
            for h in re.findall(r'^#+ +(.*)$', text, re.M)]


def sources(tree, line):
    return [p for p in SOURCE.findall(line) if not tree.has(p)]


def ticks(tree, line):
    """Directories, programs without a suffix, identifiers."""
    out = []
    for text in TICKS.findall(line):
        first = text.split()[0]
        if '/' in first and re.match(r'[\w.][\w./-]*$', first) and \
                not first.startswith('./') and not tree.has(first):
            out.append(first)
        name = re.sub(r'\(.*\)$', '', text)
        if WORD.match(name) and name not in tree.words and \
                not tree.has(name):
            out.append(name)
    return out


def links(tree, name, line):
    out = []
    for to, anchor in LINK.findall(line):
        if re.match(r'\w+:', to):
            continue
        path = os.path.normpath(os.path.join(os.path.dirname(name), to)) \
            if to else name
        if not os.path.exists(path) or anchor and anchor not in anchors(
                tree.text.get(path, '')):
            out.append('(%s%s)' % (to, anchor))
    return out


def main():
    tree = Tree(sys.stdin.read().split())
    for name, text in tree.text.items():
        if name == 'tests/docs.py':
            continue
        for n, line in comments(name, text):
            wrong = sources(tree, line)
            if name.endswith('.md') and name != 'docs/mpi-coverage.md':
                wrong += ticks(tree, line) + links(tree, name, line)
            for w in dict.fromkeys(wrong):
                print('%s:%d: there is no %s' % (name, n, w))


if __name__ == '__main__':
    main()
