"""Writes a corpus of near-duplicate guidelines: JSON Lines of {"id","text","support"}, the same for the same arguments.

    python3 generate.py --texts ../../models/sample-corpus/guidelines.jsonl --rows 700000 > duplicates.jsonl

Texts are taken from JSON Lines files (gzipped or not), field "text", and where they are fewer than --distinct made more
by joining the halves of two. Every row is a text with edits: words swapped, replaced, dropped, letters changed, clauses
put in front or behind, case and punctuation changed. Most rows have few edits, some many, so that the similarity to
the origin runs from 1 to below 0.7.
"""

import argparse
import gzip
import json
import random
import sys

SYNONYMS = {
    "people": "persons", "someone": "somebody", "help": "assist", "should": "ought to", "wrong": "improper",
    "good": "fine", "bad": "poor", "give": "provide", "use": "employ", "make": "create", "ensure": "make sure",
    "children": "kids", "friend": "companion", "important": "essential", "information": "details", "must": "has to",
    "illegal": "unlawful", "encourage": "promote", "respect": "honour", "answer": "reply", "user": "person",
    "explain": "describe", "harm": "hurt", "money": "cash", "always": "at all times", "rude": "impolite",
}
BEFORE = ["please remember:", "as a rule,", "in general,", "note that", "for safety,", "when asked,"]
AFTER = ["at all times", "in every case", "where this applies", "as far as possible", "for everyone", "here as elsewhere"]


def texts(paths):
    for path in paths:
        with (gzip.open if path.endswith(".gz") else open)(path, "rt", encoding="utf-8") as lines:
            for line in lines:
                if line.strip():
                    yield json.loads(line)["text"]


def edited(text, dice):
    words = text.split()
    for _ in range(min(21, int(dice.expovariate(0.45)))):
        kind = dice.randrange(9)
        place = dice.randrange(len(words))
        if kind == 0 and len(words) > 2:
            other = min(len(words) - 1, place + 1)
            words[place], words[other] = words[other], words[place]
        elif kind == 1:
            known = [i for i, word in enumerate(words) if word.lower() in SYNONYMS]
            if known:
                place = dice.choice(known)
                words[place] = SYNONYMS[words[place].lower()]
        elif kind == 2 and len(words) > 4:
            del words[place]
        elif kind == 3 and len(words[place]) > 3:
            letter = dice.randrange(1, len(words[place]) - 1)
            words[place] = words[place][:letter] + dice.choice("aeiourstln") + words[place][letter + 1:]
        elif kind == 4:
            words = dice.choice(BEFORE).split() + words
        elif kind == 5:
            words = words[:-1] + [words[-1].rstrip(".")] + dice.choice(AFTER).split()
        elif kind == 6:
            words[place] = dice.choice([words[place].upper(), words[place].capitalize()])
        elif kind == 7:
            words[place] += dice.choice([",", ";", " -", "!"])
        else:
            words.insert(place, dice.choice(["really", "also", "clearly", "simply", "then"]))
    return " ".join(words)


def main():
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--texts", nargs="+", required=True)
    arguments.add_argument("--distinct", type=int, default=33_000)
    arguments.add_argument("--rows", type=int, default=700_000)
    arguments.add_argument("--seed", type=int, default=1)
    arguments = arguments.parse_args()
    dice = random.Random(arguments.seed)
    origins = list(dict.fromkeys(text for text in texts(arguments.texts) if len(text.split()) > 2))
    given = len(origins)
    dice.shuffle(origins)
    while len(origins) < arguments.distinct:
        first, second = dice.randrange(given), dice.randrange(given)
        a, b = origins[first].split(), origins[second].split()
        origins.append(" ".join(a[: len(a) // 2 + 1] + b[len(b) // 2:]))
    origins = origins[: arguments.distinct]
    for row in range(arguments.rows):
        origin = row if row < len(origins) else dice.randrange(len(origins))
        text = origins[origin] if row < len(origins) else edited(origins[origin], dice)
        sys.stdout.write(json.dumps({"id": f"d{row}", "text": text, "support": 1 + row % 3}, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    main()
