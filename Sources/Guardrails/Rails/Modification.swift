/// A place of a text, and what is to stand there.
struct Modification {
    var range: Range<Int>
    var kind: String
    var modification: CheckAction.Modification

    /// Those that overlap become one, over all that they cover: what takes more away goes before what takes less.
    static func merged(_ modifications: [Modification]) -> [Modification] {
        let sorted = modifications.sorted { one, other in
            if one.range.lowerBound != other.range.lowerBound { return one.range.lowerBound < other.range.lowerBound }
            if one.range.upperBound != other.range.upperBound { return one.range.upperBound > other.range.upperBound }
            return one.kind < other.kind
        }
        var result: [Modification] = []
        for modification in sorted {
            guard var last = result.last, last.range.overlaps(modification.range) else {
                result.append(modification)
                continue
            }
            let range = last.range.lowerBound..<max(last.range.upperBound, modification.range.upperBound)
            if modification.modification.weight > last.modification.weight { last = modification }
            last.range = range
            result[result.count - 1] = last
        }
        return result
    }

    /// The text with all of them made; they must not overlap.
    static func apply(_ modifications: [Modification], to text: String, _ replacements: Replacements) -> String {
        var result: [UInt8] = []
        let bytes = Array(text.utf8)
        result.reserveCapacity(bytes.count)
        var place = 0
        for modification in modifications {
            let range = modification.range.clamped(to: place..<bytes.count)
            result += bytes[place..<range.lowerBound]
            result += modification.text(for: bytes[range], replacements).utf8
            place = range.upperBound
        }
        result += bytes[place...]
        return String(decoding: result, as: UTF8.self)
    }

    /// What stands in the place of some bytes.
    func text(for bytes: ArraySlice<UInt8>, _ replacements: Replacements) -> String {
        switch modification {
        case .redact: return replacements.placeholder(for: kind)
        case .replace(let text): return text
        case .mask:
            return String(
                String(decoding: bytes, as: UTF8.self).map { $0.isLetter || $0.isNumber ? "*" : $0 })
        }
    }
}

extension CheckAction.Modification {
    fileprivate var weight: Int {
        switch self {
        case .mask: 0
        case .replace: 1
        case .redact: 2
        }
    }
}
