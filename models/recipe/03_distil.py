#!/usr/bin/env python3
"""Stage 3: a student of the teacher's layers, pruned, learns to give the teacher's vectors again. Writes distilled.pt.

Two processes, --rank 0 and --rank 1 of --world 2, share the work; each takes --steps steps.
"""
import argparse
import time
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from torch import nn

from common import INPUTS, SEED, minilm, read, student_tokenizer
from imitation import batches, imitation, neighbourhoods
from optimiser import Companions, adamw, seeded, set_rate
from pruning import pruned
from student import Student, Tokens, embed, save, short_products

LONG, LONG_SHARE = 64, 0.4  # of texts of so many tokens and more, the share that an epoch takes
AGAIN = 4  # how often an epoch takes each input to an assistant once more


def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("--work", type=Path, required=True)
    p.add_argument("--layers", default="0,1,2,3,4,5", help="the layers of the teacher to start from")
    p.add_argument("--inner", type=int, default=704, help="neurons of a feed-forward block to keep, of 1,536")
    p.add_argument("--fitted", type=int, default=5_000, help="texts that pruning is fitted on")
    p.add_argument("--steps", type=int, default=1_700)
    p.add_argument("--batch", type=int, default=256)
    p.add_argument("--rate", type=float, default=4e-4)
    p.add_argument("--rank", type=int, default=0)
    p.add_argument("--world", type=int, default=1)
    a = p.parse_args()
    rng = seeded(SEED, a.rank)
    vectors = np.load(a.work / "teacher.npy")
    texts = read(a.work / "texts.jsonl")
    tokens = Tokens.of(student_tokenizer(a.work), [row["text"] for row in texts])
    whole = Student.from_teacher(minilm(torch.float32), [int(n) for n in a.layers.split(",")], np.load(a.work / "kept.npy"))
    # The same rows in every process, or one would train on what another holds out.
    same = np.random.default_rng(SEED)
    held = same.choice(len(tokens), min(2000, len(tokens) // 10), replace=False)
    rows = np.setdiff1d(np.arange(len(tokens)), held)
    student = pruned(whole, a.inner, tokens, same.choice(rows, min(a.fitted, len(rows)), replace=False))
    student.keep_in_range()
    projection = nn.Linear(student.shape["width"], vectors.shape[1], bias=False)
    projection.weight.data.copy_(torch.eye(*projection.weight.shape))
    companions = Companions(a.work / "distil.store", a.rank, a.world, [*student.parameters(), *projection.parameters()])
    near = neighbourhoods(vectors, 256, rng)
    inputs = np.intersect1d(rows, [i for i, row in enumerate(texts) if row["source"] in INPUTS]).astype(int)

    def epoch():
        some = rows[(tokens.lengths[rows] < LONG) | (rng.random(len(rows)) < LONG_SHARE)]
        return np.concatenate([some, np.repeat(inputs, AGAIN)])

    stream = batches(epoch, near, min(a.batch, len(rows)), rng)
    optimizer = adamw(student, projection, a.rate)
    mean, began, said, seen = {k: v.clone() for k, v in student.state_dict().items()}, time.time(), time.time(), []
    for step in range(a.steps):
        if step % 16 == 0:
            companions.meet()
        set_rate(optimizer, a.rate, step, a.steps, warm=50)
        batch = next(stream)
        with short_products():
            made = embed(student, tokens, batch)
        loss, cosine = imitation(made, torch.from_numpy(vectors[batch].astype(np.float32)), projection)
        optimizer.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(student.parameters(), 1.0)
        optimizer.step()
        student.keep_in_range()
        share = 0.02 if step > 0.6 * a.steps else 0.2
        for name, value in student.state_dict().items():
            mean[name].lerp_(value, share)
        seen.append(cosine.item())
        if a.rank == 0 and time.time() - said > 60:
            said = time.time()
            print(f"step {step + 1}: cosine {np.mean(seen[-50:]):.4f}, {said - began:.0f} s", flush=True)
            save(a.work / "distilled.pt", student, mean, projection)
    companions.meet()
    if a.rank == 0:
        save(a.work / "distilled.pt", student, mean, projection)
        student.load_state_dict(mean)
        with torch.no_grad(), short_products():
            made = embed(student, tokens, held)
            cosine = F.cosine_similarity(projection(made.float()), torch.from_numpy(vectors[held].astype(np.float32)))
        print(f"held-out cosine {cosine.mean():.4f} after {time.time() - began:.0f} s", flush=True)


if __name__ == "__main__":
    main()
