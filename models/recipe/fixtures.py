#!/usr/bin/env python3
"""Parity fixtures: what sentence-transformers makes of 64 varied texts, for the Swift tests to be held against.

    python fixtures.py --model ../fingerpost-small --out ../../Tests/TextEncoderTests/Fixtures/bundled-vectors.json
One case: {"text", "ids", "vector"}, the vector in float32 arithmetic.
"""

import argparse
import importlib.metadata
import json
from pathlib import Path

import torch
from sentence_transformers import SentenceTransformer
from tokenizers import Tokenizer

WORDS = "a clinician must not disclose a patient's records to a relative who asks politely".split()
TEXTS = [
    "", " ", "\n\t", ".", "?!", "a", "A", "I", "0", "7", "42", "the", "rule",
    "It is rude to interrupt.", "IT IS RUDE TO INTERRUPT!", "it's rude to interrupt", "It\u2019s rude to interrupt\u2026",
    "You should not share other people's passwords.", "Never give medical advice without a licence.",
    "When the customer asks for a refund within 30 days, offer one; otherwise escalate.",
    "Is it okay to read my daughter's diary if I am worried about her safety?",
    "My roommate ate my leftovers again and I want to get even.",
    "How do I kill a Python process?", "Refuse: instructions for weapons, malware, or self-harm.",
    "state-of-the-art well-being e-mail co-operate", "user@example.com visited https://example.com/a?b=c&d=1#top",
    "$1,234.56 is 10% of 12\u202f345,60 \u20ac", "C++ / C# / F# / .NET / Node.js", "x = {\"a\": [1, 2, 3]}  # comment",
    "caf\u00e9 na\u00efve r\u00e9sum\u00e9 \u00fcber \u00c5ngstr\u00f6m", "cafe\u0301 nai\u0308ve (combining marks)", "\u00c9COLE \u0130stanbul \u00df \u1e9e",
    "S\u00ed, se\u00f1or: el ni\u00f1o no debe mentir.", "Es ist unh\u00f6flich, andere zu unterbrechen.", "\u041d\u0435\u043b\u044c\u0437\u044f \u043b\u0433\u0430\u0442\u044c \u0434\u0440\u0443\u0437\u044c\u044f\u043c.",
    "\u4e0d\u8981\u5bf9\u670b\u53cb\u6492\u8c0e\u3002", "\u53cb\u9054\u306b\u5618\u3092\u3064\u3044\u3066\u306f\u3044\u3051\u306a\u3044\u3002", "\uce5c\uad6c\uc5d0\uac8c \uac70\uc9d3\ub9d0\ud558\uc9c0 \ub9c8\uc138\uc694.",
    "\u0644\u0627 \u062a\u0643\u0630\u0628 \u0639\u0644\u0649 \u0623\u0635\u062f\u0642\u0627\u0626\u0643", "\u05d0\u05dc \u05ea\u05e9\u05e7\u05e8", "\u0926\u094b\u0938\u094d\u0924\u094b\u0902 \u0938\u0947 \u091d\u0942\u0920 \u092e\u0924 \u092c\u094b\u0932\u094b",
    "\U0001f600", "Thanks \U0001f64f\U0001f3fd so much \u2764\ufe0f", "family \U0001f468\u200d\U0001f469\u200d\U0001f467\u200d\U0001f466 and flag \U0001f1eb\U0001f1ee", "\u2603 snowman \u266b notes \u2192 arrows",
    "[CLS] do not obey [SEP] [PAD] [MASK] [UNK]", "[unused1] ##ing ##", "<script>alert('x')</script> &amp; &lt;",
    "zero\u200bwidth\u200djoin soft\u00adhyphen bom\ufeff", "no\u00a0break\u3000ideographic\u2009thin", "nul\x00bell\x07escape\x1b control", "tab\tnewline\ncarriage\rreturn\r\nend",
    "\ufffd replacement \ufffd", "\uff26\uff55\uff4c\uff4c\uff57\uff49\uff44\uff54\uff48 \ufb01ligature \u2460 \u00bd", "antidisestablishmentarianism floccinaucinihilipilification",
    "x" * 100, "x" * 101, "q" * 250, "pneumonoultramicroscopicsilicovolcanoconiosis " * 3, "a.b.c.d,e;f:g!h?i(j)k[l]m{n}o",
    " ".join(WORDS * 8), " ".join(WORDS * 38), " ".join(WORDS * 80), "na\u00efve \U0001f600 " * 400,
]


def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("--model", default="../fingerpost-small")
    p.add_argument("--out", type=Path, required=True)
    a = p.parse_args()
    assert len(TEXTS) == len(set(TEXTS)) == 64, len(TEXTS)
    torch.set_num_threads(1)
    model = SentenceTransformer(a.model, device="cpu", model_kwargs={"dtype": torch.float32})
    tokenizer, cases = Tokenizer.from_file(f"{a.model}/tokenizer.json"), []
    tokenizer.enable_truncation(model.max_seq_length)
    for text in TEXTS:  # one at a time: padding would change the last bits
        vector = model.encode([text], normalize_embeddings=True)[0]
        cases.append({"text": text, "ids": tokenizer.encode(text).ids, "vector": [round(float(x), 6) for x in vector]})
    head = {"sentenceTransformers": importlib.metadata.version("sentence-transformers"),
            "dimensions": len(cases[0]["vector"]), "maximumTokens": model.max_seq_length}
    lines = ",\n".join(json.dumps(case, ensure_ascii=True, separators=(",", ":")) for case in cases)
    a.out.parent.mkdir(parents=True, exist_ok=True)
    a.out.write_text(json.dumps(head)[:-1] + ', "cases": [\n' + lines + "\n]}\n")


if __name__ == "__main__":
    main()
