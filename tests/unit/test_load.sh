#!/bin/sh
# SPDX-License-Identifier: MIT
# test_load.sh - a coordinator with 200 ranks, gathered or not: rounds commit
# (tests/bench/load.c)
set -eu
cd "$(dirname "$0")/../.."
for gathered in 0 64; do
	out=$(build/tests/bench/load build/bin/mana_coordinator 200 20 2 \
		$gathered)
	echo "$out"
	echo "$out" | grep -q '^leave '
done
