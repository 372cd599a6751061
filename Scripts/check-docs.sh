#!/usr/bin/env bash
# Runs what the README and the articles show: every ```sh block, in their order and in one empty folder for each document,
# against the command in the folder given (a build's products). Blocks whose first line names a file=NAME are written
# there first. Where a document asks a model, $ENDPOINT is the address of one that answers by rules
# (Scripts/scripted-model.py). Before that the command is installed to a prefix, so that what runs is an installed one,
# away from its build folder.
set -euo pipefail
cd "$(dirname "$0")/.."

root=$PWD
products=$(cd "$1" && pwd)
work=$(mktemp -d)
model=
trap '[ -z "$model" ] || kill "$model" 2>/dev/null || true; rm -rf "$work"' EXIT
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

# Runs the model that answers by rules, once, and sets $ENDPOINT; 1 where there is no Python to run it.
start_model() {
    [ -z "$model" ] || return 0
    command -v python3 >/dev/null || return 1
    python3 "$root/Scripts/scripted-model.py" "$work/endpoint" &
    model=$!
    for _ in $(seq 300); do
        [ ! -s "$work/endpoint" ] || break
        sleep 0.1
    done
    ENDPOINT=$(cat "$work/endpoint")
    export ENDPOINT
}

# Runs the blocks of a document in the folder that is current; their number is in $count.
run_blocks() {
    document=$1 name=${1#"$root/"} count=0
    if grep -q '\$ENDPOINT' "$document" && ! start_model; then
        echo "$name: left out, for there is no python3 to run Scripts/scripted-model.py"
        return 0
    fi
    rm -f "$work"/blocks/*
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
    ' "$document"
    count=0
    for block in "$work"/blocks/*.sh; do
        [ -e "$block" ] || break
        count=$((count + 1))
        # A line that continues the one before is no command.
        sed -E 's/^ /      /; s/^([^ ])/    $ \1/' "$block"
        if ! bash -euo pipefail "$block" >"$block.out" 2>&1; then
            cat "$block.out" >&2
            echo "$name: the ${count}th block of commands fails" >&2
            exit 1
        fi
        if [ ! -s "$block.out" ]; then
            echo "$name: the ${count}th block of commands prints nothing" >&2
            exit 1
        fi
    done
}

run_blocks "$root/README.md"
[ "$count" -ge 5 ] || { echo "README.md has only $count blocks of commands; were they renamed?" >&2; exit 1; }
total=$count
for article in "$root"/Sources/*/*.docc/*.md; do
    mkdir "$work/article"
    cd "$work/article"
    run_blocks "$article"
    total=$((total + count))
    cd "$work/here"
    rm -rf "$work/article"
done

PREFIX=$work/prefix "$root/Scripts/install.sh" --remove >/dev/null
if [ -n "$(find "$work/prefix" -type f)" ]; then
    echo "make uninstall leaves files behind:" >&2
    find "$work/prefix" -type f >&2
    exit 1
fi
echo "$total blocks of commands in the README and the articles ran; installation and removal are clean"
