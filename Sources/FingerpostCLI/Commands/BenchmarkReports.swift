import Fingerpost
import VectorIndex

extension CoreBenchmarkReport {
    /// The document whose first members are the same for every engine that is compared.
    var json: JSON {
        [
            "engine": "fingerpost",
            "rows": .integer(rows),
            "dimensions": .integer(dimension),
            "buildSeconds": .rounded(build.secondsValue, places: 6),
            "bytesPerVector": .rounded(bytesPerVector, places: 1),
            "points": .array(
                points.map { point in
                    [
                        "efSearch": .integer(point.efSearch), "recall": .rounded(point.recall, places: 6),
                        "queriesPerSecond": .rounded(point.queriesPerSecond, places: 1),
                        "p50Microseconds": .microseconds(point.latency.p50),
                        "p99Microseconds": .microseconds(point.latency.p99),
                    ]
                }),
            "k": .integer(k),
            "metric": .string(metric.name),
            "M": .integer(configuration.M),
            "efConstruction": .integer(configuration.efConstruction),
            "layout": .string(configuration.layout.name),
            "threads": .integer(threads),
            "queries": .integer(queryCount),
            "archive": archive.map { archive in
                [
                    "path": .string(archive.path), "bytes": .integer(archive.bytes),
                    "saveSeconds": .rounded(archive.save.secondsValue, places: 6),
                    "openMicroseconds": .microseconds(archive.open),
                    "firstSearchMicroseconds": .microseconds(archive.firstSearch),
                ]
            } ?? .null,
        ]
    }

    func text(_ terminal: Terminal) -> String {
        let rate = Double(rows) / max(build.secondsValue, 1e-9)
        var lines = Table.pairs([
            ("vectors", "\(Format.count(rows)) x \(dimension), \(metric.name)"),
            ("queries", "\(Format.count(queryCount)), k = \(k), one thread"),
            (
                "graph",
                "M \(configuration.M), efConstruction \(configuration.efConstruction), \(configuration.layout.name)"
            ),
            (
                "build",
                "\(Format.duration(build)) on \(Format.count(threads, "thread")) (\(Format.rate(rate)) vectors/s)"
            ),
            ("memory", "\(Format.count(Int(bytesPerVector.rounded()))) bytes a vector"),
        ])
        if let archive {
            lines += Table.pairs([
                (
                    "archive",
                    "\(Format.bytes(archive.bytes)), saved in \(Format.duration(archive.save)), opened in "
                        + "\(Format.duration(archive.open)), first search \(Format.duration(archive.firstSearch))"
                )
            ])
        }
        var table = Table(alignments: [.right, .right, .right, .right, .right])
        table.rows.append(["efSearch", "recall@\(k)", "queries/s", "p50", "p99"])
        for point in points {
            table.rows.append([
                String(point.efSearch), Format.decimal(point.recall, 4), Format.rate(point.queriesPerSecond),
                Format.duration(point.latency.p50), Format.duration(point.latency.p99),
            ])
        }
        let rows = table.lines.enumerated().map { $0.offset == 0 ? terminal.bold($0.element) : $0.element }
        return (lines + [""] + rows).joined(separator: "\n")
    }
}

extension QueryBenchmarkReport {
    func json(limit: Int, _ information: LibraryInformation) -> JSON {
        let overhead = Percentiles(overheads)
        return [
            "queries": .integer(queryCount),
            "rounds": .integer(rounds),
            "limit": .integer(limit),
            "guidelines": .integer(information.statistics.guidelineCount),
            "vectors": .integer(information.indexedVectors),
            "queriesPerSecond": .rounded(queriesPerSecond, places: 1),
            "latencyMicroseconds": .latencies(latency),
            "overhead": [
                "meanMicroseconds": .microseconds(meanOverhead),
                "percent": .rounded(overheadPercent, places: 2),
                "p50Microseconds": overhead.map { .microseconds($0.p50) } ?? .null,
                "p99Microseconds": overhead.map { .microseconds($0.p99) } ?? .null,
            ],
            "modes": .counts(Dictionary(uniqueKeysWithValues: modes.map { ($0.key.rawValue, $0.value) })),
        ]
    }

    func text(limit: Int, _ information: LibraryInformation, _ terminal: Terminal) -> String {
        let ways = modes.sorted { $0.value > $1.value }.map { "\($0.key.rawValue) \(Format.count($0.value))" }
        let lines = Table.pairs([
            (
                "library",
                "\(Format.count(information.statistics.guidelineCount, "guideline")), "
                    + Format.count(information.indexedVectors, "vector")
            ),
            ("queries", "\(Format.count(queryCount)), k = \(limit), one thread (\(ways.joined(separator: ", ")))"),
            ("speed", "\(Format.rate(queriesPerSecond)) queries/s"),
            (
                "overhead",
                "\(Format.duration(meanOverhead)) a query over encode, core and words, \(Format.decimal(overheadPercent, 1)) %"
            ),
        ])
        return (lines + [""] + latency.lines(terminal)).joined(separator: "\n")
    }
}
