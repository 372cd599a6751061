#!/usr/bin/env python3
"""Stage 3: learn what a guideline is the answer to, from pairs, without forgetting the rest.

Each step is three losses on one table: InfoNCE over situations and the rules that apply to them, the same over one
general task (taken in turn), and stage 2's imitation of the teacher. Negatives are the other texts of the batch; a
negative rule that the teacher finds too near the right one is not counted. Reads --work/table-distilled.npy, writes
table-paired.npy: the running mean of the tables, at the check where the held-out slice of the rules scored best.
"""
import argparse
import copy
import time
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F

from common import SEED, Bags, corpus, encode, read, token_ids, tokenizer
from imitation import batches, embed, imitation, load_texts

HELD_OUT = 12  # one group in twelve of rules-of-thumb train chooses the table and is never trained on
TURNS = "crops medquad crops gloss crops banking crops scifact crops clinc crops stsb crops medsafety"


class Pairs:
    """Queries, documents, and the documents right for each query."""

    def __init__(self, cut, queries, texts, right, batch):
        self.query_lists, self.lists = token_ids(cut, queries), token_ids(cut, texts)
        self.queries, self.texts, self.right, self.batch = Bags(self.query_lists), Bags(self.lists), right, batch
        self.usable = np.array([i for i, r in enumerate(right) if r and len(self.query_lists[i])])

    @classmethod
    def load(cls, cut, folder, file, batch):
        ids, texts = corpus(folder)
        place = {identifier: i for i, identifier in enumerate(ids)}
        rows = read(folder / file)
        right = [[place[p] for p in row["positives"] if p in place] for row in rows]
        return cls(cut, [row["query"] for row in rows], texts, right, batch)

    def draw(self, rng, all_texts):
        """Rows of queries, rows of documents, and which of them belong together."""
        rows = rng.choice(self.usable, min(self.batch, len(self.usable)), replace=False)
        documents = np.arange(len(self.texts)) if all_texts else np.unique([rng.choice(self.right[i]) for i in rows])
        column = {d: c for c, d in enumerate(documents)}
        belongs = np.zeros((len(rows), len(documents)), bool)
        for r, i in enumerate(rows):
            belongs[r, [column[d] for d in self.right[i] if d in column]] = True
        return rows, documents, torch.from_numpy(belongs)


def thinned(bags, rows, share, rng):
    """The bags of some rows with a share of their tokens left out, never the last one."""
    ids, starts = bags.take(rows)
    kept = rng.random(len(ids)) >= share
    kept[starts] = True
    before = np.concatenate([[0], np.cumsum(kept)])
    return torch.from_numpy(ids[kept]), torch.from_numpy(before[starts])


def contrast(scores, belongs, temperature, ignored=None):
    """InfoNCE with any number of right answers a row."""
    scores = scores / temperature
    if ignored is not None:
        scores = scores.masked_fill(ignored & ~belongs, -1e4)
    return (torch.logsumexp(scores, 1) - torch.logsumexp(scores.masked_fill(~belongs, -1e4), 1)).mean()


def ordering(cosines, wanted, temperature=0.05):
    """CoSENT: a pair judged more alike must have the larger cosine."""
    gaps = (cosines[None, :] - cosines[:, None]) / temperature
    gaps = gaps[wanted[:, None] > wanted[None, :]]
    return torch.logsumexp(torch.cat([gaps, torch.zeros(1)]), 0) / 10


def glosses(data, cut, rng, count=60_000):
    """WordNet terms and their definitions, out of the lines "term: definition"."""
    lines = [row["text"] for row in read(data / "bulk/texts.jsonl.gz") if row["source"] == "wordnet_gloss" and ": " in row["text"]]
    lines = [lines[i] for i in rng.permutation(len(lines))[:count]]
    terms, meanings = zip(*(line.split(": ", 1) for line in lines))
    return Pairs(cut, terms, meanings, [[i] if m.strip() else [] for i, m in enumerate(meanings)], 512)


class Crops:
    """Long texts, to be told from one another by a passage: the passage asks, the rest of its text answers."""

    def __init__(self, lists, batch):
        self.bags, self.batch = Bags(lists), batch

    def draw(self, rng):
        """(ids, offsets) of the passages, and of what is left of their texts."""
        ids, starts = self.bags.take(rng.choice(len(self.bags), self.batch, replace=False))
        lengths = np.diff(np.append(starts, len(ids)))
        span = np.maximum(3, (lengths * rng.uniform(0.15, 0.5, self.batch)).astype(np.int64))
        first = rng.integers(0, lengths - span + 1)
        place = np.arange(len(ids)) - np.repeat(starts, lengths)
        inside = (place >= np.repeat(first, lengths)) & (place < np.repeat(first + span, lengths))
        return [(torch.from_numpy(ids[part]), torch.from_numpy(np.concatenate([[0], np.cumsum(count)[:-1]])))
                for part, count in ((inside, span), (~inside, lengths - span))]


def pooled(table, ids, starts):
    return F.normalize(F.embedding_bag(ids, table, starts, mode="mean"), dim=1)


def ndcg(table, pairs, rows):
    """nDCG@10 of some queries against every document of the set."""
    documents, asked = encode(table, pairs.lists), encode(table, [pairs.query_lists[i] for i in rows])
    total = 0.0
    for start in range(0, len(rows), 512):
        best = np.argsort(-(asked[start:start + 512] @ documents.T), axis=1, kind="stable")[:, :10]
        for i, top in zip(rows[start:start + 512], best):
            hits = np.isin(top, pairs.right[i]) / np.log2(np.arange(2, 12))
            total += hits.sum() / (1 / np.log2(np.arange(2, 2 + min(10, len(pairs.right[i]))))).sum()
    return total / len(rows)


def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("--data", type=Path, required=True)
    p.add_argument("--work", type=Path, required=True)
    p.add_argument("--start", default="table-distilled.npy")
    p.add_argument("--out", default="table-paired.npy")
    p.add_argument("--steps", type=int, default=300)
    p.add_argument("--rate", type=float, default=2e-3)
    p.add_argument("--temperature", type=float, default=0.05)
    p.add_argument("--thin", type=float, default=0.2)
    p.add_argument("--too-near", type=float, default=0.7)
    p.add_argument("--imitation", type=float, default=2.0)
    p.add_argument("--general", type=float, default=1.0)
    p.add_argument("--turns", default=TURNS)
    p.add_argument("--rules", type=float, default=1.0)
    p.add_argument("--rules-batch", type=int, default=1024)
    a = p.parse_args()
    torch.manual_seed(SEED)
    rng = np.random.default_rng(SEED)
    cut, turns = tokenizer(), a.turns.split()

    vectors, bags, texts = load_texts(a.work)
    directions = torch.from_numpy(np.load(a.work / "directions.npy"))
    nearest = np.load(a.work / "nearest.npy")
    rules = Pairs.load(cut, a.data / "pairs/rules-of-thumb", "train.jsonl.gz", a.rules_batch)
    groups = [row["group"] for row in read(a.data / "pairs/rules-of-thumb/train.jsonl.gz")]
    held = {g for i, g in enumerate(sorted(set(groups))) if i % HELD_OUT == 0}
    checked = np.array([i for i in rules.usable if groups[i] in held])
    rules.usable = np.array([i for i in rules.usable if groups[i] not in held])
    by_text = {text: i for i, text in enumerate(texts)}
    teacher_rules = np.zeros((len(rules.texts), vectors.shape[1]), np.float32)
    for i, text in enumerate(corpus(a.data / "pairs/rules-of-thumb")[1]):
        if text in by_text:
            teacher_rules[i] = vectors[by_text[text]]
    general = {
        "medquad": Pairs.load(cut, a.data / "general/medquad", "train.jsonl.gz", 256),
        "scifact": Pairs.load(cut, a.data / "general/scifact", "train.jsonl.gz", 256),
        "banking": Pairs.load(cut, a.data / "general/banking77", "train.jsonl.gz", 384),
        "clinc": Pairs.load(cut, a.data / "general/clinc150", "train.jsonl.gz", 384),
        "medsafety": Pairs.load(cut, a.data / "pairs/medsafety_ama", "llama3_generated_pairs.jsonl.gz", 384),
        "gloss": glosses(a.data, cut, rng),
    }
    answers = {d for r in general["medquad"].right for d in r}
    crops = Crops([ids for ids in token_ids(cut, texts) + [general["medquad"].lists[d] for d in sorted(answers)]
                   if len(ids) >= 24], 512)
    judged = read(a.data / "general/stsb/train.jsonl.gz")
    left, right = (Bags(token_ids(cut, [row[key] for row in judged])) for key in ("s1", "s2"))
    judgement = np.array([row["score"] for row in judged])

    table = torch.nn.Parameter(torch.from_numpy(np.load(a.work / a.start)))
    optimizer = torch.optim.Adam([table], lr=a.rate, betas=(0.9, 0.99))
    mean, best, began = copy.deepcopy(table.data), -1.0, time.time()
    print(f"start: held-out nDCG@10 {ndcg(table.detach().numpy(), rules, checked):.4f} on {len(checked)} queries", flush=True)
    stream, seen = iter(()), np.zeros(3)
    for step in range(a.steps):
        for group in optimizer.param_groups:
            group["lr"] = a.rate * min(1, (step + 1) / 30) * max(0.02, 1 - step / a.steps)
        rows, documents, belongs = rules.draw(rng, all_texts=False)
        asked = pooled(table, *thinned(rules.queries, rows, a.thin, rng))
        near = torch.from_numpy(teacher_rules[documents] @ teacher_rules[documents].T > a.too_near)
        ignored = (belongs.float() @ near.float()) > 0
        guideline = contrast(asked @ embed(table, rules.texts, documents).T, belongs, a.temperature, ignored)

        name = turns[step % len(turns)]
        if name == "stsb":
            pick = rng.choice(len(judged), 512, replace=False)
            other = ordering((embed(table, left, pick) * embed(table, right, pick)).sum(1), torch.from_numpy(judgement[pick]))
        elif name == "crops":
            passages, rests = crops.draw(rng)
            other = contrast(pooled(table, *passages) @ pooled(table, *rests).T, torch.eye(crops.batch, dtype=torch.bool), a.temperature)
        else:
            task = general[name]
            rows, documents, belongs = task.draw(rng, all_texts=len(task.texts) < 500)
            asked = pooled(table, *thinned(task.queries, rows, a.thin, rng))
            other = contrast(asked @ embed(table, task.texts, documents).T, belongs, a.temperature)

        rows = next(stream, None)
        if rows is None:
            stream = batches(nearest, 1024, rng)
            rows = next(stream)
        teacher = torch.from_numpy(vectors[rows].astype(np.float32))
        copied = imitation(embed(table, bags, rows), F.normalize(teacher @ directions, dim=1), teacher)

        optimizer.zero_grad(set_to_none=True)
        (a.rules * guideline + a.general * other + a.imitation * copied).backward()
        optimizer.step()
        seen += [guideline.item(), other.item(), copied.item()]
        mean.lerp_(table.data, 0.02)
        if (step + 1) % 50 == 0:
            now = ndcg(mean.numpy(), rules, checked)
            print(f"step {step + 1}: losses {(seen / 50).round(3)}, held-out nDCG@10 {now:.4f}, {time.time() - began:.0f} s", flush=True)
            seen[:] = 0
            if now > best:
                best = now
                np.save(a.work / a.out, mean.numpy())


if __name__ == "__main__":
    main()
