import Foundation

/// Records as a YAML list: names in block style, an entry a line, values in flow style.
///
/// Text is double-quoted, so that nothing in it can be taken for anything else.
struct YAMLWriter: RecordWriter {
    private var isEmpty = true

    mutating func append(_ guideline: Guideline, to bytes: inout [UInt8]) -> Bool {
        isEmpty = false
        YAMLText.appendItem(guideline.members { _ in true }, indentation: "", to: &bytes)
        return true
    }

    mutating func end(_ bytes: inout [UInt8]) {
        if isEmpty { bytes += "[]\n".utf8 }
    }
}

/// A list in YAML as the only member of a mapping.
struct YAMLList {
    let name: String
    private var isEmpty = true

    init(name: String) { self.name = name }

    func begin(_ bytes: inout [UInt8]) { bytes += "\(name):".utf8 }

    mutating func append(_ members: [(name: String, value: JSONValue)], to bytes: inout [UInt8]) {
        if isEmpty { bytes.append(0x0A) }
        isEmpty = false
        YAMLText.appendItem(members, indentation: "  ", to: &bytes)
    }

    func end(_ bytes: inout [UInt8]) {
        if isEmpty { bytes += " []\n".utf8 }
    }
}

/// YAML 1.1 as libyaml reads it.
enum YAMLText {
    /// Longest name that may be followed by a colon on its line without a mark in front (1,024 characters in YAML).
    private static let maximumSimpleName = 512

    /// Appends a mapping as an item of a list.
    static func appendItem(
        _ members: [(name: String, value: JSONValue)], indentation: String, to bytes: inout [UInt8]
    ) {
        for (index, member) in members.enumerated() {
            bytes += (indentation + (index == 0 ? "- " : "  ")).utf8
            let isSimple = member.name.utf8.count <= maximumSimpleName
            if !isSimple { bytes += "? ".utf8 }
            appendName(member.name, to: &bytes)
            bytes += (isSimple ? ": " : "\n\(indentation)  : ").utf8
            append(member.value, to: &bytes)
            bytes.append(0x0A)
        }
    }

    static func append(_ value: JSONValue, to bytes: inout [UInt8]) {
        switch value {
        case .string(let text): appendString(text, to: &bytes)
        case .number(let number): bytes += text(number).utf8
        case .array(let items):
            bytes.append(UInt8(ascii: "["))
            for (index, item) in items.enumerated() {
                if index > 0 { bytes += ", ".utf8 }
                append(item, to: &bytes)
            }
            bytes.append(UInt8(ascii: "]"))
        case .object(let members):
            bytes.append(UInt8(ascii: "{"))
            let sorted = members.sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }
            for (index, member) in sorted.enumerated() {
                if index > 0 { bytes += ", ".utf8 }
                let isSimple = member.key.utf8.count <= maximumSimpleName
                if !isSimple { bytes += "? ".utf8 }
                appendString(member.key, to: &bytes)
                bytes += (isSimple ? ": " : " : ").utf8
                append(member.value, to: &bytes)
            }
            bytes.append(UInt8(ascii: "}"))
        case .null, .bool, .integer: value.append(to: &bytes)
        }
    }

    /// Words stand as they are, unless YAML takes them for something else; other names may look like anything.
    private static func appendName(_ name: String, to bytes: inout [UInt8]) {
        let isWord =
            name.utf8.count > 1 && !reservedWords.contains(name)
            && name.utf8.allSatisfy { (0x61...0x7A).contains($0) || $0 == 0x5F }
        if isWord { bytes += name.utf8 } else { appendString(name, to: &bytes) }
    }

    private static let reservedWords: Set<String> = ["true", "false", "yes", "no", "on", "off", "null"]

    /// A number with an exponent has a point in YAML, or it is text.
    private static func text(_ number: Double) -> String {
        let text = number.description
        guard let exponent = text.firstIndex(of: "e"), !text.contains(".") else { return text }
        return text[..<exponent] + ".0" + text[exponent...]
    }

    /// JSON's escapes, and those of characters that YAML does not print or takes for line breaks.
    private static func appendString(_ text: String, to bytes: inout [UInt8]) {
        // Parsers take a byte order mark away from the start of text, however it is written.
        if text.unicodeScalars.first == "\u{FEFF}" {
            bytes += "!!binary \"\(Data(text.utf8).base64EncodedString())\"".utf8
            return
        }
        let needsMore = text.unicodeScalars.contains { isSpecial($0) }
        guard needsMore else { return JSONValue.appendString(text, to: &bytes) }
        var json: [UInt8] = []
        JSONValue.appendString(text, to: &json)
        for scalar in String(decoding: json, as: UTF8.self).unicodeScalars {
            if isSpecial(scalar) {
                let digits = String(scalar.value, radix: 16)
                bytes += ("\\u" + String(repeating: "0", count: max(0, 4 - digits.count)) + digits).utf8
            } else {
                bytes += String(scalar).utf8
            }
        }
    }

    private static func isSpecial(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x7F...0xA0, 0x2028, 0x2029, 0xFEFF, 0xFFFE, 0xFFFF: true
        default: false
        }
    }
}
