"""Measures Fingerpost's index and others on the same vectors, in one run, on one core; writes a table and a picture.

Every engine builds on one thread and answers all queries on one thread, several times, in turn with the others, so that
what else the machine does falls on all of them. The fastest pass of each setting counts. See README.md beside this file.
"""

import argparse
import importlib.metadata
import json
import os
import platform
import sys
import time
import zlib

import numpy as np

import chart
from engines import engines

PACKAGES = {"hnswlib": "hnswlib", "SymphonyQG": "rabitqlib", "SVS": "scalable-vs", "faiss": "faiss-cpu",
            "USearch": "usearch", "RaBitQ": "rabitqlib", "zvec": "zvec"}


def truth(base, queries, k):
    """Scores that a found row must reach to count as one of the k nearest: ties count."""
    bounds = np.empty(len(queries), np.float32)
    for start in range(0, len(queries), 64):
        scores = queries[start:start + 64] @ base.T
        bounds[start:start + 64] = -np.partition(-scores, k - 1, axis=1)[:, k - 1]
    return bounds - 1e-6


def recall(ids, base, queries, bounds, k):
    hits = 0
    for row, found in enumerate(ids):
        found = np.unique(found[found >= 0].astype(np.int64))
        hits += int((base[found] @ queries[row] >= bounds[row]).sum())
    return hits / (len(queries) * k)


def version(name):
    for prefix, package in PACKAGES.items():
        if name.startswith(prefix):
            return importlib.metadata.version(package)
    return ""


def at_recall(points, wanted):
    """Queries a second at a recall, between the nearest points of the upper envelope, or None."""
    best = []
    for point in sorted(points, key=lambda p: -p["recall"]):
        if not best or point["queriesPerSecond"] > best[-1]["queriesPerSecond"]:
            best.append(point)
    best.reverse()
    below = None
    for point in best:
        if point["recall"] >= wanted:
            if below is None:
                return point["queriesPerSecond"]
            share = (wanted - below["recall"]) / (point["recall"] - below["recall"])
            logs = np.log([below["queriesPerSecond"], point["queriesPerSecond"]])
            return float(np.exp(logs[0] + share * (logs[1] - logs[0])))
        below = point
    return None


def processor():
    try:
        with open("/proc/cpuinfo") as file:
            return next(line.split(":")[1].strip() for line in file if line.startswith("model name"))
    except (OSError, StopIteration):
        return platform.processor() or platform.machine()


def built(engine, base, keep):
    """Builds an engine's index, or takes it from the folder where an earlier run has kept it: seconds and bytes."""
    name = f"{engine.name} {version(engine.name)} {engine.settings} {base.shape} {zlib.crc32(base):08x}"
    name = "".join(c if c.isalnum() else "-" for c in name)
    path = os.path.join(keep, name) if keep and hasattr(engine, "save") else None
    if path and os.path.exists(path + ".json"):
        engine.load(path, base)
        with open(path + ".json") as file:
            return json.load(file)
    start = time.perf_counter()
    own = engine.build(base)
    result = (own or time.perf_counter() - start, engine.bytes())
    if path:
        os.makedirs(keep, exist_ok=True)
        engine.save(path)
        with open(path + ".json", "w") as file:
            json.dump(result, file)
    return result


def measure(arguments):
    base = np.ascontiguousarray(np.load(arguments.base), np.float32)
    queries = np.ascontiguousarray(np.load(arguments.queries), np.float32)
    if arguments.rows and arguments.rows < len(base):
        base = base[np.sort(np.random.default_rng(1).choice(len(base), arguments.rows, replace=False))]
    base /= np.maximum(np.linalg.norm(base, axis=1, keepdims=True), 1e-30)
    queries /= np.maximum(np.linalg.norm(queries, axis=1, keepdims=True), 1e-30)
    os.makedirs(arguments.output, exist_ok=True)
    # Our own engine reads files; it gets what the others get.
    paths = [os.path.join(arguments.output, name) for name in ("base.npy", "queries.npy")]
    np.save(paths[0], base)
    np.save(paths[1], queries)
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {arguments.core})

    k = arguments.k
    bounds = truth(base, queries, k)
    results, running = [], []
    for engine in engines(arguments.worker, *paths, k, arguments.engines):
        print(f"building {engine.name} ...", file=sys.stderr, flush=True)
        try:
            seconds, size = built(engine, base, arguments.keep)
        except Exception as error:  # noqa: BLE001: whatever a peer throws
            print(f"  left out: {error}", file=sys.stderr)
            continue
        result = {"engine": engine.name, "version": version(engine.name), "settings": engine.settings,
                  "buildSeconds": seconds, "bytesPerVector": size / len(base), "points": []}
        results.append(result)
        running.append((engine, result))
        print(f"  {seconds:.1f} s, {result['bytesPerVector']:.0f} bytes a vector", file=sys.stderr, flush=True)

    def search(engine, point):
        if hasattr(engine, "timed_search"):
            return engine.timed_search(queries, k, point)
        start = time.perf_counter()
        ids = engine.search(queries, k, point)
        return np.asarray(ids), time.perf_counter() - start

    for engine, result in running:
        for point in engine.points:
            ids, seconds = search(engine, point)
            found = recall(ids, base, queries, bounds, k)
            result["points"].append({"parameter": point, "recall": found, "seconds": seconds})
            if found > 0.9985:
                break
    for done in range(arguments.rounds):
        print(f"round {done + 1} of {arguments.rounds}", file=sys.stderr, flush=True)
        for place in range(max(len(result["points"]) for _, result in running)):
            for engine, result in running:
                if place < len(result["points"]):
                    point = result["points"][place]
                    point["seconds"] = min(point["seconds"], search(engine, point["parameter"])[1])
    for result in results:
        for point in result["points"]:
            point["queriesPerSecond"] = len(queries) / point.pop("seconds")
    return {"rows": len(base), "dimensions": base.shape[1], "queries": len(queries), "k": k,
            "processor": processor(), "rounds": arguments.rounds, "results": results}


def table(report):
    lines = [f"{report['rows']:,} x {report['dimensions']}, k = {report['k']}, {report['queries']:,} queries, one core of "
             f"{report['processor']}; queries a second at recall@{report['k']}", "",
             "| engine | .90 | .95 | .99 | build, s | bytes a vector |", "|---|---:|---:|---:|---:|---:|"]
    for result in report["results"]:
        speeds = [at_recall(result["points"], wanted) for wanted in (0.90, 0.95, 0.99)]
        cells = [f"{speed:,.0f}" if speed else "-" for speed in speeds]
        name = f"{result['engine']} {result['version']}".strip()
        lines.append(f"| {name} | " + " | ".join(cells)
                     + f" | {result['buildSeconds']:.1f} | {result['bytesPerVector']:,.0f} |")
    return "\n".join(lines) + "\n"


def scale(arguments):
    reports = []
    for rows in sorted(arguments.scale):
        arguments.rows = rows
        reports.append(measure(arguments))
        with open(os.path.join(arguments.output, "scale.json"), "w") as file:
            json.dump(reports, file, indent=1)
    names = [result["engine"] for result in reports[0]["results"]]
    lines = []
    for wanted in (0.95, 0.99):
        lines += [f"Queries a second at recall@{arguments.k} {wanted}", "", "| rows | " + " | ".join(names) + " |",
                  "|---|" + "---:|" * len(names)]
        for report in reports:
            speeds = {result["engine"]: at_recall(result["points"], wanted) for result in report["results"]}
            cells = [f"{speeds[name]:,.0f}" if speeds.get(name) else "-" for name in names]
            lines.append(f"| {report['rows']:,} | " + " | ".join(cells) + " |")
        lines.append("")
    lines += ["Seconds to build, one thread", "", "| rows | " + " | ".join(names) + " |", "|---|" + "---:|" * len(names)]
    for report in reports:
        seconds = {result["engine"]: result["buildSeconds"] for result in report["results"]}
        lines.append(f"| {report['rows']:,} | " + " | ".join(f"{seconds[name]:.1f}" if name in seconds else "-" for name in names) + " |")
    text = "\n".join(lines) + "\n"
    with open(os.path.join(arguments.output, "scale.md"), "w") as file:
        file.write(text)
    with open(os.path.join(arguments.output, "scale.svg"), "w") as file:
        file.write(chart.scale_svg(reports, 0.95, at_recall))
    print(text)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--base", required=True, help=".npy of 32-bit floats, a vector a row")
    parser.add_argument("--queries", required=True)
    parser.add_argument("--output", required=True, help="folder for the results")
    parser.add_argument("--worker", required=True, help="the PeerWorker program")
    parser.add_argument("-k", type=int, default=10)
    parser.add_argument("--rows", type=int, help="only so many rows of the base, chosen at random")
    parser.add_argument("--scale", type=lambda text: [int(rows) for rows in text.split(",")],
                        help="several numbers of rows, with commas: how speed falls as the base grows")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--keep", help="folder for the indexes of others, which are built once for each set of vectors")
    parser.add_argument("--core", type=int, default=0)
    parser.add_argument("engines", nargs="*", help="only engines whose names contain one of these words")
    arguments = parser.parse_args()
    if arguments.scale:
        return scale(arguments)
    report = measure(arguments)
    with open(os.path.join(arguments.output, "results.json"), "w") as file:
        json.dump(report, file, indent=1)
    text = table(report)
    with open(os.path.join(arguments.output, "results.md"), "w") as file:
        file.write(text)
    with open(os.path.join(arguments.output, "results.svg"), "w") as file:
        file.write(chart.svg(report))
    print(text)


if __name__ == "__main__":
    main()
