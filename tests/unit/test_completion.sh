#!/bin/bash
# SPDX-License-Identifier: MIT
# test_completion.sh - what bash offers for each program after TAB
cd "$(dirname "$0")/../.." || exit 1
top=$PWD
at=${MANA_COMPLETIONS:-$top/share/bash-completion/completions}
tmp=$(mktemp -d) || exit 1
trap 'rm -rf "$tmp"' EXIT
PATH=${MANA_BIN:-$top/build/bin}:$PATH
mkdir "$tmp/ckpt-dir"
touch "$tmp/ckpt-file"
cd "$tmp" || exit 1
failed=0

# WANTED... for the line before --, each offered; !WORD: not offered
offers() {
	local line=() word found
	while [ "$1" != -- ]; do
		line+=("$1")
		shift
	done
	shift
	COMP_WORDS=("${line[@]}")
	COMP_CWORD=$((${#line[@]} - 1))
	COMPREPLY=()
	_mana "${line[0]}" "${line[COMP_CWORD]}" "${line[COMP_CWORD - 1]}"
	for word; do
		found=$(printf '%s\n' "${COMPREPLY[@]}" | grep -cxF -e "${word#!}")
		case $word in
		!*) [ "$found" = 0 ] ;;
		*) [ "$found" != 0 ] ;;
		esac && continue
		echo "${line[*]}: '$word', but: ${COMPREPLY[*]}"
		failed=1
	done
}

for program in mana_run mana_launch mana_restart mana_coordinator \
	mana_command mana_status mana_inspect; do
	complete -r
	unset -f _mana
	# shellcheck disable=SC1090
	. "$at/$program" || exit 1
	complete -p $program | grep -q -- '-F _mana' ||
		{ echo "nothing for $program"; exit 1; }
	offers $program - -- --help -V --trust-owner
	offers $program --trust-owner roo -- root
	[ $program != mana_inspect ] || continue
	offers $program --ck -- --ckptdir '!--help'
	offers $program --ckptdir ckpt -- ckpt-dir '!ckpt-file'
	offers $program --ckptdir x --h -- --help
done
offers mana_inspect ckpt -- ckpt-dir ckpt-file
offers mana_command --port-file ckpt -- ckpt-dir ckpt-file
offers mana_command --checkpoint --w -- --wait
offers mana_command -i '' -- '!ckpt-file' '!--help'
offers mana_coordinator --st -- --stage-timeout --stale-timeout --status-file
offers mana_launch --keep 2 ./ckpt -- ./ckpt-file
offers mana_launch --keep 2 ca -- cat
offers mana_run ./program --ck -- '!--ckptdir'
offers mana_run -i 60 -- '!--help'
exit $failed
