extension JSONValue {
    /// Reads one JSON text. Escapes of half a surrogate pair become U+FFFD; a repeated name is an error.
    ///
    /// - Throws: ``GuidelineStoreError`` with line and column; `source` names the text in it.
    public init(parsing text: String, source: String = "JSON") throws {
        var text = text
        self = try text.withUTF8 { bytes in
            let bytes = UnsafeRawBufferPointer(bytes)
            do throws(JSONSyntaxError) {
                return try JSONParser.parse(bytes)
            } catch {
                throw error.located(in: bytes, file: source, firstLine: 1, byteOffset: 0, isAtEnd: true)
            }
        }
    }

    /// Compact JSON, the same for equal values: object names are in the order of their UTF-8 bytes. A number that is
    /// not finite, which JSON cannot say, is written as null.
    public var jsonText: String {
        var bytes: [UInt8] = []
        append(to: &bytes)
        return String(decoding: bytes, as: UTF8.self)
    }

    package func append(to bytes: inout [UInt8]) {
        switch self {
        case .null: bytes.append(contentsOf: "null".utf8)
        case .bool(let value): bytes.append(contentsOf: (value ? "true" : "false").utf8)
        case .integer(let value): bytes.append(contentsOf: String(value).utf8)
        case .number(let value): bytes.append(contentsOf: (value.isFinite ? value.description : "null").utf8)
        case .string(let value): Self.appendString(value, to: &bytes)
        case .array(let values):
            bytes.append(UInt8(ascii: "["))
            for (index, value) in values.enumerated() {
                if index > 0 { bytes.append(UInt8(ascii: ",")) }
                value.append(to: &bytes)
            }
            bytes.append(UInt8(ascii: "]"))
        case .object(let members):
            bytes.append(UInt8(ascii: "{"))
            let names = members.sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }
            for (index, member) in names.enumerated() {
                if index > 0 { bytes.append(UInt8(ascii: ",")) }
                Self.appendString(member.key, to: &bytes)
                bytes.append(UInt8(ascii: ":"))
                member.value.append(to: &bytes)
            }
            bytes.append(UInt8(ascii: "}"))
        }
    }

    package static func appendString(_ text: String, to bytes: inout [UInt8]) {
        bytes.append(UInt8(ascii: "\""))
        var text = text
        text.withUTF8 { utf8 in
            let utf8 = UnsafeRawBufferPointer(utf8)
            var start = 0
            while let place = JSONEscapes.first(in: utf8, from: start) {
                bytes.append(contentsOf: utf8[start..<place])
                JSONEscapes.append(utf8[place], to: &bytes)
                start = place + 1
            }
            bytes.append(contentsOf: utf8[start...])
        }
        bytes.append(UInt8(ascii: "\""))
    }

    /// Whether every number in it is finite.
    package var isFinite: Bool {
        switch self {
        case .number(let value): value.isFinite
        case .array(let values): values.allSatisfy(\.isFinite)
        case .object(let members): members.values.allSatisfy(\.isFinite)
        case .null, .bool, .integer, .string: true
        }
    }

    /// Whether it can be written inside `outer` brackets and read back by ``JSONParser``.
    package func isShallow(inside outer: Int) -> Bool {
        switch self {
        case .array(let values):
            outer < JSONParser.maximumDepth && values.allSatisfy { $0.isShallow(inside: outer + 1) }
        case .object(let members):
            outer < JSONParser.maximumDepth && members.values.allSatisfy { $0.isShallow(inside: outer + 1) }
        case .null, .bool, .integer, .number, .string: true
        }
    }

    /// The type in words, for messages.
    package var typeName: String {
        switch self {
        case .null: "null"
        case .bool: "a truth value"
        case .integer, .number: "a number"
        case .string: "text"
        case .array: "a list"
        case .object: "an object"
        }
    }
}

extension JSONSyntaxError {
    /// The error with the line and column that its offset has in `bytes`, which begin at `firstLine` and at
    /// `byteOffset` of the file. `isAtEnd` says that nothing follows the bytes in the file.
    package func located(
        in bytes: UnsafeRawBufferPointer, file: String, firstLine: Int, byteOffset: Int, isAtEnd: Bool
    ) -> GuidelineStoreError {
        let prefix = bytes.prefix(offset)
        let line = firstLine + prefix.count { $0 == 0x0A }
        let lineStart = prefix.lastIndex(of: 0x0A).map { $0 + 1 } ?? 0
        let location = InputLocation(file: file, line: line, column: offset - lineStart + 1)
        return switch problem {
        case .notUTF8: .notUTF8(location, byteOffset: byteOffset + offset)
        case .invalid(let text): .syntax(location, format: "JSON", problem: text)
        case .truncated(let text) where isAtEnd: .truncated(location, format: "JSON", problem: text)
        case .truncated(let text): .syntax(location, format: "JSON", problem: "\(text) at the end of the line")
        }
    }
}
