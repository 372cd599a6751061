#!/usr/bin/env bash
# Looks for bytes that the reader of index archives cannot cope with, with libFuzzer and Address Sanitizer, beginning
# with the archives that the tests keep. What it finds is left in .build/fuzz/found.
#
#     Scripts/fuzz.sh [SECONDS]
set -euo pipefail
cd "$(dirname "$0")/.."

seconds=${1:-60}
build=.build/fuzz
swift build --scratch-path "$build" --product ArchiveFuzzer -Xswiftc -sanitize=fuzzer,address -Xswiftc -DFUZZING \
    -Xcc -fsanitize=fuzzer-no-link,address -Xswiftc -use-ld=lld

mkdir -p "$build/corpus" "$build/found"
# Small archives first: what is found in them is found sooner.
for archive in Tests/VectorIndexTests/Golden/*.hnsw; do
    [ "$(wc -c <"$archive")" -gt 100000 ] || cp "$archive" "$build/corpus/"
done
exec "$build/debug/ArchiveFuzzer" -max_total_time="$seconds" -max_len=70000 -len_control=0 -rss_limit_mb=4096 \
    -artifact_prefix="$build/found/" -print_final_stats=1 "$build/corpus"
