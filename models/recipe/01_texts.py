#!/usr/bin/env python3
"""Stage 1: choose the texts to distil from, and the words to keep.

Writes to --work: texts.jsonl (source, license, text), counts.json (rows by source and licence), tokenizer.json (the
teacher's, cut to the --vocabulary most used entries and renumbered) and kept.npy (each entry's number in the teacher's).
"""
import argparse
import collections
import json
import random
import re
import unicodedata
from pathlib import Path

import numpy as np

from common import SEED, corpus, fingerprint, measured_fingerprints, minilm_folder, read, sample_texts, teacher_tokenizer

# Rows wanted from each source of bulk/texts.jsonl.gz; a source that is not named is left out.
BULK = {
    "rot_train_query": 40_000, "rot_corpus": 40_000, "silver_siq": 20_000, "wordnet_gloss": 60_000,
    "wordnet_example": 15_000, "sgd_utterance": 35_000, "medquad_answer": 60_000, "medquad_question": 12_000,
    "medsafety_llama3": 35_000, "clarifydelphi": 38_000, "digitalgov.gov": 55_000, "openstax": 43_000,
    "query_wellformedness": 25_000, "llm_prompts_permissive": 9_300, "snli": 20_000, "CheatSheetSeries": 17_000,
    "taskmaster": 10_000, "handbook": 11_000, "UD_English-EWT": 12_000, "classic_books": 15_000,
    "common_voice_en": 10_000, "hwu64": 10_000, "snips": 5_000, "nltk_state_union": 10_000, "nltk_inaugural": 3_000,
    "jade_rules": 1_300,
}
PROMPTS = 8_000  # at most so many from each source of prompts/*.jsonl.gz
OTHERS = [  # file, field, licence: the queries of train parts
    ("general/medquad/train.jsonl.gz", "query", "CC-BY-4.0"), ("general/scifact/train.jsonl.gz", "query", "CC-BY-4.0"),
    ("general/banking77/train.jsonl.gz", "query", "CC-BY-4.0"), ("general/clinc150/train.jsonl.gz", "query", "CC-BY-3.0"),
    ("general/stsb/train.jsonl.gz", "s1", "CC-BY-SA-4.0"), ("general/stsb/train.jsonl.gz", "s2", "CC-BY-SA-4.0"),
]
# Documents searched in the measured sets, without their queries; and passages made of sentences of one source.
DOCUMENTS = {"scifact": 6_000, "nfcorpus_processed": 4_000, "medquad": 6_000}
PASSAGES = {"openstax": 2_300, "digitalgov.gov": 3_200, "medquad_answer": 2_700, "handbook": 550,
            "CheatSheetSeries": 700, "nltk_state_union": 700, "classic_books": 900}
LONGEST, SPECIAL = 2_000, ("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]")


def passages(rows, dice):
    """Sentences of one source joined to paragraphs of 250 to 900 characters."""
    made, buffer, length, wanted = [], [], 0, dice.randint(250, 900)
    for text, licence in rows:
        buffer.append(text)
        length += len(text) + 1
        if length >= wanted:
            made.append((" ".join(buffer), licence))
            buffer, length, wanted = [], 0, dice.randint(250, 900)
    return made


def choose(data):
    banned, seen, dice = measured_fingerprints(data), set(), random.Random(SEED)
    by_source = collections.defaultdict(list)
    for name in ("bulk/texts.jsonl.gz", "prompts/ordinary.jsonl.gz", "prompts/safety.jsonl.gz"):
        for row in read(data / name):
            by_source[row["source"]].append((row["text"], row["license"]))
    plan = [(f"passage/{s}", passages(by_source[s], dice), n) for s, n in PASSAGES.items()]
    plan += [(s, by_source[s], n) for s, n in BULK.items()]
    plan += [(s, rows, PROMPTS) for s, rows in by_source.items() if s not in BULK and s not in ("quality_rubrics", "or_sharc")]
    for name, field, licence in OTHERS:
        plan.append((name.split("/")[1] + "_train", [(row[field], licence) for row in read(data / name)], 40_000))
    for name, count in DOCUMENTS.items():
        plan.append((f"{name}_document", [(text, "see model card") for text in corpus(data / "general" / name)[1]], count))
    chosen = []
    for source, rows, count in plan:
        rows = list(rows)
        dice.shuffle(rows)
        taken = 0
        for text, licence in rows:
            text = text[:LONGEST]
            if taken == count:
                break
            if len(text.strip()) < 8 or fingerprint(text) in banned or text in seen:
                continue
            seen.add(text)
            taken += 1
            chosen.append({"source": source, "license": licence, "text": text})
    dice.shuffle(chosen)
    return chosen


def is_letter_elsewhere(token):
    """Whether an entry is one letter of another script or a currency sign, in a place where the normalizer can leave it:
    marks that it strips, letters that it takes apart and ideographs inside a word are never looked up."""
    letter = token.removeprefix("##")
    if len(letter) != 1 or ord(letter) < 128:
        return False
    if unicodedata.category(letter) == "Sc":
        return True
    if unicodedata.category(letter)[0] not in "LM" or unicodedata.category(letter) in ("Mn", "Lm"):
        return False
    if unicodedata.name(letter, "").startswith("CJK"):
        return letter == token
    apart = unicodedata.normalize("NFD", letter)
    return not any(unicodedata.category(mark) == "Mn" for mark in apart[1:])


def trimmed(texts, size):
    """The teacher's tokenizer with the most used entries alone: every Latin letter and sign, the letters of other
    scripts (a word with a letter that is missing would be [UNK], and say nothing), then by use."""
    whole, pieces = teacher_tokenizer(), json.loads((minilm_folder() / "tokenizer.json").read_text(encoding="utf-8"))
    vocabulary = pieces["model"]["vocab"]
    counts = np.zeros(len(vocabulary), np.int64)
    for start in range(0, len(texts), 8192):
        for encoding in whole.encode_batch_fast(texts[start:start + 8192]):
            counts += np.bincount(encoding.ids, minlength=len(counts))

    def is_letter(token):
        letter = token.removeprefix("##")
        return is_letter_elsewhere(token) or len(letter) == 1 and (ord(letter) < 128 or (counts[vocabulary[token]] > 0 and (
            ord(letter) < 0x250 or unicodedata.category(letter)[0] in "PS")))

    letters = {token for token in vocabulary if is_letter(token)}
    words = [t for t in vocabulary if t not in letters and t not in SPECIAL and not re.match(r"\[unused", t)]
    words.sort(key=lambda token: (-counts[vocabulary[token]], vocabulary[token]))
    kept = letters | set(words[:max(0, size - len(SPECIAL) - len(letters))])
    order = list(SPECIAL) + sorted(kept, key=vocabulary.get)
    numbers = {token: i for i, token in enumerate(order)}
    pieces["model"]["vocab"] = numbers
    for added in pieces["added_tokens"]:
        added["id"] = numbers[added["content"]]
    for token, entry in pieces["post_processor"]["special_tokens"].items():
        entry["ids"] = [numbers[token]]
    pieces["truncation"] = pieces["padding"] = None
    return pieces, np.array([vocabulary[token] for token in order])


def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("--data", type=Path, help="the folder README.md describes; without it, the sample corpus alone")
    p.add_argument("--work", type=Path, required=True)
    p.add_argument("--vocabulary", type=int, default=22_144)
    a = p.parse_args()
    a.work.mkdir(parents=True, exist_ok=True)
    rows = choose(a.data) if a.data else [{"source": "sample", "license": "Apache-2.0", "text": t} for t in sample_texts()]
    with open(a.work / "texts.jsonl", "w", encoding="utf-8") as out:
        out.writelines(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
    counts = collections.Counter((row["source"], row["license"]) for row in rows)
    (a.work / "counts.json").write_text(json.dumps([{"source": s, "license": l, "rows": n} for (s, l), n in counts.most_common()], indent=1))
    pieces, kept = trimmed([row["text"] for row in rows], a.vocabulary)
    (a.work / "tokenizer.json").write_text(json.dumps(pieces, ensure_ascii=False, separators=(",", ":")), encoding="utf-8")
    np.save(a.work / "kept.npy", kept)
    print(f"{len(rows)} texts, {len(kept)} words")


if __name__ == "__main__":
    main()
