#!/usr/bin/env python3
"""What the encoder cannot do, in numbers for the model card: negation, word order, long inputs, other languages."""
import argparse
from pathlib import Path

import numpy as np

from common import corpus, read
from evaluate import measure, sentence_transformer

TRANSLATED = [
    ("You must not lie to your friends.", "Du darfst deine Freunde nicht anl\u00fcgen."),
    ("It is rude to interrupt.", "Il est impoli d'interrompre."),
    ("Never share a patient's records.", "Nunca compartas el historial de un paciente."),
    ("Pay your taxes on time.", "Paga le tasse in tempo."),
    ("Children should be supervised near water.", "Dzieci powinny by\u0107 pilnowane w pobli\u017cu wody."),
]


def main():
    p = argparse.ArgumentParser(description=__doc__)
    p.add_argument("--data", type=Path, required=True)
    p.add_argument("--model", default="../fingerpost-small")
    a = p.parse_args()
    model = sentence_transformer("ours", a.model)

    def alike(left, right):
        return float((model.encode(left) * model.encode(right)).sum(1).mean())

    rules = [text for text in corpus(a.data / "pairs/rules-of-thumb")[1] if text.startswith("It is wrong to ")][:1000]
    print(f"negation: cosine {alike(rules, [r.replace('is wrong', 'is not wrong') for r in rules]):.3f} "
          f"between {len(rules)} rules and their denials")
    print(f"opposite: cosine {alike(rules, [r.replace('is wrong', 'is good') for r in rules]):.3f}")
    print(f"word order: cosine {alike(rules, [' '.join(reversed(r.split())) for r in rules]):.3f} to the words reversed")
    print(f"unrelated: cosine {alike(rules, rules[1:] + rules[:1]):.3f} to another rule")
    print(f"languages: cosine {alike(*map(list, zip(*TRANSLATED))):.3f} to a translation")
    folder = a.data / "pairs/quality_rubrics"
    ids, texts = corpus(folder)
    queries = [row for row in read(folder / "pairs.jsonl.gz") if row["positives"]]
    length = np.array([len(row["query"].split()) for row in queries])
    for name, rows in (("under 40", length < 40), ("40 to 150", (length >= 40) & (length < 150)), ("150 and more", length >= 150)):
        part = [row for row, kept in zip(queries, rows) if kept]
        print(f"quality_rubrics, queries of {name} words: nDCG@10 {measure(model, part, texts, ids)['nDCG@10']:.3f} ({len(part)})")


if __name__ == "__main__":
    main()
