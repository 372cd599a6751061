#!/usr/bin/env python3
"""Stage 5: the folder that users get, in the layout of Hugging Face and sentence-transformers.

The weights are a mean of several checkpoints, by default of the middle and the end of stage 4: each is good at what the
other is less good at, and their mean is better than either (model soups, arXiv 2203.05482). Word rows become int8
integers without a scale: LayerNorm follows them, so one factor common to the word and position rows cancels. The
matrices of the layers become 8-bit floats (E4M3), everything else float16. Any implementation that casts weights to its
own type reads the file as it is.
"""
import argparse
import hashlib
import json
from pathlib import Path

import torch
from safetensors.torch import save_file

from student import MATRIX, POSITIONS, STEP


def tensors(weights, shape):
    """DistilBERT's names: BERT without the segment rows and the pooler, which mean pooling has no use for."""
    rounded = torch.round(weights["word.weight"] / STEP)
    print(f"word rows: {(rounded.abs() > 127).float().mean().item():.1e} of the values clipped")
    out = {
        "embeddings.word_embeddings.weight": rounded.clamp(-127, 127).to(torch.int8),
        "embeddings.position_embeddings.weight": weights["position.weight"] / STEP,
    }
    names = [("out", "attention.out_lin"), ("norm1", "sa_layer_norm"), ("up", "ffn.lin1"), ("down", "ffn.lin2"),
             ("norm2", "output_layer_norm")]
    for part in ("weight", "bias"):
        out[f"embeddings.LayerNorm.{part}"] = weights[f"norm.{part}"]
        for i in range(shape["layers"]):
            for name, rows in zip(("q_lin", "k_lin", "v_lin"), weights[f"layers.{i}.qkv.{part}"].chunk(3)):
                out[f"transformer.layer.{i}.attention.{name}.{part}"] = rows
            for ours, theirs in names:
                out[f"transformer.layer.{i}.{theirs}.{part}"] = weights[f"layers.{i}.{ours}.{part}"]

    def stored(name, values):
        if values.dtype == torch.int8:
            return values
        return values.to(MATRIX) if values.ndim == 2 and ".layer." in name else values.half()

    return {name: stored(name, values).contiguous() for name, values in out.items()}


def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("--work", type=Path, required=True)
    p.add_argument("--mean", nargs="+", default=["halfway.pt:0.5", "paired.pt:0.5"], metavar="FILE:SHARE",
                   help="checkpoints in --work to average (default: %(default)s)")
    p.add_argument("--out", type=Path, default=Path("../fingerpost-small"))
    a = p.parse_args()
    parts = [(torch.load(a.work / name), float(share)) for name, share in (part.rsplit(":", 1) for part in a.mean)]
    shape = parts[0][0]["shape"]
    weights = {name: sum(share * part["mean"][name].float() for part, share in parts) for name in parts[0][0]["mean"]}
    a.out.mkdir(parents=True, exist_ok=True)
    save_file(tensors(weights, shape), a.out / "model.safetensors", metadata={"format": "pt"})
    (a.out / "tokenizer.json").write_bytes((a.work / "tokenizer.json").read_bytes())

    def write(name, value):
        path = a.out / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(json.dumps(value, indent=2) + "\n")

    write("config.json", {
        "architectures": ["DistilBertModel"], "model_type": "distilbert", "dim": shape["width"], "n_layers": shape["layers"],
        "n_heads": shape["heads"], "hidden_dim": shape["inner"], "activation": "gelu", "vocab_size": shape["vocabulary"],
        "max_position_embeddings": POSITIONS, "sinusoidal_pos_embds": False, "pad_token_id": 0, "dropout": 0.0,
        "attention_dropout": 0.0, "initializer_range": 0.02, "dtype": "float32",
    })
    write("tokenizer_config.json", {
        "tokenizer_class": "DistilBertTokenizer", "model_input_names": ["input_ids", "attention_mask"], "do_lower_case": True,
        "model_max_length": POSITIONS, "cls_token": "[CLS]", "sep_token": "[SEP]", "pad_token": "[PAD]", "unk_token": "[UNK]",
        "mask_token": "[MASK]", "tokenize_chinese_chars": True, "strip_accents": None,
    })
    write("sentence_bert_config.json", {"max_seq_length": POSITIONS, "do_lower_case": False})
    write("modules.json", [
        {"idx": 0, "name": "0", "path": "", "type": "sentence_transformers.models.Transformer"},
        {"idx": 1, "name": "1", "path": "1_Pooling", "type": "sentence_transformers.models.Pooling"},
        {"idx": 2, "name": "2", "path": "2_Normalize", "type": "sentence_transformers.models.Normalize"},
    ])
    write("1_Pooling/config.json", {
        "word_embedding_dimension": shape["width"], "pooling_mode_cls_token": False, "pooling_mode_mean_tokens": True,
        "pooling_mode_max_tokens": False, "pooling_mode_mean_sqrt_len_tokens": False,
    })
    write("config_sentence_transformers.json", {"similarity_fn_name": "cosine"})
    files = sorted(f for f in a.out.rglob("*") if f.is_file() and f.name != "SHA256SUMS")
    for file in files:
        file.chmod(0o644)
    (a.out / "SHA256SUMS").write_text("".join(f"{hashlib.sha256(f.read_bytes()).hexdigest()}  {f.relative_to(a.out)}\n" for f in files))
    print(f"{sum(f.stat().st_size for f in a.out.rglob('*') if f.is_file()):,} bytes")


if __name__ == "__main__":
    main()
