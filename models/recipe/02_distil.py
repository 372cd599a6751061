#!/usr/bin/env python3
"""Stage 2: a table that imitates the teacher. Reads stage 1's --work folder, writes table-distilled.npy there.

Start (after Model2Vec): every vocabulary entry through the teacher on its own, projected to --dimensions, scaled by
SIF weight a / (a + p). Then fit the rows so that the mean of a text's rows points where the teacher's vector of that
text points (cosine), and so that texts of one batch stand to one another as they do for the teacher (the softmax of
each text's similarities, by KL divergence). Batches are made of neighbourhoods, because near texts are what a search
has to tell apart.
"""
import argparse
import time
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F

from common import SEED, minilm_folder
from imitation import batches, embed, imitation, neighbourhoods, load_texts


def teacher_tokens():
    """One teacher vector per vocabulary entry: [CLS] token [SEP], mean over the three positions."""
    from transformers import BertModel
    model = BertModel.from_pretrained(minilm_folder()).eval()
    out = []
    with torch.no_grad():
        for ids in torch.arange(model.config.vocab_size).split(512):
            sentences = torch.stack([torch.full_like(ids, 101), ids, torch.full_like(ids, 102)], 1)
            out.append(model(sentences).last_hidden_state.mean(1))
    return torch.cat(out)


def lexical(share, columns, strength, rng):
    """Columns that tell words apart and nothing else: a random direction a token, long where the token is rare.

    Their inner product approaches that of TF-IDF vectors, which a table of meanings alone is too small to hold.
    """
    rarity = np.log(np.maximum(share, 1e-6)) / np.log(1e-6)
    return strength * rng.normal(size=(len(share), columns)) / np.sqrt(columns) * np.square(rarity)[:, None]


def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("--work", type=Path, required=True)
    p.add_argument("--dimensions", type=int, default=256)
    p.add_argument("--lexical", type=int, default=128)
    p.add_argument("--strength", type=float, default=1.5)
    p.add_argument("--epochs", type=int, default=3)
    p.add_argument("--batch", type=int, default=1024)
    p.add_argument("--rate", type=float, default=5e-3)
    p.add_argument("--out", default="table-distilled.npy")
    a = p.parse_args()
    torch.manual_seed(SEED)
    rng = np.random.default_rng(SEED)
    vectors, bags, _ = load_texts(a.work)

    cache = a.work / "teacher-tokens.npy"
    if not cache.exists():
        np.save(cache, teacher_tokens().numpy())
    tokens = np.load(cache)
    sample = vectors[rng.choice(len(vectors), min(40_000, len(vectors)), replace=False)].astype(np.float32)
    directions = np.linalg.svd(sample.T @ sample)[0][:, :a.dimensions].astype(np.float32)
    np.save(a.work / "directions.npy", directions)
    share = np.bincount(bags.ids, minlength=len(tokens)) / len(bags.ids)
    start = (tokens - tokens.mean(0)) @ directions / 6 * (1e-4 / (1e-4 + share))[:, None]
    np.save(a.work / "table-initial.npy", start.astype(np.float32))

    table = torch.nn.Parameter(torch.from_numpy(start.astype(np.float32)))
    optimizer = torch.optim.Adam([table], lr=a.rate, betas=(0.9, 0.99))
    nearest = neighbourhoods(vectors, 256, rng)
    np.save(a.work / "nearest.npy", nearest.astype(np.int16))
    steps, done, began = a.epochs * (len(vectors) // a.batch), 0, time.time()
    for epoch in range(a.epochs):
        total = 0.0
        for rows in batches(nearest, a.batch, rng):
            for group in optimizer.param_groups:
                group["lr"] = a.rate * min(1, done / 50 + 0.02) * max(0.02, 1 - done / steps)
            teacher = torch.from_numpy(vectors[rows].astype(np.float32))
            loss = imitation(embed(table, bags, rows), F.normalize(teacher @ torch.from_numpy(directions), dim=1), teacher)
            optimizer.zero_grad(set_to_none=True)
            loss.backward()
            optimizer.step()
            total, done = total + loss.item(), done + 1
        print(f"epoch {epoch + 1}: loss {total / (len(vectors) // a.batch):.4f}, {time.time() - began:.0f} s", flush=True)
    columns = lexical(share, a.lexical, a.strength, rng)
    np.save(a.work / a.out, np.concatenate([table.detach().numpy(), columns], 1).astype(np.float32))


if __name__ == "__main__":
    main()
