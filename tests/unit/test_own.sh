#!/bin/sh
# SPDX-License-Identifier: MIT
# test_own.sh - who makes system calls in the lower halves
#
# Descriptors and mappings are told apart by what the lower half's libc and
# loader are asked for (lower-half/own.h). So no library below them may have
# system call instructions of its own, but for what makes neither.
set -u
cd "$(dirname "$0")/../.." || exit 1
LIBDIR=${MPI_LIBDIR:-/usr/lib/x86_64-linux-gnu}
allowed="brk" # ucm_brk_syscall of libucm: the heap is known by its name

libraries() {
	for l in build/lib/mana/lower-*; do
		ldd "$l"
	done | awk '/=> \//{print $3}'
	find "$LIBDIR/openmpi" "$LIBDIR/pmix2" \
		"$LIBDIR/ucx" -name '*.so*' -type f 2>/dev/null
}

calls() {
	objdump -d --no-show-raw-insn "$1" |
		awk -v f="$1" '/^[0-9a-f]+ <.*>:$/ { name = $2 }
			/\tsyscall *$/ { print f, name }'
}

if [ "${1:-}" = --calls ]; then
	calls "$2"
	exit
fi
command -v objdump >/dev/null || {
	echo "objdump is not installed"
	exit 77
}
found=$(libraries | sort -u |
	grep -vE '/(libc|libpthread|librt|ld-linux-x86-64)\.so' |
	xargs -P 2 -n 1 "$0" --calls | grep -vE "$allowed")
if [ -n "$found" ]; then
	echo "test_own: system calls that are not seen: $found" >&2
	exit 1
fi
