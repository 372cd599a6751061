#!/usr/bin/env bash
# Measures the index (benchmark core) and the whole query path (benchmark query): recall and speed, in a minute or two.
# With SUITES=1 then runs the suites in Benchmarks, whose statistics are finer and whose harness takes minutes to build.
#
# The vectors are those of BASE and QUERIES (.npy, float32, one row each) where both are given, or else those of the
# sample corpus, which is small: enough to see that nothing broke, too few to compare engines by.
set -euo pipefail
cd "$(dirname "$0")/.."

# shellcheck disable=SC2086
swift build -c release --product fingerpost ${SWIFT_FLAGS:-}
fingerpost=$(swift build -c release --show-bin-path)/fingerpost
work=.build/bench
mkdir -p "$work"
corpus=models/sample-corpus

if [ -n "${BASE:-}" ] && [ -n "${QUERIES:-}" ]; then
    base=$BASE queries=$QUERIES
elif [ -n "${BASE:-}${QUERIES:-}" ]; then
    echo "Give both BASE and QUERIES, or neither." >&2
    exit 2
else
    base=$work/base.npy queries=$work/queries.npy
    "$fingerpost" embed "$corpus/guidelines.jsonl" --output "$base"
    sed 's/"query":/"text":/' "$corpus/queries.jsonl" >"$work/queries.jsonl"
    "$fingerpost" embed "$work/queries.jsonl" --output "$queries"
fi

echo
echo "== benchmark core: $base"
"$fingerpost" benchmark core --base "$base" --queries "$queries" -k 10
echo
echo "== benchmark query: $corpus"
rm -rf "$work/library"
"$fingerpost" build "$corpus/guidelines.jsonl" --library "$work/library"
"$fingerpost" benchmark query --library "$work/library" --queries "$corpus/queries.jsonl"

if [ -n "${SUITES:-}" ]; then
    if [ -n "${BASE:-}" ]; then
        # The suites read them from another folder.
        BASE=$(realpath "$BASE") QUERIES=$(realpath "$QUERIES")
        export BASE QUERIES
    fi
    scratch=$PWD/.build/benchmarks
    cd Benchmarks
    swift package --scratch-path "$scratch" benchmark
fi
