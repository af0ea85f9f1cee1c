#!/bin/sh
# SPDX-License-Identifier: MIT
# test_install.sh - an installed, read-only tree runs from wherever it is
cd "$(dirname "$0")/../.." || exit 1
top=$PWD
tmp=$(mktemp -d) || exit 1
trap 'chmod -R u+w "$tmp"; rm -rf "$tmp"' EXIT
make -s install DESTDIR="$tmp/stage" prefix=/opt/mana >"$tmp/log" 2>&1 || {
	head -1 "$tmp/log"
	exit 1
}
mv "$tmp/stage/opt/mana" "$tmp/moved"
chmod -R a-w "$tmp/moved"
before=$(find "$tmp/moved" | sort)
cat >"$tmp/p.c" <<'C'
#include <stdio.h>
#include <unistd.h>
int main(void)
{
	sleep(2);
	puts("done");
	return 0;
}
C
gcc -o "$tmp/p" "$tmp/p.c" || exit 1
cd "$tmp" || exit 1
PATH=$tmp/moved/bin:$PATH
timeout 60 mana_launch ./p >out 2>err &
run=$!
n=0
until mana_command --checkpoint --wait >ckpt.log 2>&1; do
	n=$((n + 1))
	[ $n -lt 50 ] || break
	sleep 0.1
done
wait $run || { echo "mana_launch: exit code $?: $(cat err)"; exit 1; }
[ "$(cat out)" = "done" ] || { echo "printed: $(cat out)"; exit 1; }
said=$(timeout 60 mana_restart 2>&1)
[ "$said" = "done" ] || {
	echo "the restart printed: $said"
	exit 1
}
[ "$(timeout 60 mana_run -d run ./p 2>&1)" = "done" ] || {
	echo "mana_run did not print what it should"
	exit 1
}
[ "$before" = "$(find "$tmp/moved" | sort)" ] ||
	{ echo "the installed tree has changed"; exit 1; }
for page in run launch restart coordinator command status inspect; do
	[ -f "$tmp/moved/share/man/man1/mana_$page.1" ] ||
		{ echo "no man page of mana_$page"; exit 1; }
done
MANA_BIN=$tmp/moved/bin \
	MANA_COMPLETIONS=$tmp/moved/share/bash-completion/completions \
	"$top/tests/unit/test_completion.sh" || exit 1
