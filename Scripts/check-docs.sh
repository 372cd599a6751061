#!/usr/bin/env bash
# Runs what the README shows: every ```sh block, in their order and in one empty folder, against the command in the folder
# given (a build's products). Blocks whose first line names a file=NAME are written there first. Before that the command
# is installed to a prefix, so that what runs is an installed one, away from its build folder.
set -euo pipefail
cd "$(dirname "$0")/.."

root=$PWD
products=$(cd "$1" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir "$work/home" "$work/here" "$work/blocks"

FINGERPOST_BINARY=$products/fingerpost PREFIX=$work/prefix Scripts/install.sh >/dev/null
export PATH=$work/prefix/bin:$PATH HOME=$work/home
unset FINGERPOST_MODELS

cd "$work/here"
mkdir models
cp -R "$root/models/sample-corpus" models/
# The build under test may be an unoptimised one: some fifty inputs are enough to see that a command works.
awk 'NR % 15 == 0' "$root/models/sample-corpus/queries.jsonl" >models/sample-corpus/queries.jsonl
found=$(fingerpost doctor --json)
case $found in
*"$work/prefix/share/fingerpost/models"*) ;;
*)
    echo "The installed command does not use the models installed with it: $found" >&2
    exit 1
    ;;
esac

# Fenced blocks: files are written, commands are numbered in their order.
awk -v blocks="$work/blocks" '
    /^```/ {
        if (out != "") { close(out); out = ""; next }
        if (inside) { inside = 0; next }
        inside = 1
        if ($1 == "```sh") out = sprintf("%s/%03d.sh", blocks, ++count)
        else if (match($0, /file=[A-Za-z0-9._-]+/)) out = substr($0, RSTART + 5, RLENGTH - 5)
        if (out != "") { inside = 0; printf "" > out }
        next
    }
    out != "" { print > out }
' "$root/README.md"

count=0
for block in "$work"/blocks/*.sh; do
    count=$((count + 1))
    # A line that continues the one before is no command.
    sed -E 's/^ /      /; s/^([^ ])/    $ \1/' "$block"
    if ! bash -euo pipefail "$block" >"$block.out" 2>&1; then
        cat "$block.out" >&2
        echo "README.md: the ${count}th block of commands fails" >&2
        exit 1
    fi
    if [ ! -s "$block.out" ]; then
        echo "README.md: the ${count}th block of commands prints nothing" >&2
        exit 1
    fi
done
[ "$count" -ge 5 ] || { echo "README.md has only $count blocks of commands; were they renamed?" >&2; exit 1; }

PREFIX=$work/prefix "$root/Scripts/install.sh" --remove >/dev/null
if [ -n "$(find "$work/prefix" -type f)" ]; then
    echo "make uninstall leaves files behind:" >&2
    find "$work/prefix" -type f >&2
    exit 1
fi
echo "$count blocks of commands in the README ran; installation and removal are clean"
