#!/usr/bin/env bash
# Every stage on the sample corpus alone, in about a minute: shows that the recipe runs, not how good it can get.
#
#     ./tiny.sh [python] [work folder]
set -euo pipefail
cd "$(dirname "$0")"
python=${1:-python3}
work=${2:-$(mktemp -d)}
export OMP_NUM_THREADS=1 TOKENIZERS_PARALLELISM=false
"$python" 01_texts.py --work "$work" --vocabulary 7000
"$python" 02_teacher.py --work "$work"
"$python" 03_distil.py --work "$work" --layers 0,5 --inner 1408 --fitted 300 --steps 40 --batch 128
"$python" 04_pairs.py --work "$work" --steps 10 --bulk 64
"$python" 05_export.py --work "$work" --out "$work/model"
"$python" loads.py --model "$work/model"
