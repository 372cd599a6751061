import GuidelineStore

extension TelemetryWriter {
    /// How much an archive has given.
    public struct Amount: Sendable, Hashable {
        public var decisions = 0
        public var records = 0
        public var lines = 0

        public init() {}
    }

    /// Spans of a line, and bytes of the texts on it, at which the next line begins: collectors take requests of some
    /// megabytes.
    private static let (spansPerLine, textPerLine) = (128, 1 << 20)

    /// Hands over the decisions of an archive, by time, as lines without their line breaks. Memory is bounded by one line, and
    /// so by one decision and a megabyte of texts beside it. `body` must not call the archive.
    ///
    /// - Parameter filter: a decision goes along, with all of its records, where the filter lets any of them through.
    /// - Throws: ``GuidelineStoreError``, and what `body` throws.
    @discardableResult
    public func write(
        _ archive: DecisionArchive, matching filter: DecisionFilter = DecisionFilter(),
        to body: (String) throws -> Void
    ) throws -> Amount {
        var amount = Amount()
        var decisions: [[DecisionRecord]] = []
        var textBytes = 0
        func flush() throws {
            guard !decisions.isEmpty else { return }
            try body(line(for: decisions))
            amount.lines += 1
            (decisions, textBytes) = ([], 0)
        }
        try archive.forEachDecision(matching: filter) { records in
            decisions.append(records)
            amount.decisions += 1
            amount.records += records.count
            if includesText { textBytes += records.lazy.compactMap(\.text).first?.utf8.count ?? 0 }
            if decisions.count >= Self.spansPerLine || textBytes >= Self.textPerLine { try flush() }
        }
        try flush()
        return amount
    }
}
