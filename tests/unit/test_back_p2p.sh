#!/bin/sh
# SPDX-License-Identifier: MIT
# test_back_p2p.sh - the back's point-to-point part over checkpoints and
# restarts, without a process around it (tests/unit/back/p2p.c); speed: numbers
cd "$(dirname "$0")/../.." || exit 99
what=${1:-p2p}
out=$(mktemp -d /tmp/mana-back.XXXXXX) || exit 99
trap 'rm -rf "$out"' EXIT
ran=0
for mpi in mpich openmpi; do
	command -v mpicc.$mpi >/dev/null && command -v mpirun.$mpi >/dev/null ||
		continue
	[ -e build/obj/$mpi/build/gen/back_$mpi.c.o ] || continue
	flags=
	back= # of sources that are there: objects stay when theirs go
	for c in mpi-wrappers/back/*.c; do
		back="$back build/obj/$mpi/$c.o"
	done
	[ $mpi = mpich ] || flags="--allow-run-as-root --oversubscribe"
	mpicc.$mpi -std=gnu11 -O2 -g -D_GNU_SOURCE -I. -Icommon \
		-Icommon/arch/x86_64 -Ibuild/gen -o "$out/$mpi" \
		tests/unit/back/harness.c tests/unit/back/$what.c \
		common/keep.c $back \
		build/obj/$mpi/build/gen/back_$mpi.c.o \
		-lxxhash -lffi -lpthread || exit 1
	echo "$mpi:"
	timeout 120 mpirun.$mpi $flags -n 2 "$out/$mpi" || exit 1
	ran=1
done
[ $ran = 1 ] || exit 77
