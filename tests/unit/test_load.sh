#!/bin/sh
# SPDX-License-Identifier: MIT
# test_load.sh - a coordinator with 200 ranks: rounds commit (tests/bench/load.c)
set -eu
cd "$(dirname "$0")/../.."
out=$(build/tests/bench/load build/bin/mana_coordinator 200 20 2)
echo "$out"
echo "$out" | grep -q '^leave '
