/// One object of a JSON Lines input.
public struct JSONLine: Sendable, Hashable {
    public var members: [String: JSONValue]
    public var location: InputLocation

    package init(members: [String: JSONValue], location: InputLocation) {
        self.members = members
        self.location = location
    }
}

/// Reads JSON Lines: an object a line, blank lines between them allowed, UTF-8 with or without a byte order mark.
///
/// Memory is bounded by the longest line that is allowed, whatever the length of the input. A line that comes through a
/// pipe is handed out as soon as it is complete.
public final class JSONLinesReader {
    private let lines: LineReader
    /// Whether the line for which ``next()`` has just thrown was passed over, so that the next one can be asked for.
    private(set) var hasPassedFault = false

    /// - Throws: ``GuidelineStoreError`` if the input cannot be opened.
    public init(_ source: InputSource, options: ImportOptions = ImportOptions()) throws(GuidelineStoreError) {
        lines = try LineReader(source, options: options)
    }

    /// What errors call the input.
    public var name: String { lines.name }

    /// The next object, or nil at the end of the input.
    ///
    /// - Throws: ``GuidelineStoreError`` with the line at fault.
    public func next() throws(GuidelineStoreError) -> JSONLine? {
        hasPassedFault = false
        while let line = try nextLine() {
            if line.isBlank { continue }
            // What is wrong from here on is wrong in this line alone.
            hasPassedFault = true
            let location = InputLocation(file: name, line: line.number)
            let value: JSONValue
            do throws(JSONSyntaxError) {
                value = try JSONParser.parse(line.bytes)
            } catch {
                throw error.located(
                    in: line.bytes, file: name, firstLine: line.number, byteOffset: line.offset,
                    isAtEnd: line.isUnterminated)
            }
            guard case .object(let members) = value else {
                throw .syntax(
                    location, format: "JSON Lines",
                    problem: "each line must be an object, not \(value.typeName); read a JSON array as format json")
            }
            hasPassedFault = false
            return JSONLine(members: members, location: location)
        }
        return nil
    }

    private func nextLine() throws(GuidelineStoreError) -> LineReader.Line? {
        do throws(GuidelineStoreError) {
            return try lines.next()
        } catch {
            if case .tooLong = error { hasPassedFault = true }
            throw error
        }
    }
}
