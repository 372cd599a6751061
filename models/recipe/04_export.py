#!/usr/bin/env python3
"""Stage 4: the two tables blended, as a Model2Vec folder: int8 rows under one scale.

The mean of the fitted table and the one it started from keeps what the pairs taught and loses less of the rest.

No scale is stored: the mean of the rows is brought to length one, so a factor common to all rows changes nothing.
Rows of special and unused entries become zero: they cannot pull a text that happens to spell "[SEP]".
"""
import argparse
import hashlib
import json
from pathlib import Path

import numpy as np
from safetensors.numpy import save_file

from common import MAX_TOKENS, minilm_folder


def quantized(table):
    """int8 under the one scale that loses least: a few outliers may be clipped for finer steps elsewhere."""
    def loss(scale):
        return np.square(table - np.clip(np.rint(table / scale), -127, 127) * scale).mean()
    widest = np.abs(table).max() / 127
    scale = min((widest * share for share in np.linspace(0.2, 1, 17)), key=loss)
    return np.clip(np.rint(table / scale), -127, 127).astype(np.int8), scale


def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("--work", type=Path, required=True)
    p.add_argument("--table", default="table-paired.npy")
    p.add_argument("--start", default="table-distilled.npy")
    p.add_argument("--blend", type=float, default=0.6, help="share of the fitted table")
    p.add_argument("--out", type=Path, default=Path("../fingerpost-static"))
    a = p.parse_args()
    table = a.blend * np.load(a.work / a.table) + (1 - a.blend) * np.load(a.work / a.start)
    pieces = json.loads((minilm_folder() / "tokenizer.json").read_text(encoding="utf-8"))
    vocabulary = pieces["model"]["vocab"]
    silent = [i for token, i in vocabulary.items() if token.startswith("[unused") or token in ("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]")]
    table[silent] = 0
    rows, scale = quantized(table)
    exact, coarse = np.linalg.norm(table, axis=1), np.linalg.norm(rows * scale, axis=1)
    print(f"{rows.shape}, scale {scale:.5f}, {np.mean(np.abs(rows) == 127):.2%} at the limit, "
          f"mean row error {np.mean(np.abs(exact - coarse)):.4f} of {exact.mean():.4f}")

    a.out.mkdir(parents=True, exist_ok=True)
    save_file({"embeddings": rows}, a.out / "model.safetensors")
    pieces["truncation"] = pieces["padding"] = None
    (a.out / "tokenizer.json").write_text(json.dumps(pieces, ensure_ascii=False, separators=(",", ":")), encoding="utf-8")
    config = {
        "model_type": "model2vec", "architectures": ["StaticModel"], "hidden_dim": rows.shape[1],
        "seq_length": MAX_TOKENS, "max_length": MAX_TOKENS, "normalize": True, "embedding_dtype": "int8",
        "tokenizer_name": "sentence-transformers/all-MiniLM-L6-v2", "pooling": "mean",
    }
    (a.out / "config.json").write_text(json.dumps(config, indent=2) + "\n")
    for file in a.out.iterdir():
        file.chmod(0o644)
    names = sorted(f.name for f in a.out.iterdir() if f.is_file() and f.name != "SHA256SUMS")
    sums = [f"{hashlib.sha256((a.out / name).read_bytes()).hexdigest()}  {name}\n" for name in names]
    (a.out / "SHA256SUMS").write_text("".join(sums))


if __name__ == "__main__":
    main()
