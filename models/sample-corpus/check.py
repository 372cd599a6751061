#!/usr/bin/env python3
"""Check the sample corpus: schema, counts, uniqueness, and that the held-out queries are held out.

    python3 check.py              check the files beside this script and print a table
    python3 check.py --markdown   print the counts as the Markdown tables used in README.md

Exit status: 0 clean, 1 at least one problem (each printed as FILE:LINE: what is wrong), 2 a usage error.
Needs Python 3.9 and nothing else.
"""
import json
import re
import sys
from collections import Counter
from pathlib import Path

HERE = Path(__file__).resolve().parent
GUIDELINES, QUERIES = "guidelines.jsonl", "queries.jsonl"

KEYS = ["id", "title", "text", "condition", "kind", "status", "severity", "risk", "tags", "lang", "examples",
        "counterexamples", "source"]
KINDS = {"safety", "quality", "style"}
SEVERITIES = ["low", "medium", "high", "critical"]
RISKS = {
    "mlc:vcr": "violent crimes", "mlc:ncr": "non-violent crimes", "mlc:src": "sex-related crimes",
    "mlc:cse": "child sexual exploitation", "mlc:dfm": "defamation", "mlc:spc_hlt": "specialised advice: health",
    "mlc:spc_fin": "specialised advice: finance", "mlc:spc_lgl": "specialised advice: law",
    "mlc:spc_ele": "elections", "mlc:prv": "privacy", "mlc:ipv": "intellectual property",
    "mlc:iwp": "indiscriminate weapons", "mlc:hte": "hate", "mlc:ssh": "suicide and self-harm",
    "mlc:sxc_prn": "sexual content", "lg3:S14": "code interpreter and tool abuse",
    "x:harassment": "harassment and insults", "x:attack.hijack": "prompt attack: hijack",
    "x:attack.leak": "prompt attack: leak", "x:attack.roleplay": "prompt attack: role play",
    "x:attack.injection": "prompt attack: injection", "x:factual": "factual accuracy", "x:bias": "bias",
    "x:style": "style", "x:helpful": "helpfulness and task quality", "x:cyber": "cyber security misuse",
    "x:agency": "agents acting through tools", "x:reliance": "emotional reliance", "x:access": "accessibility",
    "x:minors": "care for minors", "x:dualuse": "dual-use science", "x:overrefusal": "refusing what is benign",
}
SOURCE = {"ref": "fingerpost-sample-corpus", "license": "Apache-2.0"}

MIN_GUIDELINES, MIN_THEMES, MIN_PER_THEME = 420, 22, 16
MIN_NEAR_MISSES, MIN_ABSTENTIONS = 70, 80
MAX_LINE_BYTES, MAX_TITLE, MAX_SENTENCES = 4096, 80, 3
NEAR_DUPLICATE = 0.6   # Jaccard similarity of the token sets of two texts
COPIED_RUN = 6         # a held-out query may not share a run of this many tokens with what it must find

problems = []


def problem(file, line, message):
    problems.append(f"{file}:{line}: {message}")


def tokens(text):
    return re.findall(r"\w+", text.lower().replace("’", "'").replace("'", ""))


def normalised(text):
    return " ".join(tokens(text))


def runs(text, length):
    words = tokens(text)
    return {tuple(words[i:i + length]) for i in range(len(words) - length + 1)}


def read(name):
    """Yield (line number, object); lines that cannot be read are reported and skipped."""
    try:
        data = (HERE / name).read_bytes()
    except OSError as error:
        problem(name, 0, f"cannot be read: {error.strerror}")
        return
    if data and not data.endswith(b"\n"):
        problem(name, data.count(b"\n") + 1, "the last line has no line feed")
    for number, raw in enumerate(data.split(b"\n"), 1):
        if not raw:
            if number <= data.count(b"\n"):
                problem(name, number, "empty line")
            continue
        if len(raw) > MAX_LINE_BYTES:
            problem(name, number, f"{len(raw)} bytes, over {MAX_LINE_BYTES}")
        try:
            value = json.loads(raw.decode("utf-8"))
        except UnicodeDecodeError as error:
            problem(name, number, f"not UTF-8 at byte {error.start}")
            continue
        except json.JSONDecodeError as error:
            problem(name, number, f"not JSON: {error.msg} at column {error.colno}")
            continue
        if not isinstance(value, dict):
            problem(name, number, "not a JSON object")
            continue
        yield number, value


def is_text(value):
    """A non-empty string on one line, with no stray spaces, control or replacement characters."""
    return (isinstance(value, str) and bool(value) and value == value.strip() and "  " not in value
            and "\ufffd" not in value and not re.search(r"[\x00-\x1f\x7f]", value))


def is_texts(value):
    return isinstance(value, list) and all(is_text(item) for item in value)


def sentences(text):
    return len(re.findall(r"[.!?]['\")]?(?=\s+[A-Z'\"]|$)", text))


def check_guideline(line, record):
    """Report what is wrong with one record; True when it can take part in the checks across records."""
    def bad(message):
        problem(GUIDELINES, line, message)

    if list(record) != KEYS:
        bad(f"keys are {list(record)}, expected {KEYS}")
        return False
    before = len(problems)
    for key in ("id", "title", "text"):
        if not is_text(record[key]):
            bad(f"{key} is not a clean, non-empty string")
    if record["condition"] is not None and not is_text(record["condition"]):
        bad("condition is neither null nor a clean string")
    for key in ("risk", "tags", "examples", "counterexamples"):
        if not is_texts(record[key]):
            bad(f"{key} is not a list of clean strings")
    for key in ("kind", "severity", "status", "lang"):
        if not isinstance(record[key], str):
            bad(f"{key} is not a string")
    if len(problems) > before:
        return False

    match = re.fullmatch(r"sc-([a-z]+(?:-[a-z]+)*)-(\d\d)", record["id"])
    if not match:
        bad(f"id {record['id']!r} is not sc-<theme>-<nn>")
    elif record["tags"][:1] != [match[1]]:
        bad(f"the first tag must be the theme {match[1]!r}")
    if len(set(record["tags"])) != len(record["tags"]):
        bad("a tag is repeated")
    if record["title"].endswith((".", "!", "?")) or len(record["title"]) > MAX_TITLE:
        bad(f"title ends in punctuation or is over {MAX_TITLE} characters")
    if normalised(record["title"]) in normalised(record["text"]):
        bad("the text repeats the title")
    if not 1 <= sentences(record["text"]) <= MAX_SENTENCES or not record["text"].endswith((".", ".'")):
        bad(f"text has {sentences(record['text'])} sentences or does not end in a full stop")
    if record["kind"] not in KINDS:
        bad(f"kind {record['kind']!r} is unknown")
    if record["status"] != "active":
        bad("status must be active")
    if record["severity"] not in SEVERITIES:
        bad(f"severity {record['severity']!r} is unknown")
    unknown = [code for code in record["risk"] if code not in RISKS]
    if not record["risk"] or unknown or len(set(record["risk"])) != len(record["risk"]):
        bad(f"risk is empty, repeated or unknown: {record['risk']}")
    if record["lang"] != "en":
        bad("lang must be en")
    if len(record["examples"]) != 2:
        bad(f"{len(record['examples'])} examples, expected exactly two")
    if len(record["counterexamples"]) > 1:
        bad("more than one counterexample")
    if record["source"] != SOURCE:
        bad(f"source must be {SOURCE}")
    return True


def check_unique(file, rows, value, what):
    seen = {}
    for line, record in rows:
        key = value(record)
        if key in seen:
            problem(file, line, f"the same {what} as line {seen[key]}")
        seen.setdefault(key, line)


def check_near_duplicates(rows):
    """Compare every pair of texts: 500 records are 125,000 pairs, under a second."""
    sets = [(line, record["id"], set(tokens(record["text"]))) for line, record in rows]
    for index, (line, identifier, left) in enumerate(sets):
        for _, other, right in sets[:index]:
            score = len(left & right) / len(left | right)
            if score > NEAR_DUPLICATE:
                problem(GUIDELINES, line, f"text of {identifier} is {score:.2f} like {other}")


def check_query(line, record, by_id, given):
    def bad(message):
        problem(QUERIES, line, message)

    if list(record) != ["id", "query", "positives"]:
        bad(f"keys are {list(record)}, expected id, query, positives")
        return False
    if not is_text(record["query"]) or not is_text(record["id"]) or not is_texts(record["positives"]):
        bad("id and query must be clean strings, positives a list of clean strings")
        return False
    if not re.fullmatch(r"q-[a-z0-9]+(-[a-z0-9]+)*", record["id"]):
        bad(f"id {record['id']!r} is not q-…")
    if len(set(record["positives"])) != len(record["positives"]):
        bad("a positive is repeated")
    for positive in record["positives"]:
        if positive not in by_id:
            bad(f"positive {positive!r} does not exist")
    text = f" {normalised(record['query'])} "
    for example, owner in given.items():
        if f" {example} " in text:
            bad(f"contains an example or counterexample of {owner}")
    mine = runs(record["query"], COPIED_RUN)
    for positive in record["positives"]:
        rule = by_id.get(positive)
        if rule and any(mine & runs(part, COPIED_RUN) for part in [rule["title"], rule["text"], *rule["examples"]]):
            bad(f"shares a run of {COPIED_RUN} words with {positive}")
    return True


def main(arguments):
    if arguments not in ([], ["--markdown"]):
        print(__doc__.strip(), file=sys.stderr)
        return 2

    rules = [(line, record) for line, record in read(GUIDELINES) if check_guideline(line, record)]
    by_id = {record["id"]: record for _, record in rules}
    for key in ("id", "title", "text"):
        check_unique(GUIDELINES, rules, lambda record: normalised(record[key]), key)
    check_near_duplicates(rules)
    given = {}
    for line, record in rules:
        for item in record["examples"] + record["counterexamples"]:
            if normalised(item) in given:
                problem(GUIDELINES, line, f"the same input as in {given[normalised(item)]}: {item!r}")
            given[normalised(item)] = record["id"]

    queries = [(line, record) for line, record in read(QUERIES) if check_query(line, record, by_id, given)]
    check_unique(QUERIES, queries, lambda record: record["id"], "id")
    check_unique(QUERIES, queries, lambda record: normalised(record["query"]), "query")
    found = Counter(positive for _, record in queries for positive in record["positives"])
    for line, record in rules:
        if not found[record["id"]]:
            problem(GUIDELINES, line, f"{record['id']} has no held-out query")

    themes = {}
    for _, record in rules:
        themes.setdefault(record["tags"][0], []).append(record)
    near_misses = sum(bool(record["counterexamples"]) for _, record in rules)
    abstentions = sum(not record["positives"] for _, record in queries)
    for what, have, need in [("guidelines", len(rules), MIN_GUIDELINES), ("themes", len(themes), MIN_THEMES),
                             ("near misses", near_misses, MIN_NEAR_MISSES),
                             ("queries that no rule covers", abstentions, MIN_ABSTENTIONS)]:
        if have < need:
            problem("corpus", 0, f"{have} {what}, expected at least {need}")
    for theme, members in themes.items():
        if len(members) < MIN_PER_THEME:
            problem("corpus", 0, f"theme {theme} has {len(members)} guidelines, expected at least {MIN_PER_THEME}")
        if sorted(int(record["id"][-2:]) for record in members) != list(range(1, len(members) + 1)):
            problem("corpus", 0, f"theme {theme} is not numbered 01 to {len(members):02d}")

    severities = Counter(record["severity"] for _, record in rules)
    risks = Counter(code for _, record in rules for code in record["risk"])
    asked = Counter(by_id[positive]["tags"][0] for _, record in queries for positive in record["positives"]
                    if positive in by_id)
    columns = ["theme", "guidelines", *SEVERITIES, "near misses", "query labels"]
    table = [[theme, len(members), *(sum(r["severity"] == s for r in members) for s in SEVERITIES),
              sum(bool(r["counterexamples"]) for r in members), asked[theme]] for theme, members in themes.items()]
    table.append(["all", len(rules), *(severities[s] for s in SEVERITIES), near_misses, sum(asked.values())])
    if arguments:
        print("| " + " | ".join(columns) + " |\n|" + "---|" + "--:|" * (len(columns) - 1))
        for row in table:
            print("| " + " | ".join(map(str, row)) + " |")
        print("\n| risk code | meaning | guidelines |\n|---|---|--:|")
        for code, meaning in RISKS.items():
            print(f"| `{code}` | {meaning} | {risks[code]} |")
    else:
        widths = [max(len(str(row[i])) for row in [columns, *table]) for i in range(len(columns))]
        for row in [columns, *table]:
            print("  ".join(str(cell).ljust(w) if i == 0 else str(cell).rjust(w)
                            for i, (cell, w) in enumerate(zip(row, widths))))
        kinds = Counter(record["kind"] for _, record in rules)
        sizes = Counter(len(record["positives"]) for _, record in queries)
        print("\nkinds: " + ", ".join(f"{kind} {kinds[kind]}" for kind in sorted(KINDS)))
        print("risk codes: " + ", ".join(f"{code} {risks[code]}" for code in RISKS))
        print(f"queries: {len(queries)}; by number of positives: "
              + ", ".join(f"{size}: {sizes[size]}" for size in sorted(sizes)))
    for text in problems:
        print(text, file=sys.stderr)
    print(f"\n{len(problems)} problems" if problems else "\nclean", file=sys.stderr)
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
