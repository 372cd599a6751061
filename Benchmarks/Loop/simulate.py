"""A simulation of a year of the loop: check, log, find gaps, write rules, calibrate, replay, promote.

It is a simulation: the inputs are prompts of public test sets in monthly batches, not what users sent, and the reviewer is
a policy that looks at their labels. What it shows is whether the loop closes, on inputs that the library has not seen.

Each month, in this order:
 1. A batch of new inputs, unsafe and ordinary ones, is checked and logged by the library as it is. The month's figures are
    taken here, before anything is learned from the batch. Sources of unsafe inputs join over the year, so that new kinds
    of inputs come.
 2. `gaps` looks for clusters in the year's log that no rule covers, and drafts a rule for each.
 3. The policy accepts a draft if at least so many of the gap's inputs (--agreement) are labelled unsafe. It gives the rule
    a text; nothing else of it is changed.
 4. A copy of the library takes the accepted rules and is calibrated: everything that was judged so far, and the ordinary
    inputs. It aims below the limit of false alarms (--margin): one that is just kept by the inputs that are known is passed
    in every other month of new ones.
 5. `replay` holds the log against the copy, and `promote` makes it the library, with a canary set of its own.

Before the first month the library is calibrated with its own examples and 1,000 ordinary inputs that are used nowhere else.
A copy of it stays as it is then, and checks each batch as well: months differ, and this says by how much.
No input is used in more than one month, and none of the canary set in any.

    python3 Benchmarks/Loop/simulate.py --fingerpost .build/release/fingerpost \\
        --unsafe safety.jsonl.gz --ordinary ordinary.jsonl.gz --library my-library --folder loop \\
        --picture docs/loop-simulation.svg

Inputs are JSON Lines with "text" (or "query" or "prompt"); those of --unsafe have a "label", of which "unsafe" counts, and
a "source". The same seed gives the same figures.
"""

import argparse
import gzip
import json
import pathlib
import random
import shutil
import subprocess
import sys

from picture import svg


def rows(path):
    opened = gzip.open(path, "rt", encoding="utf-8") if str(path).endswith(".gz") else open(path, encoding="utf-8")
    with opened as lines:
        for line in lines:
            yield json.loads(line)


def text_of(row):
    return next(row[name] for name in ("text", "query", "prompt") if row.get(name))


def write(path, items):
    with open(path, "w", encoding="utf-8") as file:
        for item in items:
            file.write(json.dumps(item, ensure_ascii=False) + "\n")


def wilson(count, total):
    """The interval that holds the true rate in 95 of 100 cases."""
    if not total:
        return (0.0, 1.0)
    z = 1.959963984540054
    rate, scale = count / total, 1 + z * z / total
    middle = (rate + z * z / (2 * total)) / scale
    half = z / scale * (rate * (1 - rate) / total + z * z / (4 * total * total)) ** 0.5
    return (max(0.0, middle - half), min(1.0, middle + half))


class Simulation:
    def __init__(self, options):
        self.options = options
        self.folder = pathlib.Path(options.folder)
        self.library = self.folder / "library"
        self.control = self.folder / "control"  # The library of the first month, which learns nothing.
        self.random = random.Random(options.seed)
        self.judged = []      # Inputs with what applies to them, as calibrate reads them.
        self.benign = []      # Ordinary inputs that came by.
        self.unsafe = set()   # What the policy knows of inputs that came by.

    def run(self, *arguments, allowed=(0,)):
        command = [self.options.fingerpost, *map(str, arguments)]
        done = subprocess.run(command, capture_output=True, text=True)
        if done.returncode not in allowed:
            sys.exit(f"{' '.join(command)}: {done.returncode}\n{done.stderr}")
        return done.stdout

    def deal(self):
        """Batches of unsafe and ordinary inputs, and a canary set, without any text twice."""
        options, known = self.options, set()

        def fresh(text):
            key = " ".join(text.lower().split())
            if not 12 <= len(text) <= 600 or key in known:
                return False
            known.add(key)
            return True

        by_source = {}
        for row in rows(options.unsafe):
            if row.get("label") == "unsafe" and fresh(text_of(row)):
                by_source.setdefault(row.get("source") or "unknown", []).append(text_of(row))
        ordinary = [text_of(row) for row in rows(options.ordinary) if fresh(text_of(row))]
        sources = sorted(by_source)
        self.random.shuffle(sources)
        self.random.shuffle(ordinary)
        for source in sources:
            self.random.shuffle(by_source[source])
        # A third of the sources is there from the beginning, a third joins later, a third later still.
        third = -(-len(sources) // 3)
        self.joining = {0: sources[:third], options.months // 3: sources[third:2 * third],
                        2 * options.months // 3: sources[2 * third:]}
        self.canary = [{"query": text, "positives": ["unknown"]} for source in sources
                       for text in [by_source[source].pop() for _ in range(min(15, len(by_source[source]) // 4))]]
        count = min(300, len(ordinary) // 10)
        self.canary += [{"query": ordinary.pop(), "positives": []} for _ in range(count)]
        self.benign = [ordinary.pop() for _ in range(min(1_000, len(ordinary) // 8))]
        present, batches = [], []
        for month in range(options.months):
            present += self.joining.get(month, [])
            pool = [source for source in present if by_source[source]]
            # Large sources do not drown small ones: each gives as many as it has months left for, up to its share.
            chosen = []
            while len(chosen) < options.batch and pool:
                for source in list(pool):
                    if len(chosen) == options.batch:
                        break
                    if by_source[source]:
                        chosen.append(by_source[source].pop())
                    else:
                        pool.remove(source)
            benign = [ordinary.pop() for _ in range(min(options.batch, len(ordinary)))]
            batches.append((chosen, benign))
        return batches

    def check(self, month, unsafe, benign):
        """Checks and logs a batch, and returns how many of each kind some rule applies to."""
        batch = [{"id": f"u{number}", "text": text} for number, text in enumerate(unsafe)]
        batch += [{"id": f"o{number}", "text": text} for number, text in enumerate(benign)]
        self.random.shuffle(batch)
        path = self.folder / f"month-{month + 1:02}.jsonl"
        write(path, batch)
        counts = self.matched(path, self.library, "--log", "--keep-text", "--model", "simulated")
        self.unsafe.update(unsafe)
        self.benign += benign
        return counts, self.matched(path, self.control)

    def matched(self, path, library, *options):
        """How many unsafe and ordinary inputs of a file some rule applies to."""
        answers = self.run("check", "--batch", path, "--library", library, "--rails", self.folder / "rails.yaml",
                           *options, allowed=(0, 30))
        counts = {"u": 0, "o": 0}
        for line in answers.splitlines():
            answer = json.loads(line)
            counts[answer["id"][0]] += any(check["matched"] for check in answer["checks"])
        return counts["u"], counts["o"]

    def learn(self, month):
        """Finds gaps, reviews their drafts by the policy, and promotes a copy that has them."""
        place = self.folder / f"learned-{month + 1:02}"
        place.mkdir()
        candidate = place / "candidate"
        benign = place / "benign.jsonl"
        write(benign, [{"query": text} for text in self.benign])
        gaps = json.loads(self.run(
            "gaps", "--library", self.library, "--unmatched", "--benign", benign, "--limit", self.options.gaps,
            "--min-volume", self.options.volume, "--drafts", place / "drafts.jsonl",
            "--members", place / "members.jsonl", "--json"))["gaps"]
        members = {}
        for member in rows(place / "members.jsonl"):
            members.setdefault(member["gap"], []).append(member["text"])
        accepted = []
        for draft in rows(place / "drafts.jsonl"):
            texts = members[draft["source"]["gap"]]
            agreement = sum(text in self.unsafe for text in texts) / len(texts)
            if agreement < self.options.agreement:
                continue
            subject = draft.get("condition", "the input is like the examples")
            draft.update(id=f"m{month + 1:02}-{draft['id']}", status="active", severity="high",
                         text=f"Do not help where {subject}. Say so kindly, and name who can.")
            # Examples that a reviewer would not want: ordinary inputs that lie in the cluster.
            draft["examples"] = [text for text in draft["examples"] if text in self.unsafe]
            accepted.append(draft)
            self.judged += [{"query": text, "positives": [draft["id"]]} for text in texts if text in self.unsafe]
        self.run("copy", "--library", self.library, "--to", candidate)
        if accepted:
            write(place / "accepted.jsonl", accepted)
            self.run("build", place / "accepted.jsonl", "--library", candidate)
        self.calibrate(candidate, place)
        replayed = json.loads(self.run("replay", self.library, "--against", candidate, "--rails",
                                       self.folder / "rails.yaml", "--json"))
        promoted = json.loads(self.run("promote", candidate, "--library", self.library, "--canary",
                                       self.folder / "canary.jsonl", "--name", f"month {month + 1}", "--json"))
        shutil.rmtree(candidate)
        return {"gaps": len(gaps), "accepted": len(accepted), "stopped": replayed["stopped"],
                "passed": replayed["passed"], "canary": promoted["canary"]["after"]}

    def calibrate(self, library, place):
        """Draws the library's lines by all that was judged so far and all ordinary inputs so far."""
        judged, benign = place / "judged.jsonl", place / "benign.jsonl"
        write(judged, self.judged)
        write(benign, [{"query": text} for text in self.benign])
        self.run("calibrate", judged, "--benign", benign, "--library", library, "--allow-missing",
                 "--false-alarms", round(self.options.margin * self.options.limit, 6))

    def simulate(self):
        shutil.rmtree(self.folder, ignore_errors=True)
        self.folder.mkdir(parents=True)
        self.run("copy", "--library", self.options.library, "--to", self.library)
        (self.folder / "rails.yaml").write_text("rails:\n  - check: semantic\n    on_match: ask\n", encoding="utf-8")
        batches = self.deal()
        write(self.folder / "canary.jsonl", self.canary)
        # The library's own examples say what its rules are for.
        for guideline in self.run("export", "--library", self.library, "--format", "jsonl").splitlines():
            rule = json.loads(guideline)
            self.judged += [{"query": text, "positives": [rule["id"]]} for text in rule.get("examples", [])]
        self.calibrate(self.library, self.folder)
        self.run("copy", "--library", self.library, "--to", self.control)
        months = []
        for month, (unsafe, benign) in enumerate(batches):
            (caught, alarms), control = self.check(month, unsafe, benign)
            figures = {"month": month + 1, "unsafe": len(unsafe), "uncovered": len(unsafe) - caught,
                       "ordinary": len(benign), "falseAlarms": alarms,
                       "control": {"uncovered": len(unsafe) - control[0], "falseAlarms": control[1]},
                       "joining": len(self.joining.get(month, []))}
            figures["uncoveredInterval"] = wilson(figures["uncovered"], figures["unsafe"])
            figures["falseAlarmInterval"] = wilson(alarms, len(benign))
            if month + 1 < len(batches):
                figures["learned"] = self.learn(month)
            months.append(figures)
            learned = figures.get("learned", {})
            print(f"month {month + 1:2}  uncovered {figures['uncovered'] / max(1, len(unsafe)):.3f} "
                  f"({figures['control']['uncovered'] / max(1, len(unsafe)):.3f} without learning)  "
                  f"false alarms {alarms / max(1, len(benign)):.4f}  rules {learned.get('accepted', 0):3} of "
                  f"{learned.get('gaps', 0):3}", flush=True)
        return {"seed": self.options.seed, "limit": self.options.limit, "months": months}


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--fingerpost", default="fingerpost", help="the program")
    parser.add_argument("--unsafe", required=True, help="JSON Lines of labelled prompts")
    parser.add_argument("--ordinary", required=True, help="JSON Lines of ordinary prompts")
    parser.add_argument("--library", required=True, help="the library of the first month; it stays as it is")
    parser.add_argument("--folder", required=True, help="where the simulation works; what is there is removed")
    parser.add_argument("--months", type=int, default=12)
    parser.add_argument("--batch", type=int, default=800, help="unsafe inputs a month, and ordinary ones")
    parser.add_argument("--gaps", type=int, default=40, help="gaps that are looked at each month")
    parser.add_argument("--volume", type=int, default=5, help="inputs that a gap has at least")
    parser.add_argument("--agreement", type=float, default=0.8, help="share of a gap's inputs that must be unsafe")
    parser.add_argument("--limit", type=float, default=0.02, help="largest share of false alarms")
    parser.add_argument("--margin", type=float, default=0.5, help="share of the limit that calibration aims at")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--picture", help="an SVG file to write")
    parser.add_argument("--figures", help="a JSON file to write")
    options = parser.parse_args()
    result = Simulation(options).simulate()
    if options.figures:
        pathlib.Path(options.figures).write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")
    if options.picture:
        pathlib.Path(options.picture).write_text(svg(result), encoding="utf-8")


if __name__ == "__main__":
    main()
