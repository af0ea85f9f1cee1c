#!/bin/sh
# SPDX-License-Identifier: MIT
# test_table.sh - mpi.tbl and the fronts against the installed MPI libraries
#
# Nothing a real library exports under an MPI name may be missing from the
# table or the front; what the companion libraries import must be there; no
# predefined object may be larger than the real one. The generated code itself
# is checked against each mpi.h by its compilation.
set -u
cd "$(dirname "$0")/../.." || exit 1
LIBDIR=${MPI_LIBDIR:-/usr/lib/x86_64-linux-gnu}
FRONTS=${FRONTS:-build/lib/mana}
tmp=$(mktemp -d) || exit 1
trap 'rm -rf "$tmp"' EXIT

defined() { nm -D --defined-only "$1" | awk '{print $3}' | sed 's/@.*//' |
	sort -u; }
undefined() { nm -D --undefined-only "$1" | awk '{print $2}' |
	sed 's/@.*//' | sort -u; }
# nothing WHAT: stdin must be empty
nothing() {
	cat > "$tmp/left"
	[ -s "$tmp/left" ] || return 0
	echo "test_table: $1: $(head -20 "$tmp/left" | tr "\n" " ")" >&2
	touch "$tmp/bad" # a variable would be the pipeline's own
}

grep -v '^#' mpi-wrappers/mpi.tbl | sed -n 's/.*[ *]\(MPIX\{0,1\}_[A-Za-z0-9_]*\)\((.*\)\{0,1\}$/\1/p' |
	sort -u > "$tmp/table"

check() { # ABI REAL COMPANION...
	front=$FRONTS/front-$1.so
	real=$LIBDIR/$2
	abi=$1
	shift 2
	if [ ! -e "$real" ]; then
		echo "test_table: $real is not installed: skipped"
		return
	fi
	defined "$real" > "$tmp/real"
	defined "$front" > "$tmp/front"
	grep -E '^MPIX?_' "$tmp/real" | grep -vE '_(STATUS(ES)?_IGNORE)$|_(UNWEIGHTED|WEIGHTS_EMPTY|ALL_HANDLES)$' |
		comm -23 - "$tmp/table" | nothing "$abi: not in mpi.tbl"
	grep -E '^P?MPIX?_|^MPI[IR]_|^OMPI_C_|^QMPI' "$tmp/real" |
		grep -vE '^MPIR_(debug|dll)' |
		comm -23 - "$tmp/front" | nothing "$abi: not in the front"
	for companion; do
		[ -e "$LIBDIR/$companion" ] || continue
		undefined "$LIBDIR/$companion" | comm -12 - "$tmp/real" |
			comm -23 - "$tmp/front" |
			nothing "$companion needs of the front"
	done
	readelf -d "$front" | grep NEEDED | nothing "$abi: front needs"
	undefined "$front" | grep -vE '^(malloc|free|environ|ompi_mpi_cxx_.*)$' |
		nothing "$abi: front imports"
	nm -D -S --defined-only "$real" | awk 'NF == 4 && $3 ~ /[BD]/ {
		print $4, $2 }' | sort > "$tmp/sizes"
	nm -D -S --defined-only "$front" | awk 'NF == 4 && $3 ~ /[BD]/ {
		print $4, $2 }' | sort | join - "$tmp/sizes" |
		awk '$2 != $3 { print $1 }' | nothing "$abi: data of another size"
}

check mpich libmpich.so.12 libmpichfort.so.12 libmpichcxx.so.12
check openmpi libmpi.so.40 libmpi_mpifh.so.40 libmpi_cxx.so.40 \
	libmpi_usempif08.so.40 libmpi_usempi_ignore_tkr.so.40

python3 mpi-wrappers/gen_coverage.py | cmp -s - docs/mpi-coverage.md ||
	echo docs/mpi-coverage.md | nothing "out of date"
[ ! -e "$tmp/bad" ]
