"""The engines that compare.py measures: each builds an index on one thread and searches it on one thread.

An engine is a class with `name`, `settings` (what it is built with), `build(base)`, `points` (settings of a search, from
fast to thorough), `search(queries, k, point)`, which returns the ids, and `bytes()` of the index; where its index can be
kept, `save(path)` and `load(path, base)` as well. What cannot be imported or built is left out, with the reason.
"""

import json
import os
import subprocess
import tempfile

import numpy as np

EFS = (10, 16, 24, 32, 48, 64, 96, 128, 192, 256, 384, 512)


class Engine:
    points = EFS

    def file_size(self, write):
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "index")
            write(path)
            total = 0
            for place, _, files in os.walk(folder):
                total += sum(os.path.getsize(os.path.join(place, name)) for name in files)
            return total


class Fingerpost(Engine):
    def __init__(self, worker, base, queries, k, layout):
        self.name = f"Fingerpost, {layout}"
        self.settings = "M 16, efConstruction 200"
        self.command = [worker, base, queries, str(k), layout]

    def build(self, base):
        self.process = subprocess.Popen(self.command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        report = json.loads(self.process.stdout.readline())
        self.size = report["bytes"]
        return report["build"]

    def timed_search(self, queries, k, point):
        self.process.stdin.write(f"{point}\n")
        self.process.stdin.flush()
        report = json.loads(self.process.stdout.readline())
        return np.array(report["ids"]), report["seconds"]

    def bytes(self):
        return self.size


class HNSWLib(Engine):
    def __init__(self, M, ef_construction):
        self.name = f"hnswlib M {M}" + ("" if ef_construction == 200 else f", efConstruction {ef_construction}")
        self.settings = f"M {M}, efConstruction {ef_construction}"
        self.M, self.ef_construction = M, ef_construction

    def build(self, base):
        import hnswlib

        self.index = hnswlib.Index("ip", base.shape[1])
        self.index.init_index(len(base), M=self.M, ef_construction=self.ef_construction)
        self.index.set_num_threads(1)
        self.index.add_items(base)

    def search(self, queries, k, point):
        self.index.set_ef(max(point, k))
        return self.index.knn_query(queries, k)[0]

    def bytes(self):
        return self.file_size(self.index.save_index)

    def save(self, path):
        self.index.save_index(path)

    def load(self, path, base):
        import hnswlib

        self.index = hnswlib.Index("ip", base.shape[1])
        self.index.load_index(path)
        self.index.set_num_threads(1)


class SymphonyQG(Engine):
    def __init__(self, bits):
        self.name = "SymphonyQG " + ("8-bit" if bits else "float")
        self.settings = f"rabitqlib, degree 32, {bits}-bit store" if bits else "rabitqlib, degree 32, float store"
        self.bits = bits

    def build(self, base):
        import rabitqlib

        self.index = rabitqlib.SymqgIndex(base.shape[1], 32, "l2", self.bits)
        self.index.build(base, 200)

    def search(self, queries, k, point):
        found = self.index.search(queries, k, max(point, k))
        return found[0] if found[0].dtype.kind in "iu" else found[1]

    def bytes(self):
        return self.file_size(self.index.save)

    def save(self, path):
        self.index.save(path)

    def load(self, path, base):
        import rabitqlib

        self.index = rabitqlib.SymqgIndex.load(path)


class Faiss(Engine):
    def __init__(self, quantizer):
        self.name = f"faiss HNSW {quantizer}"
        self.settings = f"HNSW16_{quantizer}, efConstruction 200"
        self.quantizer = quantizer

    def build(self, base):
        import faiss

        faiss.omp_set_num_threads(1)
        self.index = faiss.index_factory(base.shape[1], f"HNSW16,{self.quantizer}", faiss.METRIC_INNER_PRODUCT)
        self.index.hnsw.efConstruction = 200
        self.index.train(base)
        self.index.add(base)

    def search(self, queries, k, point):
        self.index.hnsw.efSearch = max(point, k)
        return self.index.search(queries, k)[1]

    def bytes(self):
        import faiss

        return self.file_size(lambda path: faiss.write_index(self.index, path))

    def save(self, path):
        import faiss

        faiss.write_index(self.index, path)

    def load(self, path, base):
        import faiss

        faiss.omp_set_num_threads(1)
        self.index = faiss.read_index(path)


class USearch(Engine):
    def __init__(self, kind):
        self.name = f"USearch {kind}"
        self.settings = f"connectivity 16, expansion_add 200, {kind}"
        self.kind = kind

    def build(self, base):
        from usearch.index import Index

        self.index = Index(
            ndim=base.shape[1], metric="ip", dtype=self.kind, connectivity=16, expansion_add=200)
        self.index.add(np.arange(len(base)), base, threads=1)

    def search(self, queries, k, point):
        self.index.expansion_search = max(point, k)
        return self.index.search(queries, k, threads=1).keys

    def bytes(self):
        return self.file_size(self.index.save)

    def save(self, path):
        self.index.save(path)

    def load(self, path, base):
        from usearch.index import Index

        self.index = Index.restore(path)


class SVS(Engine):
    name = "SVS Vamana f16"
    settings = "graph degree 64, window 200, alpha 1.2, L2"

    def build(self, base):
        import svs

        parameters = svs.VamanaBuildParameters(alpha=1.2, graph_max_degree=64, window_size=200)
        self.index = svs.Vamana.build(parameters, base.astype(np.float16), svs.DistanceType.L2, num_threads=1)
        self.shape = base.shape

    def search(self, queries, k, point):
        self.index.search_window_size = max(point, k)
        return self.index.search(queries, k)[0]

    def bytes(self):
        return self.shape[0] * (self.shape[1] * 2 + 65 * 4)


def engines(worker, base, queries, k, chosen):
    """All engines, or those whose name contains one of the chosen words."""
    every = [
        Fingerpost(worker, base, queries, k, "fast"),
        Fingerpost(worker, base, queries, k, "compact"),
        HNSWLib(12, 200),
        HNSWLib(16, 200),
        HNSWLib(24, 200),
        SymphonyQG(8),
        SymphonyQG(0),
        SVS(),
        Faiss("Flat"),
        Faiss("SQfp16"),
        Faiss("SQ8"),
        USearch("f32"),
        USearch("i8"),
    ]
    if not chosen:
        return every
    return [engine for engine in every if any(word.lower() in engine.name.lower() for word in chosen)]
