import Foundation

/// Reads guidelines from files, one after the other, in bounded memory.
///
/// An importer remembers the ids it has read, so that one used for several files finds an id that two of them use.
/// Records without an id get one derived from their content; the same content twice is then the same guideline twice,
/// which a library skips as a duplicate.
///
/// Formats that repeat a guideline for every input it applies to (``ImportFormat/dprTraining``,
/// ``ImportFormat/guideAlignRules``) are merged by content: each distinct guideline comes once, after the input has been
/// read to its end, with the first inputs as its examples and their number as `support` among its additional fields.
/// Its id is derived from title and text alone, so that it stays the same when more inputs are found for it.
public struct GuidelineImporter {
    public var options: ImportOptions
    private var locations: [String: InputLocation] = [:]

    public init(options: ImportOptions = ImportOptions()) {
        self.options = options
    }

    /// Calls `body` with each guideline of the input, validated, in the input's order.
    ///
    /// - Parameters:
    ///   - format: Nil takes it from the file's name, and JSON Lines for standard input; in JSON, JSON Lines and YAML the
    ///     content may then tell that it is another program's format, and `notice` hears of it.
    ///   - fault: Is called with what is wrong with a record that can be passed over; reading goes on behind it if this
    ///     returns. Without it the first fault is thrown. What makes the rest of an input unreadable is always thrown.
    /// - Throws: ``GuidelineStoreError`` with the line at fault; and what `body` and `fault` throw.
    public mutating func forEach(
        in source: InputSource, format: ImportFormat? = nil, notice: (ImportNotice) -> Void = { _ in },
        fault: (GuidelineStoreError) throws -> Void = { throw $0 },
        _ body: (_ guideline: Guideline, _ location: InputLocation) throws -> Void
    ) throws {
        try forEach(in: [source], format: format, notice: notice, fault: fault, body)
    }

    /// The same for several inputs, whose guidelines are merged as those of one.
    public mutating func forEach(
        in sources: [InputSource], format: ImportFormat? = nil, notice: (ImportNotice) -> Void = { _ in },
        fault: (GuidelineStoreError) throws -> Void = { throw $0 },
        _ body: (_ guideline: Guideline, _ location: InputLocation) throws -> Void
    ) throws {
        let merger = GuidelineMerger(maximumExamples: options.maximumExamples)
        for source in sources {
            try read(source, format, merger, notice, fault, body)
        }
        try merger.drain { try take($0, fault, body) }
    }

    /// All guidelines of the input.
    public mutating func read(from source: InputSource, format: ImportFormat? = nil) throws -> [Guideline] {
        var guidelines: [Guideline] = []
        try forEach(in: source, format: format) { guideline, _ in guidelines.append(guideline) }
        return guidelines
    }

    /// All guidelines of one file.
    ///
    /// - Throws: ``GuidelineStoreError`` with the line at fault, at the first fault.
    public static func read(
        from url: URL, format: ImportFormat? = nil, options: ImportOptions = ImportOptions()
    ) throws -> [Guideline] {
        var importer = GuidelineImporter(options: options)
        return try importer.read(from: .file(url), format: format)
    }

    // MARK: Records

    private mutating func read(
        _ source: InputSource, _ format: ImportFormat?, _ merger: GuidelineMerger, _ notice: (ImportNotice) -> Void,
        _ fault: (GuidelineStoreError) throws -> Void, _ body: (Guideline, InputLocation) throws -> Void
    ) throws {
        let reader = try ImportFormat.reader(for: source, requested: format, options: options)
        var interpreter: (any RecordInterpreter)?
        while true {
            let record: ImportedRecord
            do throws(GuidelineStoreError) {
                guard let next = try reader.next() else { break }
                record = next
            } catch {
                guard reader.hasPassedFault else { throw error }
                try fault(error)
                continue
            }
            if interpreter == nil {
                interpreter = reader.format.interpreter(file: source.name, merger: merger)
                if format == nil, !reader.format.isNative {
                    notice(.recognized(file: source.name, as: reader.format))
                }
            }
            let found: [FoundGuideline]
            do throws(GuidelineStoreError) {
                found = try interpreter?.guidelines(in: record) ?? []
            } catch {
                try fault(error)
                continue
            }
            for guideline in found { try take(guideline, fault, body) }
        }
        for guideline in try interpreter?.finish(reader.remainder, notice: notice, fault: fault) ?? [] {
            try take(guideline, fault, body)
        }
    }

    /// Hands out a guideline that is valid and whose id is new.
    private mutating func take(
        _ found: FoundGuideline, _ fault: (GuidelineStoreError) throws -> Void,
        _ body: (Guideline, InputLocation) throws -> Void
    ) throws {
        let guideline: Guideline
        do throws(GuidelineStoreError) {
            guideline = try found.guideline.validated(at: found.location)
            if !found.guideline.id.trimmingWhiteSpace().isEmpty {
                if let first = locations[guideline.id] {
                    throw .duplicateID(guideline.id, first: first, second: found.location)
                }
                locations[guideline.id] = found.location
            }
        } catch {
            return try fault(error)
        }
        try body(guideline, found.location)
    }
}
