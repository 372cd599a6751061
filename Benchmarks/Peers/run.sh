#!/usr/bin/env bash
# Compares Fingerpost's index with others from PyPI on the same vectors. Without arguments, on the sample corpus, which is
# too small to tell engines apart; better:
#
#     Benchmarks/Peers/run.sh --base base.npy --queries queries.npy
#
# Further arguments go to compare.py (--rows, --rounds, -k, names of engines). Results are left in .build/peers/results.
set -euo pipefail
cd "$(dirname "$0")/../.."
work=$PWD/.build/peers
mkdir -p "$work"

if [ ! -x "$work/python/bin/python" ]; then
    python3 -m venv "$work/python"
fi
"$work/python/bin/pip" install --quiet --disable-pip-version-check -r Benchmarks/Peers/requirements.txt

swift build -c release --package-path Benchmarks --scratch-path .build/benchmarks --product PeerWorker
worker=$(swift build -c release --package-path Benchmarks --scratch-path .build/benchmarks --show-bin-path)/PeerWorker

vectors=()
case " $* " in
*" --base "*) ;;
*)
    swift build -c release --product fingerpost
    fingerpost=$(swift build -c release --show-bin-path)/fingerpost
    "$fingerpost" embed models/sample-corpus/guidelines.jsonl --output "$work/sample.npy"
    sed 's/"query":/"text":/' models/sample-corpus/queries.jsonl >"$work/queries.jsonl"
    "$fingerpost" embed "$work/queries.jsonl" --output "$work/sample-queries.npy"
    vectors=(--base "$work/sample.npy" --queries "$work/sample-queries.npy")
    ;;
esac
"$work/python/bin/python" Benchmarks/Peers/compare.py --worker "$worker" --output "$work/results" \
    ${vectors[@]+"${vectors[@]}"} "$@"
echo "The table, the figures and the picture: $work/results/results.{md,json,svg}"
