#!/usr/bin/env python3
"""Loads the folder in transformers and in sentence-transformers as anyone would, and checks that both say the same."""
import argparse

import numpy as np
import torch
from sentence_transformers import SentenceTransformer
from transformers import AutoModel, AutoTokenizer

TEXTS = ["It is rude to interrupt.", "Someone keeps talking over me.", "Quote prices in euros, tax included."]


def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("--model", default="../fingerpost-small")
    a = p.parse_args()
    torch.set_num_threads(1)
    vectors = SentenceTransformer(a.model, device="cpu").encode(TEXTS, normalize_embeddings=True)
    tokenizer, model = AutoTokenizer.from_pretrained(a.model), AutoModel.from_pretrained(a.model, dtype=torch.float32)
    batch = tokenizer(TEXTS, padding=True, truncation=True, return_tensors="pt")
    with torch.inference_mode():
        hidden = model(**batch).last_hidden_state
    mask = batch["attention_mask"][..., None]
    mean = torch.nn.functional.normalize((hidden * mask).sum(1) / mask.sum(1), dim=1).numpy()
    worst = float(np.abs(vectors - mean).max())
    near, far = vectors[0] @ vectors[1], vectors[0] @ vectors[2]
    print(f"{vectors.shape[1]} dimensions, largest difference {worst:.1e}, alike {near:.3f}, unlike {far:.3f}")
    assert worst < 2e-3 and near > far


if __name__ == "__main__":
    main()
