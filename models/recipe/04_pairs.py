#!/usr/bin/env python3
"""Stage 4: learn what a guideline is the answer to, from pairs, without forgetting the rest.

Writes paired.pt, and halfway.pt in the middle.

Each step has three losses: InfoNCE over situations and the rules that apply to them, against the batch and against the
whole corpus of rules as of the last refresh; one general task, taken in turn; and stage 3's imitation of the teacher.
A negative that the distilled student finds too near the right rule is not counted: many rules are paraphrases. Nor is a
rule that no trained input asks for: always wrong, it would be pushed away from every input, and not be found by those
that ask for it later.
"""
import argparse
import re
import time
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from torch import nn

from common import INPUTS, SEED, corpus, fingerprint, measured_fingerprints, read, sample_pairs, student_tokenizer
from evaluate import ndcg
from imitation import batches, imitation, neighbourhoods
from optimiser import Companions, adamw, seeded, set_rate
from student import Tokens, embed, encode, load, save, short_products

LONG, SHORT_SHARE = 40, 0.4  # of texts of fewer tokens, the share that an epoch of imitation takes
AGAIN = 4  # how often it takes each input to an assistant once more
HELD_OUT = 25  # one group in so many of rules-of-thumb train chooses the settings and is never trained on
TURNS = "title input medquad silver stsb gloss input title scifact banking input medquad silver clinc medsafety crop"
SENTENCE = re.compile(r"(?<=[.!?\n])\s+")


class Pairs:
    """Queries, documents, and the documents right for each query. `limit` cuts documents, in tokens."""

    def __init__(self, tokenizer, queries, texts, right, batch, limit=64, all_texts=False):
        self.queries, self.texts = Tokens.of(tokenizer, queries), Tokens.of(tokenizer, texts)
        self.right, self.batch, self.limit, self.all_texts = right, batch, limit, all_texts
        self.usable = np.array([i for i, found in enumerate(right) if found])

    @classmethod
    def load(cls, tokenizer, folder, file, batch, **options):
        ids, texts = corpus(folder)
        place = {identifier: i for i, identifier in enumerate(ids)}
        rows = read(folder / file)
        right = [[place[p] for p in row["positives"] if p in place] for row in rows]
        return cls(tokenizer, [row["query"] for row in rows], texts, right, batch, **options)

    def draw(self, rng, rows=None):
        """Rows of queries, rows of documents, and which of them belong together."""
        if rows is None:
            rows = rng.choice(self.usable, min(self.batch, len(self.usable)), replace=False)
        documents = np.arange(len(self.texts)) if self.all_texts else np.unique([rng.choice(self.right[i]) for i in rows])
        column = {d: c for c, d in enumerate(documents)}
        belongs = torch.zeros(len(rows), len(documents), dtype=torch.bool)
        for r, i in enumerate(rows):
            belongs[r, [column[d] for d in self.right[i] if d in column]] = True
        return rows, documents, belongs


def info_nce(scores, belongs, temperature, ignored=None, both=True):
    """InfoNCE with any number of right answers; `both` asks the documents for their queries as well."""
    scores = scores / temperature
    if ignored is not None:
        scores = scores.masked_fill(ignored & ~belongs, -1e4)

    def side(scores, belongs):
        loss = torch.logsumexp(scores, 1) - torch.logsumexp(scores.masked_fill(~belongs, -1e4), 1)
        return loss[belongs.any(1)].mean()

    return (side(scores, belongs) + side(scores.T, belongs.T)) / 2 if both else side(scores, belongs)


def ordering(cosines, wanted, temperature=0.05):
    """CoSENT: a pair judged more alike must have the larger cosine."""
    gaps = ((cosines[None] - cosines[:, None]) / temperature)[wanted[:, None] > wanted[None]]
    return torch.logsumexp(torch.cat([gaps, torch.zeros(1)]), 0) / 10


def sentences(texts, least):
    """Texts as lists of sentences, those that have `least` of them."""
    return [parts for parts in (SENTENCE.split(text.strip()) for text in texts) if len(parts) >= least]


def documents(data, *names):
    """The documents of some corpora, as lists of at least four sentences."""
    return sentences((text for name in names for text in corpus(data / "general" / name)[1]), 4)


def glosses(data, tokenizer, rng, count=60_000):
    """WordNet terms and their definitions, out of the lines "term: definition"."""
    lines = [row["text"] for row in read(data / "bulk/texts.jsonl.gz") if row["source"] == "wordnet_gloss" and ": " in row["text"]]
    terms, meanings = zip(*(lines[i].split(": ", 1) for i in rng.permutation(len(lines))[:count]))
    return Pairs(tokenizer, terms, meanings, [[i] for i in range(len(meanings))], 192)


def silver(data, tokenizer):
    """Situations and rules that a machine wrote for them."""
    banned, queries, rules, right = measured_fingerprints(data), [], {}, []
    for row in read(data / "pairs/rules-of-thumb/silver.jsonl.gz"):
        if fingerprint(row["query"]) not in banned:
            queries.append(row["query"])
            right.append([rules.setdefault(rule, len(rules)) for rule in dict.fromkeys(row["rots"])])
    return Pairs(tokenizer, queries, list(rules), right, 128)


class Curriculum:
    """The pairs of the full run, one general task a turn."""

    def __init__(self, data, tokenizer, rng, inputs):
        def pairs(folder, file, batch, **options):
            return Pairs.load(tokenizer, data / folder, file, batch, **options)

        rows = read(data / "pairs/rules-of-thumb/train.jsonl.gz")
        self.rules = pairs("pairs/rules-of-thumb", "train.jsonl.gz", 256)
        groups = sorted({row["group"] for row in rows})
        held = set(groups[::HELD_OUT])
        inside = np.array([rows[i]["group"] in held for i in self.rules.usable])
        self.checked, self.rules.usable = self.rules.usable[inside], self.rules.usable[~inside]
        titled = documents(data, "scifact", "nfcorpus_processed")
        self.tasks = {
            "medquad": pairs("general/medquad", "train.jsonl.gz", 64, limit=96),
            "scifact": pairs("general/scifact", "train.jsonl.gz", 48, limit=128),
            "banking": pairs("general/banking77", "train.jsonl.gz", 192, all_texts=True),
            "clinc": pairs("general/clinc150", "train.jsonl.gz", 192, all_texts=True),
            "medsafety": pairs("pairs/medsafety_ama", "llama3_generated_pairs.jsonl.gz", 96, all_texts=True),
            "gloss": glosses(data, tokenizer, rng),
            "silver": silver(data, tokenizer),
            "title": Pairs(tokenizer, [t[0] for t in titled], [" ".join(t[1:]) for t in titled], [[i] for i in range(len(titled))], 64, limit=96),
        }
        self.whole = {"crop": titled + documents(data, "medquad"), "input": sentences(inputs, 3)}
        self.turns = TURNS.split()
        judged = read(data / "general/stsb/train.jsonl.gz")
        self.judged = [Tokens.of(tokenizer, [row[key] for row in judged]) for key in ("s1", "s2")]
        self.judgement = np.array([row["score"] for row in judged])

    def crops(self, name, tokenizer, rng, count=56):
        """A sentence of a document, or of an input to an assistant, which asks for the rest of it (the inverse cloze
        task of arXiv 1906.00300)."""
        asked, rests = [], []
        for i in rng.choice(len(self.whole[name]), count, replace=False):
            parts = self.whole[name][i]
            at = rng.integers(len(parts))
            rest = parts[:at] + parts[at + 1:]
            asked.append(parts[at])
            rests.append(" ".join(rest[rng.integers(max(1, len(rest) - 5)):]))
        return Tokens.of(tokenizer, asked), Tokens.of(tokenizer, rests)


class TinyCurriculum:
    """The sample corpus alone: its examples ask for its rules."""

    def __init__(self, tokenizer):
        queries, rules, right = sample_pairs()
        self.rules = Pairs(tokenizer, queries, rules, right, 64)
        self.checked, self.rules.usable = self.rules.usable[::10], np.delete(self.rules.usable, np.s_[::10])
        self.tasks, self.turns = {"examples": self.rules}, ["examples"]


def general_loss(name, plan, student, tokenizer, rng, a, near):
    if name == "stsb":
        rows = rng.choice(len(plan.judgement), 192, replace=False)
        left, right = (embed(student, side, rows) for side in plan.judged)
        return ordering((left * right).sum(1), torch.from_numpy(plan.judgement[rows]))
    if name in ("crop", "input"):
        asked, rests = plan.crops(name, tokenizer, rng)
        rows = np.arange(len(asked))
        scores = embed(student, asked, rows, 48) @ embed(student, rests, rows, 128).T
        return info_nce(scores, torch.eye(len(rows), dtype=torch.bool), a.temperature)
    task = plan.tasks[name]
    rows, documents, belongs = task.draw(rng)
    ignored = None
    if name == "silver":
        alike = near[documents] @ near[documents].T > a.too_near
        ignored = belongs.float() @ alike.float() > 0
    scores = embed(student, task.queries, rows, 64) @ embed(student, task.texts, documents, task.limit).T
    return info_nce(scores, belongs, a.temperature, ignored, both=not task.all_texts)


def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("--data", type=Path, help="the folder README.md describes; without it, the sample corpus alone")
    p.add_argument("--work", type=Path, required=True)
    p.add_argument("--steps", type=int, default=700)
    p.add_argument("--rate", type=float, default=2e-4)
    p.add_argument("--temperature", type=float, default=0.04)
    p.add_argument("--too-near", type=float, default=0.85)
    p.add_argument("--general", type=float, default=0.6)
    p.add_argument("--imitation", type=float, default=2, help="weight of the imitation, which wins back the rest of the world")
    p.add_argument("--bulk", type=int, default=160)
    p.add_argument("--refresh", type=int, default=60)
    p.add_argument("--rank", type=int, default=0)
    p.add_argument("--world", type=int, default=1)
    a = p.parse_args()
    rng, tokenizer = seeded(SEED, a.rank), student_tokenizer(a.work)
    student, projection = load(a.work / "distilled.pt")
    texts = read(a.work / "texts.jsonl")
    inputs = [i for i, row in enumerate(texts) if row["source"] in INPUTS]
    plan = Curriculum(a.data, tokenizer, rng, (texts[i]["text"] for i in inputs)) if a.data else TinyCurriculum(tokenizer)
    rules = plan.rules
    vectors = np.load(a.work / "teacher.npy")
    tokens = Tokens.of(tokenizer, [row["text"] for row in texts])

    def epoch():
        """Texts that are long, and inputs to assistants, more often than the rest: pairs are short, and unlearn them."""
        some = np.flatnonzero((tokens.lengths >= LONG) | (rng.random(len(tokens)) < SHORT_SHARE))
        return np.concatenate([some, np.repeat(inputs, AGAIN).astype(int)])

    stream = batches(epoch, neighbourhoods(vectors, 256, rng), min(a.bulk, len(tokens)), rng)

    def fresh():
        return torch.from_numpy(encode(student, rules.texts))

    before = bank = fresh()
    silver_before = torch.from_numpy(encode(student, plan.tasks["silver"].texts)) if "silver" in plan.tasks else None
    right = np.array([found[0] if found else 0 for found in rules.right])
    asked_for = torch.zeros(len(before), dtype=torch.bool)
    asked_for[[document for i in rules.usable for document in rules.right[i]]] = True
    theme = (before[right] @ before[rng.choice(len(before), min(200, len(before)), replace=False)].T).argmax(1).numpy()

    def rule_rows():
        """Half of the batch at random, half from a few themes, whose rules are hard to tell apart."""
        rows = list(rng.choice(rules.usable, min(rules.batch // 2, len(rules.usable)), replace=False))
        while len(rows) < rules.batch:
            members = rules.usable[theme[rules.usable] == theme[rng.choice(rules.usable)]]
            rows += list(rng.choice(members, min(32, len(members)), replace=False))
        return np.unique(rows[:rules.batch])

    def held_out():
        asked = Tokens([rules.queries.ids[s:s + n] for s, n in zip(rules.queries.starts[plan.checked], rules.queries.lengths[plan.checked])])
        return ndcg(encode(student, asked), encode(student, rules.texts), [dict.fromkeys(rules.right[i], 1) for i in plan.checked]).mean()

    optimizer = adamw(student, projection, a.rate)
    companions = Companions(a.work / "pairs.store", a.rank, a.world, [*student.parameters(), *projection.parameters()])
    mean, began, said, seen = {k: v.clone() for k, v in student.state_dict().items()}, time.time(), time.time(), []
    if a.rank == 0:
        print(f"held-out nDCG@10 {held_out():.4f} before", flush=True)
    for step in range(a.steps):
        if step % 8 == 0:
            companions.meet()
        if step == a.steps // 2 and a.rank == 0:
            save(a.work / "halfway.pt", student, mean, projection)
        if step % a.refresh == 0:
            bank = fresh()
        set_rate(optimizer, a.rate, step, a.steps, warm=40)
        optimizer.zero_grad()
        with student.as_shipped():
            rows, documents, belongs = rules.draw(rng, rule_rows())
            with short_products():
                asked, found = embed(student, rules.queries, rows), embed(student, rules.texts, documents)
            alike = before[right[rows]] @ before.T > a.too_near
            known = alike | ~asked_for
            known[:, documents] = True
            for r, i in enumerate(rows):
                known[r, rules.right[i]] = True
            inside, outside = asked @ found.T, asked @ bank.T
            guideline = 0.3 * info_nce(inside, belongs, a.temperature, alike[:, documents]) + 0.7 * info_nce(
                torch.cat([inside, outside], 1), torch.cat([belongs, torch.zeros_like(known)], 1), a.temperature,
                torch.cat([alike[:, documents], known], 1), both=False)
            batch = next(stream)
            with short_products():
                name = plan.turns[(step + 5 * a.rank) % len(plan.turns)]
                general = general_loss(name, plan, student, tokenizer, rng, a, silver_before)
                made = embed(student, tokens, batch)
            copied, cosine = imitation(made, torch.from_numpy(vectors[batch].astype(np.float32)), projection)
            (guideline + a.general * general + a.imitation * copied).backward()
        nn.utils.clip_grad_norm_(student.parameters(), 2.0)
        optimizer.step()
        student.keep_in_range()
        for key, value in student.state_dict().items():
            mean[key].lerp_(value, 0.02 if step > 30 else 0.2)
        seen.append((guideline.item(), general.item(), cosine.item()))
        if a.rank == 0 and time.time() - said > 60:
            said = time.time()
            save(a.work / "paired.pt", student, mean, projection)
            print(f"step {step + 1}: guideline, general, cosine {np.mean(seen[-30:], axis=0).round(3)}, {said - began:.0f} s", flush=True)
    companions.meet()
    if a.rank == 0:
        save(a.work / "paired.pt", student, mean, projection)
        student.load_state_dict(mean)
        print(f"held-out nDCG@10 {held_out():.4f} after {time.time() - began:.0f} s", flush=True)


if __name__ == "__main__":
    main()
