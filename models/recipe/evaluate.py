#!/usr/bin/env python3
"""The scorecard: exact search, no index, no tuning. Compares the encoder with its teacher, BM25 and wordllama.

    python evaluate.py --data DIR --model ../fingerpost-small --systems ours,bm25,wordllama,minilm --out scores.json
nDCG@10, recall@3 and recall@10 with graded relevance where a set has grades; queries without positives are skipped.
"""
import argparse
import json
import re
from collections import Counter
from pathlib import Path

import numpy as np
from scipy import sparse
from scipy.stats import rankdata, spearmanr

from common import corpus, minilm_folder, package_folder, read, unit

SETS = {  # name: folder, query file
    "rules-of-thumb dev": ("pairs/rules-of-thumb", "dev.jsonl.gz"),
    "or_sharc": ("pairs/or_sharc", "pairs.jsonl.gz"),
    "quality_rubrics": ("pairs/quality_rubrics", "pairs.jsonl.gz"),
    "parlant_guidelines": ("pairs/parlant_guidelines", "pairs.jsonl.gz"),
    "ailuminate_hazard": ("pairs/ailuminate_hazard", "pairs.jsonl.gz"),
    "valueeval": ("pairs/valueeval", "pairs.jsonl.gz"),
    "scifact test": ("general/scifact", "test.jsonl.gz"),
    "nfcorpus_processed test": ("general/nfcorpus_processed", "test.jsonl.gz"),
    "medquad test": ("general/medquad", "test.jsonl.gz"),
    "banking77 test": ("general/banking77", "test.jsonl.gz"),
    "clinc150 test": ("general/clinc150", "test.jsonl.gz"),
}


class BM25:
    """Robertson and Zaragoza's Okapi BM25 over lower-cased words, k1 1.2, b 0.75, no stemming, no stop list."""
    name = "BM25"

    @staticmethod
    def words(text):
        return re.findall(r"\w+", text.lower())

    def scores(self, queries, texts, k1=1.2, b=0.75):
        counts = [Counter(self.words(text)) for text in texts]
        ids = {word: i for i, word in enumerate(sorted({word for c in counts for word in c}))}
        lengths = np.array([sum(c.values()) for c in counts], np.float64)
        rows, cols, weights = [], [], []
        found = Counter(word for c in counts for word in c)
        for row, c in enumerate(counts):
            norm = k1 * (1 - b + b * lengths[row] / lengths.mean())
            for word, n in c.items():
                idf = np.log(1 + (len(texts) - found[word] + 0.5) / (found[word] + 0.5))
                rows.append(row), cols.append(ids[word]), weights.append(idf * n * (k1 + 1) / (n + norm))
        documents = sparse.csr_matrix((weights, (rows, cols)), (len(texts), len(ids)))
        pairs = [(row, ids[word]) for row, query in enumerate(queries) for word in self.words(query) if word in ids]
        asked = sparse.csr_matrix((np.ones(len(pairs)), tuple(zip(*pairs))), (len(queries), len(ids)))
        return lambda part: (asked[part] @ documents.T).toarray()


class Vectors:
    """A system that turns texts into unit vectors; the score is their inner product."""

    def __init__(self, name, encode):
        self.name, self.encode = name, encode

    def scores(self, queries, texts):
        asked, documents = self.encode(queries), self.encode(texts)
        return lambda part: asked[part] @ documents.T


def sentence_transformer(name, folder):
    """Any folder that sentence-transformers reads, on one thread."""
    import torch
    from sentence_transformers import SentenceTransformer
    torch.set_num_threads(1)
    model = SentenceTransformer(str(folder), device="cpu")
    model.max_seq_length = 256
    return Vectors(name, lambda texts: model.encode(texts, batch_size=32, normalize_embeddings=True))


def wordllama():
    from wordllama import WordLlama
    model = WordLlama.load(dim=256, cache_dir=package_folder("wordllama"), disable_download=True)
    return Vectors("wordllama", lambda texts: unit(model.embed(texts).astype(np.float32)))


def ndcg(asked, documents, gains, k=10):
    """nDCG@10 of every query by the inner product of vectors; `gains` maps rows of documents to grades."""
    return gained(lambda part: asked[part] @ documents.T, gains, k)[:, 0]


def gained(score, gains, k=10):
    """nDCG@k, recall@3 and recall@k of every query. Ties go to the earlier row."""
    discount, out = 1 / np.log2(np.arange(2, k + 2)), []
    for start in range(0, len(gains), 256):
        part = slice(start, min(start + 256, len(gains)))
        best = np.argsort(-score(part), axis=1, kind="stable")[:, :k]
        for grades, top in zip(gains[part], best):
            got = np.array([grades.get(i, 0) for i in top], float)
            ideal = np.array(sorted(grades.values(), reverse=True)[:k], float)
            out.append(((got * discount[:len(got)]).sum() / (ideal * discount[:len(ideal)]).sum(),
                        (got[:3] > 0).sum() / len(grades), (got > 0).sum() / len(grades)))
    return np.array(out)


def measure(system, queries, texts, ids):
    """Means over the queries that have positives."""
    queries = [row for row in queries if row.get("positives")]
    place = {identifier: i for i, identifier in enumerate(ids)}
    gains = [{place[i]: g for i, g in (row.get("grades") or dict.fromkeys(row["positives"], 1)).items() if i in place} for row in queries]
    means = gained(system.scores([row["query"] for row in queries], texts), gains).mean(0)
    return dict(zip(("nDCG@10", "recall@3", "recall@10"), means.round(4).tolist()), queries=len(queries))


def abstention(system, data):
    """Area under the ROC curve of the best score: clinc150's test queries against those that match no intent."""
    folder = data / "general/clinc150"
    texts = corpus(folder)[1]
    inside, outside = ([row["query"] for row in read(folder / name)] for name in ("test.jsonl.gz", "oos.jsonl.gz"))
    best = system.scores(inside + outside, texts)(slice(None)).max(1)
    ranks = rankdata(best)
    n, m = len(inside), len(outside)
    return round(float((ranks[:n].sum() - n * (n + 1) / 2) / (n * m)), 4)


def similarity(system, rows):
    left, right = (system.encode([row[key] for row in rows]) for key in ("s1", "s2"))
    return round(float(spearmanr((left * right).sum(1), [row["score"] for row in rows])[0]), 4)


def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("--data", type=Path, required=True)
    p.add_argument("--model", default="../fingerpost-small")
    p.add_argument("--systems", default="ours,bm25,wordllama,minilm")
    p.add_argument("--sets", default=",".join(SETS))
    p.add_argument("--out", type=Path)
    a = p.parse_args()
    build = {"ours": lambda: sentence_transformer("ours", a.model), "bm25": BM25, "wordllama": wordllama,
             "minilm": lambda: sentence_transformer("MiniLM", minilm_folder())}
    card = {}
    for system in (build[name]() for name in a.systems.split(",")):
        card[system.name] = {}
        for name in a.sets.split(","):
            folder, file = SETS[name]
            ids, texts = corpus(a.data / folder)
            card[system.name][name] = measure(system, read(a.data / folder / file), texts, ids)
            print(system.name, name, card[system.name][name], flush=True)
        if not isinstance(system, BM25):
            card[system.name]["stsb dev"] = {"spearman": similarity(system, read(a.data / "general/stsb/dev.jsonl.gz"))}
            print(system.name, "stsb dev", card[system.name]["stsb dev"], flush=True)
        card[system.name]["clinc150 out of scope"] = {"AUROC": abstention(system, a.data)}
        print(system.name, "clinc150 out of scope", card[system.name]["clinc150 out of scope"], flush=True)
    if a.out:
        a.out.write_text(json.dumps(card, indent=1))


if __name__ == "__main__":
    main()
