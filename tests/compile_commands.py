#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""compile_commands - what `make -n` prints (stdin), as clangd reads it (stdout):
https://clang.llvm.org/docs/JSONCompilationDatabase.html"""
import json
import os
import shlex
import sys

SOURCES = (".c", ".S", ".cc")


def entries(lines):
    for line in lines:
        try:
            words = shlex.split(line)
        except ValueError:
            continue
        if "-c" not in words or "-o" not in words:
            continue
        for word in words[1:]:
            if word.endswith(SOURCES) and os.path.exists(word):
                yield {"directory": os.getcwd(), "file": word,
                       "arguments": words}


text = sys.stdin.read().replace("\\\n", " ")
json.dump(list(entries(text.splitlines())), sys.stdout, indent=0)
