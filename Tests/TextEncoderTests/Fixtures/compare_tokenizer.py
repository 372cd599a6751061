"""Compares our token ids with those of the Python `tokenizers` library on any texts, and on every Unicode scalar.

    pip install tokenizers
    python compare_tokenizer.py MODEL_FOLDER [--count 10000] [--sweep] FILE.jsonl[.gz] ...

Draws texts from all string fields of JSON Lines files, the same number from each file as far as they go, and runs the
test of `PretrainedModelTests` on them. `--sweep` adds each scalar alone and between letters (2.2 million texts).
"""
import argparse
import gzip
import json
import os
import pathlib
import random
import subprocess
import tempfile

from tokenizers import Tokenizer

parser = argparse.ArgumentParser()
parser.add_argument("model")
parser.add_argument("files", nargs="*")
parser.add_argument("--count", type=int, default=10_000)
parser.add_argument("--sweep", action="store_true")
arguments = parser.parse_args()

random.seed(1)
pools = []
for name in arguments.files:
    with (gzip.open if name.endswith("gz") else open)(name, "rt", encoding="utf-8") as file:
        values = [value for line in file for value in json.loads(line).values() if isinstance(value, str)]
    random.shuffle(values)
    pools.append(values)
texts = []
while len(texts) < arguments.count and any(pools):
    for pool in pools:
        if pool:
            texts.append(pool.pop())
if arguments.sweep:
    scalars = [chr(c) for c in range(0x110000) if not 0xD800 <= c < 0xE000]
    texts += scalars + [f"a{c}b" for c in scalars]

tokenizer = Tokenizer.from_file(str(pathlib.Path(arguments.model) / "tokenizer.json"))
tokenizer.no_truncation()
tokenizer.no_padding()
with tempfile.TemporaryDirectory() as folder:
    cases = pathlib.Path(folder) / "cases.jsonl"
    with open(cases, "w") as file:
        for start in range(0, len(texts), 10_000):
            part = texts[start:start + 10_000]
            for text, encoding in zip(part, tokenizer.encode_batch(part)):
                file.write(json.dumps({"text": text, "ids": encoding.ids}) + "\n")
    print(len(texts), "texts", flush=True)
    subprocess.run(
        ["swift", "test", "-c", "release", "-Xswiftc", "-enable-testing", "--filter", "PretrainedModelTests/manyTexts"],
        env={**os.environ, "FINGERPOST_MINILM": arguments.model, "FINGERPOST_TOKENIZER_CASES": str(cases)}, check=True)
