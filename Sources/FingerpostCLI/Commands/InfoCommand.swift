import ArgumentParser
import Fingerpost
import GuidelineStore

/// `info`: what is in a library.
struct InfoCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "info",
        abstract: "Say what is in a library.",
        discussion: """
            EXAMPLE
              fingerpost info --library my-library

            With --json: {"library","id","created","guidelines","passages","pending","indexed","unindexed",\
            "encoder":{...},"index":{"M","efConstruction","efSearch","layout","origin","bytes"},"database":{"bytes",\
            "schemaVersion","generation","libraryVersion","sqlite"},"calibration":{"threshold","weight","scope",\
            "falseAlarmRate","libraryVersion","isStale"} or null,"adapter":{"inputs","guidelines","libraryVersion",\
            "ndcg@10":{"before","after","low","high"},"heldOut"} or null,"byKind","byStatus","bySeverity","byLanguage","byTag","byRisk"}.
            """)

    @OptionGroup var target: LibraryOption
    @OptionGroup var output: OutputOptions

    func run() throws {
        let library = try LibraryAccess.reading(target.folder, progress: ProgressBar())
        let information = try library.information()
        try Console.result(
            output.json
                ? information.json(library: target.library).text
                : information.text(library: target.library, Terminal.output))
    }
}

extension LibraryInformation {
    func json(library: String) -> JSON {
        [
            "library": .string(library),
            "id": .string(statistics.libraryID),
            "created": .string(statistics.created),
            "guidelines": .integer(statistics.guidelineCount),
            "passages": .integer(statistics.passageCount),
            "pending": .integer(statistics.pendingPassageCount),
            "indexed": .integer(indexedVectors),
            "unindexed": .integer(unindexedPassages),
            "encoder": .encoder(encoder),
            "index": [
                "M": .integer(configuration.M), "efConstruction": .integer(configuration.efConstruction),
                "efSearch": .integer(configuration.efSearch), "layout": .string(configuration.layout.name),
                "origin": .string("\(indexOrigin)"),
                "bytes": .integer(archiveBytes),
            ],
            "database": [
                "bytes": .integer(statistics.databaseBytes + statistics.logBytes),
                "schemaVersion": .integer(statistics.schemaVersion), "generation": .integer(statistics.generation),
                "libraryVersion": .integer(statistics.libraryVersion),
                "sqlite": .string(statistics.sqliteVersion),
            ],
            "calibration": calibration.map {
                [
                    "threshold": .float($0.threshold), "weight": .float($0.weight),
                    "scope": .optional($0.scope.map { "\($0)" }), "falseAlarmRate": .number($0.falseAlarmRate),
                    "libraryVersion": .integer($0.libraryVersion), "isStale": .bool(isCalibrationStale),
                ]
            } ?? .null,
            "adapter": adapter.map(\.origin).map {
                [
                    "inputs": .integer($0.inputs), "guidelines": .integer($0.guidelines),
                    "libraryVersion": .integer($0.libraryVersion),
                    "ndcg@10": [
                        "before": .rounded($0.before, places: 6), "after": .rounded($0.after, places: 6),
                        "low": .rounded($0.low, places: 6), "high": .rounded($0.high, places: 6),
                    ],
                    "heldOut": .integer($0.heldOut),
                ]
            } ?? .null,
            "byKind": .counts(Self.named(statistics.byKind)),
            "byStatus": .counts(Self.named(statistics.byStatus)),
            "bySeverity": .counts(Self.named(statistics.bySeverity)),
            "byLanguage": .counts(statistics.byLanguage),
            "byTag": .counts(statistics.byTag),
            "byRisk": .counts(statistics.byRisk),
        ]
    }

    func text(library: String, _ terminal: Terminal) -> String {
        var rows = [
            ("guidelines", "\(Format.count(statistics.guidelineCount))  \(Self.list(Self.named(statistics.byStatus)))"),
            ("kinds", Self.list(Self.named(statistics.byKind))),
            ("severities", Self.list(Self.named(statistics.bySeverity))),
            ("languages", Self.list(statistics.byLanguage)),
            ("risks", Self.list(statistics.byRisk)),
            ("tags", Self.list(statistics.byTag)),
            (
                "passages",
                "\(Format.count(statistics.passageCount))  "
                    + Self.list(
                        Dictionary(
                            uniqueKeysWithValues: statistics.passagesByField.map { ($0.key.rawValue, $0.value) }))
            ),
            (
                "index",
                "\(Format.count(indexedVectors, "vector")), M \(configuration.M), efConstruction "
                    + "\(configuration.efConstruction), efSearch \(configuration.efSearch), \(configuration.layout.name), \(PlainText.line("\(indexOrigin)"))"
            ),
            ("encoder", PlainText.line("\(encoder)")),
            (
                "size",
                "\(Format.bytes(statistics.databaseBytes + statistics.logBytes)) database, "
                    + "\(Format.bytes(archiveBytes)) index"
            ),
            ("created", PlainText.line(statistics.created)),
            (
                "format",
                "\(statistics.schemaVersion), library version \(statistics.libraryVersion), generation "
                    + "\(statistics.generation), SQLite \(statistics.sqliteVersion)"
            ),
        ]
        if let calibration {
            let scope = calibration.scope.map { " where \(PlainText.line("\($0)"))" } ?? ""
            let changes = statistics.libraryVersion - calibration.libraryVersion
            rows.append(
                (
                    "calibration",
                    "threshold \(Format.decimal(Double(calibration.threshold), 4))\(scope), false alarms "
                        + "\(Format.decimal(100 * calibration.falseAlarmRate, 1))% at most"
                        + (isCalibrationStale ? "; made for another retriever, and refused: run calibrate again" : "")
                        + (changes > 0 ? "; \(Format.count(changes, "change")) of the library since" : "")
                ))
        }
        if let origin = adapter?.origin {
            rows.append(
                (
                    "fitted",
                    "by \(Format.count(origin.inputs, "input")) of \(Format.count(origin.guidelines, "guideline")): nDCG@10 "
                        + "\(Format.decimal(origin.before, 4)) to \(Format.decimal(origin.after, 4)) on "
                        + "\(Format.count(origin.heldOut)) held out"
                ))
        }
        if statistics.pendingPassageCount > 0 {
            rows.append(("pending", "\(Format.count(statistics.pendingPassageCount, "passage")) to encode"))
        }
        if unindexedPassages > 0 {
            rows.append(("not indexed", "\(Format.count(unindexedPassages)) without a word that the encoder knows"))
        }
        let lines = Table.pairs(rows.filter { !$0.1.isEmpty }).map { PlainText.cut($0, width: terminal.width - 2) }
        return ([terminal.bold("Library \(PlainText.line(library))")] + lines.map { "  \($0)" }).joined(separator: "\n")
    }

    private static func named<Word: RawRepresentable<String>>(_ counts: [Word: Int]) -> [String: Int] {
        Dictionary(uniqueKeysWithValues: counts.map { ($0.key.rawValue, $0.value) })
    }

    /// `safety 300, style 12`: the most frequent first.
    private static func list(_ counts: [String: Int]) -> String {
        counts.sorted { ($1.value, $0.key) < ($0.value, $1.key) }
            .map { "\(PlainText.line($0.key)) \(Format.count($0.value))" }.joined(separator: ", ")
    }
}
