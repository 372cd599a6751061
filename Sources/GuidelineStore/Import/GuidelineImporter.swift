import Foundation

/// Reads guidelines from files, one after the other, in bounded memory.
///
/// An importer remembers the ids it has read, so that one used for several files finds an id that two of them use.
/// Records without an id get one derived from their content; the same content twice is then the same guideline twice,
/// which a library skips as a duplicate.
public struct GuidelineImporter {
    public var options: ImportOptions
    private var locations: [String: InputLocation] = [:]

    public init(options: ImportOptions = ImportOptions()) {
        self.options = options
    }

    /// Calls `body` with each guideline of the input, validated, in the input's order.
    ///
    /// - Parameter format: Nil takes it from the file's name, and JSON Lines for standard input.
    /// - Throws: ``GuidelineStoreError`` with the line at fault, at the first fault; and what `body` throws.
    public mutating func forEach(
        in source: InputSource, format: ImportFormat? = nil,
        _ body: (_ guideline: Guideline, _ location: InputLocation) throws -> Void
    ) throws {
        let format = try format ?? Self.format(of: source)
        let reader = try format.reader(for: source, options: options)
        while let record = try reader.next() {
            let read: Guideline
            do throws(FieldProblem) {
                read = try Guideline(members: record.members)
            } catch {
                throw error.located(record.location)
            }
            guard record.members["text"]?.optional != nil else {
                throw GuidelineStoreError.invalidField("text", problem: "is missing", record.location)
            }
            let guideline = try read.validated(at: record.location)
            if !read.id.trimmingWhiteSpace().isEmpty,
                let first = locations.updateValue(record.location, forKey: guideline.id)
            {
                throw GuidelineStoreError.duplicateID(guideline.id, first: first, second: record.location)
            }
            try body(guideline, record.location)
        }
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

    private static func format(of source: InputSource) throws(GuidelineStoreError) -> ImportFormat {
        switch source {
        case .standardInput: return .jsonl
        case .file, .bytes:
            if let format = ImportFormat(path: source.name) { return format }
            // A missing file is the nearer fault than a name that tells nothing.
            if case .file = source { _ = try ByteWindow(source, capacity: 0) }
            throw .unknownFormat(path: source.name)
        }
    }
}
