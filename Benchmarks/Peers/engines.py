"""The engines that compare.py measures: each builds an index on one thread and searches it on one thread.

An engine is a class with `name`, `settings` (what it is built with), `build(base)`, `points` (settings of a search, from
fast to thorough), `search(queries, k, point)`, which returns the ids, and `bytes()` of the index; where its index can be
kept, `save(path)` and `load(path, base)` as well. What cannot be imported or built is left out, with the reason.
"""

import json
import os
import subprocess
import tempfile
import time

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


class RaBitQ(Engine):
    name = "RaBitQ HNSW 5-bit"
    settings = "rabitqlib, M 16, efConstruction 200, 16 clusters"

    def build(self, base):
        import faiss
        import rabitqlib

        faiss.omp_set_num_threads(1)
        kmeans = faiss.Kmeans(base.shape[1], 16, niter=10, seed=1)
        kmeans.train(base)
        clusters = kmeans.index.search(base, 1)[1].reshape(-1).astype(np.uint32)
        self.index = rabitqlib.HnswIndex(base.shape[1], len(base), 16, 200, 5, "l2")
        self.index.build(base, kmeans.centroids, clusters)

    def search(self, queries, k, point):
        found = self.index.search(queries, k, max(point, k))
        return found[0] if found[0].dtype.kind in "iu" else found[1]

    def bytes(self):
        return self.file_size(self.index.save)

    def save(self, path):
        self.index.save(path)

    def load(self, path, base):
        import rabitqlib

        self.index = rabitqlib.HnswIndex.load(path)


class Zvec(Engine):
    """A database of documents: each query is a call of its own, which the time includes."""

    name = "zvec HNSW uint8"
    settings = "m 16, ef_construction 200, uniform uint8, refined, L2"

    def build(self, base):
        import zvec

        try:
            zvec.init(query_threads=1, optimize_threads=1, log_level=zvec.LogLevel.ERROR)
        except RuntimeError:
            pass  # It may be told so once in a process.
        self.folder = tempfile.TemporaryDirectory()
        path = os.path.join(self.folder.name, "rows")
        vectors = zvec.VectorSchema(
            "vector", zvec.DataType.VECTOR_FP32, base.shape[1],
            index_param=zvec.HnswIndexParam(metric_type=zvec.MetricType.L2, m=16, ef_construction=200,
                                            quantize_type=zvec.QuantizeType.UNIFORM_UINT8))
        rows = zvec.create_and_open(path, zvec.CollectionSchema("rows", vectors=vectors))
        for start in range(0, len(base), 1000):
            rows.insert([zvec.Doc(id=str(start + place), vectors={"vector": vector})
                         for place, vector in enumerate(base[start:start + 1000])])
        rows.optimize()
        rows.flush()
        rows.close()
        self.rows = zvec.open(path, zvec.CollectionOption(read_only=True, enable_mmap=True))

    def timed_search(self, queries, k, point):
        import zvec

        param = zvec.HnswQueryParam(ef=max(point, k), is_using_refiner=True)
        start = time.perf_counter()
        found = [self.rows.query_internal_ids(zvec.Query("vector", vector=query, param=param), topk=k)
                 for query in queries]
        seconds = time.perf_counter() - start
        ids = [[int(name) if name is not None else -1 for name in self.rows.resolve_internal_ids(row)] for row in found]
        return np.array(ids), seconds

    def bytes(self):
        return sum(os.path.getsize(os.path.join(place, name))
                   for place, _, files in os.walk(self.folder.name) for name in files)


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
        RaBitQ(),
        Zvec(),
    ]
    if not chosen:
        return every
    return [engine for engine in every if any(word.lower() in engine.name.lower() for word in chosen)]
