#!/bin/sh
# SPDX-License-Identifier: MIT
# test_fortran_symbols.sh - ours has every symbol of the real libmpi_mpifh.so.40
#
# usage: test_fortran_symbols.sh [BUILD]; exit 77 when Open MPI is not there
set -eu
PATH=$PATH:/usr/sbin:/sbin # ldconfig, which users have not
lib=${1:-build}/lib/mana/front-openmpi-mpifh.so
real=$(ldconfig -p | awk '$1 == "libmpi_mpifh.so.40" { print $NF; exit }')
[ -n "$real" ] || {
	echo "libmpi_mpifh.so.40 is not installed"
	exit 77
}
# A class of its own and a place holder; _fini and such.
not_ours='^(ompi_intercept_extra_state_t_class|mpiext_pcollreq_mpifh_dummy|_.*)$'

tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
names() {
	nm -D --defined-only "$1" | awk '{ print $3 }' | sed 's/@.*//' | sort -u
}
names "$real" | grep -Ev "$not_ours" >"$tmp/real"
names "$lib" >"$tmp/ours"
comm -23 "$tmp/real" "$tmp/ours" >"$tmp/missing"
if [ -s "$tmp/missing" ]; then
	echo "missing in $lib:"
	cat "$tmp/missing"
	exit 1
fi
# Names that libmpi_usempi* and libmpi_usempif08 take from any MPI library.
for user in libmpi_usempif08.so.40 libmpi_usempi_ignore_tkr.so.40; do
	path=$(ldconfig -p | awk -v n=$user '$1 == n { print $NF; exit }')
	[ -n "$path" ] || continue
	nm -D --undefined-only "$path" | awk '{ print $2 }' |
		grep -E '^p?o?mpi.*_(f)?$' | sort -u | comm -23 - "$tmp/ours" \
		>"$tmp/missing"
	if [ -s "$tmp/missing" ]; then
		echo "missing for $user:"
		cat "$tmp/missing"
		exit 1
	fi
done
echo "$(wc -l <"$tmp/real") symbols"
