/// A format that repeats a guideline for every input that it was found for.
protocol MergedFormat {
    var format: ImportFormat { get }

    /// The guidelines that a record names, and the input that they apply to, if it says that they do.
    func sightings(in record: ImportedRecord) throws(GuidelineStoreError) -> (found: [Sighting], input: String?)
}

/// Hands the guidelines of such a format to the merger, which tells them when all has been read.
final class MergingInterpreter: RecordInterpreter {
    private let records: any MergedFormat
    private let file: String
    private let merger: GuidelineMerger
    private var emptyRecords = 0

    init(_ records: any MergedFormat, file: String, merger: GuidelineMerger) {
        (self.records, self.file, self.merger) = (records, file, merger)
    }

    func guidelines(in record: ImportedRecord) throws(GuidelineStoreError) -> [FoundGuideline] {
        let (found, input) = try records.sightings(in: record)
        if found.isEmpty { emptyRecords += 1 }
        try merger.add(found, input: input?.trimmingWhiteSpace(), at: record.location, format: records.format)
        return []
    }

    func finish(
        _ remainder: [String: JSONValue], notice: (ImportNotice) -> Void, fault: (GuidelineStoreError) throws -> Void
    ) throws -> [FoundGuideline] {
        if emptyRecords > 0 { notice(.recordsWithoutGuidelines(file: file, count: emptyRecords)) }
        return []
    }
}
