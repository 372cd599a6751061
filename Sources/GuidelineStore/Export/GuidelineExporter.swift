/// What an export has written and what it could not.
public struct ExportSummary: Sendable, Hashable {
    /// Guidelines that are in the output.
    public internal(set) var written = 0
    /// Guidelines that the format has no way to say: without an example there is no training pair.
    public internal(set) var omitted = 0
    /// Fields that the format does not carry, with the number of guidelines that have something in them, by name.
    public internal(set) var lostFields: [String: Int] = [:]

    public init() {}
}

/// Writes guidelines in a file format, one at a time.
///
/// ```swift
/// var exporter = GuidelineExporter(format: .csv)
/// var bytes: [UInt8] = []
/// for guideline in guidelines { exporter.append(guideline, to: &bytes) }
/// exporter.finish(to: &bytes)
/// ```
///
/// It holds nothing of what it has written, so that memory is bounded by one guideline where the caller empties the
/// bytes as it goes. The output is the same for the same guidelines. JSONL, JSON, YAML, CSV, TSV and Markdown carry
/// every field: ``GuidelineImporter`` reads from them what was written, and so it does from Parlant's and
/// semantic-router's formats, in whose metadata the rest is kept. The others lose what ``ExportSummary/lostFields``
/// counts.
public struct GuidelineExporter {
    public let format: ExportFormat
    public private(set) var summary = ExportSummary()
    private var writer: any RecordWriter
    private var hasBegun = false

    public init(format: ExportFormat) {
        self.format = format
        writer = format.writer
    }

    /// Appends the guideline as a record, or as the records it makes. O(length of the guideline).
    public mutating func append(_ guideline: Guideline, to bytes: inout [UInt8]) {
        begin(&bytes)
        guard writer.append(guideline, to: &bytes) else {
            summary.omitted += 1
            return
        }
        summary.written += 1
        guard let carried = format.carriedFields else { return }
        for name in guideline.filledFields where !carried.contains(name) { summary.note(lost: name) }
    }

    /// Appends what the document ends with. To be called once, after the last guideline.
    public mutating func finish(to bytes: inout [UInt8]) {
        begin(&bytes)
        writer.end(&bytes)
    }

    private mutating func begin(_ bytes: inout [UInt8]) {
        guard !hasBegun else { return }
        hasBegun = true
        writer.begin(&bytes)
    }
}

extension ExportSummary {
    /// Names of fields that are counted apart; files may have any number of them.
    private static let maximumNames = 200

    mutating func note(lost name: String) {
        let isKnown = lostFields[name] != nil || lostFields.count < Self.maximumNames
        lostFields[isKnown ? name : "other fields", default: 0] += 1
    }
}

extension Guideline {
    /// Names of the fields that hold something other than what a record without them would have.
    var filledFields: [String] {
        var names: [String] = ["id", "text"]
        func add(_ field: GuidelineField, if isFilled: Bool) { if isFilled { names.append(field.rawValue) } }
        add(.title, if: title != nil)
        add(.condition, if: condition != nil)
        add(.kind, if: kind != .safety)
        add(.status, if: status != .active)
        add(.authority, if: authority != .guideline)
        add(.priority, if: priority != 0)
        add(.severity, if: severity != .medium)
        add(.risk, if: !risk.isEmpty)
        add(.tags, if: !tags.isEmpty)
        add(.language, if: language != "en")
        add(.examples, if: !examples.isEmpty)
        add(.counterexamples, if: !counterexamples.isEmpty)
        add(.threshold, if: threshold != nil)
        add(.relations, if: !relations.isEmpty)
        add(.source, if: !source.isEmpty)
        add(.version, if: version != 1)
        return names + additionalFields.keys
    }

    /// The members of the record that are named, in the documented order, then the additional fields by name.
    func members(_ isWanted: (String) -> Bool) -> [(name: String, value: JSONValue)] {
        guard case .object(let members) = json else { return [] }
        let fields = GuidelineField.allCases.map(\.rawValue)
        let additional = additionalFields.keys.filter { GuidelineField(rawValue: $0) == nil }
            .sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
        return (fields + additional).compactMap { name in
            guard isWanted(name), let value = members[name] else { return nil }
            return (name, value)
        }
    }
}
