#!/usr/bin/env python3
"""Stage 2: the teacher's sentence vector of every text of stage 1: teacher.npy (float16, unit rows, 384 columns).

The teacher is all-MiniLM-L6-v2, in bfloat16 where the CPU has it, cut at 256 tokens. --part 0/2 and --part 1/2 share the
work between two processes; the last to end joins the parts.
"""
import argparse
import json
import time
from pathlib import Path

import numpy as np
import torch

from common import minilm, read, teacher_tokenizer
from student import PRODUCTS, Tokens


def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("--work", type=Path, required=True)
    p.add_argument("--part", default="0/1")
    a = p.parse_args()
    torch.set_num_threads(1)
    part, parts = map(int, a.part.split("/"))
    texts = [row["text"] for row in read(a.work / "texts.jsonl")]
    mine = texts[part::parts]
    network, tokens = minilm(PRODUCTS), Tokens.of(teacher_tokenizer(256), mine, separator=102)
    vectors, order = np.zeros((len(mine), 384), np.float16), np.argsort(tokens.lengths, kind="stable")
    start, began, said = 0, time.time(), 0.0
    with torch.inference_mode():
        while start < len(order):
            rows = order[start:start + max(1, 6000 // int(tokens.lengths[order[start]] + 8))]
            ids, mask = tokens.padded(rows)
            hidden = network(input_ids=ids, attention_mask=mask.long()).last_hidden_state.float()
            mean = (hidden * mask[..., None]).sum(1) / mask.sum(1, keepdim=True)
            vectors[rows] = torch.nn.functional.normalize(mean, dim=1).numpy()
            start += len(rows)
            if time.time() - said > 20:
                said = time.time()
                print(f"{start}/{len(order)} texts, {said - began:.0f} s", flush=True)
    np.save(a.work / f"teacher-{part}.npy", vectors)
    paths = [a.work / f"teacher-{i}.npy" for i in range(parts)]
    if all(path.exists() for path in paths):
        whole = np.zeros((len(texts), 384), np.float16)
        for i, path in enumerate(paths):
            whole[i::parts] = np.load(path)
        np.save(a.work / "teacher.npy", whole)
        for path in paths:
            path.unlink()
        print(f"{len(texts)} vectors", flush=True)


if __name__ == "__main__":
    main()
