#!/bin/sh
# SPDX-License-Identifier: MIT
# test_table.sh - mpi.tbl and the fronts against the installed MPI libraries
#
# Nothing a real library exports under an MPI name may be missing from the
# front; what the companion libraries import must be there; predefined objects
# have the real ones' sizes. Of the releases the table was written for it has
# all functions, and the ABIs right; of newer ones some say that they are
# missing. The generated code itself is checked against each mpi.h by its
# compilation.
#
# usage: test_table.sh [MPI...]; exit code 77 when one is not there
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

# names CONDITION: of the MPI functions whose row r of the table meets it.
names() {
	PYTHONDONTWRITEBYTECODE=1 PYTHONPATH=mpi-wrappers python3 -c "
from table import table
print('\\n'.join(r.name for r in table() if $1 and
                r.name[:4] in ('MPI_', 'MPIX') and r.cls != 'fortran'))" |
		sort -u
}
names True > "$tmp/table"

# whole ABI VERSION: is that the release the table is of?
whole() {
	case $1-$(pkg-config --modversion "$2") in
	mpich-4.0.* | openmpi-4.1.*) return 0 ;;
	esac
	echo "test_table: $1: $(grep -c 'FUNCTION(MPI' \
		"build/gen/missing_$1.c") functions say that they are missing"
	return 1
}

check() { # ABI PACKAGE REAL COMPANION...
	front=$FRONTS/front-$1.so
	real=$LIBDIR/$3
	abi=$1
	pkg=$2
	shift 3
	if [ ! -e "$real" ]; then
		lacking="$real is not installed"
		return
	fi
	# Open MPI 6's is two.
	two=$LIBDIR/$(basename "$real" | sed 's/libmpi/libopen_mpi/')
	[ -e "$two" ] && [ "$abi" = openmpi ] || two=
	for lib in "$real" $two; do defined "$lib"; done | sort -u > "$tmp/real"
	defined "$front" > "$tmp/front"
	if whole "$abi" "$pkg"; then
		grep -E '^MPIX?_' "$tmp/real" | grep -vE '_(STATUS(ES)?_IGNORE)$|_(UNWEIGHTED|WEIGHTS_EMPTY|ALL_HANDLES)$' |
			comm -23 - "$tmp/table" | nothing "$abi: not in mpi.tbl"
		names "'$(echo "$abi" | cut -c1)' in r.abis" | comm -23 - "$tmp/real" |
			nothing "$abi: only in mpi.tbl"
	fi
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
	undefined "$front" | grep -vE '^(malloc|free|environ|exit|fflush|setbuf|stdout|ompi_mpi_cxx_.*)$' |
		nothing "$abi: front imports"
	for lib in "$real" $two; do nm -D -S --defined-only "$lib"; done | awk 'NF == 4 && $3 ~ /[BD]/ {
		print $4, $2 }' | sort > "$tmp/sizes"
	nm -D -S --defined-only "$front" | awk 'NF == 4 && $3 ~ /[BD]/ {
		print $4, $2 }' | sort | join - "$tmp/sizes" |
		awk '$2 != $3 { print $1 }' | nothing "$abi: data of another size"
}

lacking=
[ $# -gt 0 ] || set -- mpich openmpi
for mpi; do
	case $mpi in
	mpich) check mpich mpich libmpich.so.12 libmpichfort.so.12 \
		libmpichcxx.so.12 ;;
	openmpi) check openmpi ompi-c libmpi.so.40 libmpi_mpifh.so.40 \
		libmpi_cxx.so.40 libmpi_usempif08.so.40 \
		libmpi_usempi_ignore_tkr.so.40 ;;
	esac
done

python3 mpi-wrappers/gen_coverage.py | cmp -s - docs/mpi-coverage.md ||
	echo docs/mpi-coverage.md | nothing "out of date"
[ ! -e "$tmp/bad" ] || exit 1
[ -z "$lacking" ] || {
	echo "test_table: $lacking"
	exit 77
}
