/// What the tokenizer needs to know of each Unicode scalar, frozen at the tables that the reference library uses.
///
/// Swift's own `Unicode.Scalar.Properties` follow the operating system and would give the same text other token ids
/// on another machine; these tables (generated, see `UnicodeTable+Categories.swift`) do not.
struct UnicodeTable: Sendable {
    /// The classes of one scalar.
    struct Classes: OptionSet, Sendable {
        let rawValue: UInt8

        static let removed = Classes(rawValue: 1)
        static let whitespace = Classes(rawValue: 2)
        static let punctuation = Classes(rawValue: 4)
        static let ideograph = Classes(rawValue: 8)
        static let nonspacing = Classes(rawValue: 16)
        static let nonstarter = Classes(rawValue: 32)
        /// Has a canonical decomposition.
        static let decomposes = Classes(rawValue: 64)
        /// Has a lower-case form other than itself.
        static let lowercases = Classes(rawValue: 128)
    }

    static let shared = UnicodeTable()

    /// Classes by scalar in pages of 256: the pages in use, one after another, and where each of the 4,352 starts.
    private let classes: [UInt8]
    private let pages: [UInt16]
    /// Sorted scalars, and where in `scalars` what each turns into begins and ends.
    private let decompositions: Mapping
    private let lowercases: Mapping
    private let combining: Mapping

    /// A sorted map from scalars to short runs of scalars.
    private struct Mapping: Sendable {
        var keys: [UInt32] = []
        var starts: [UInt32] = [0]
        var values: [UInt32] = []

        mutating func append(_ key: UInt32, _ value: some Sequence<UInt32>) {
            keys.append(key)
            values.append(contentsOf: value)
            starts.append(UInt32(values.count))
        }

        func forEach(of key: UInt32, _ body: (UInt32) -> Void) {
            var low = 0
            var high = keys.count
            while low < high {
                let middle = (low + high) / 2
                if keys[middle] < key { low = middle + 1 } else { high = middle }
            }
            guard low < keys.count, keys[low] == key else { return body(key) }
            for index in Int(starts[low])..<Int(starts[low + 1]) { body(values[index]) }
        }
    }

    private init() {
        decompositions = Self.makeDecompositions()
        lowercases = Self.makeLowercases()
        var combining = Mapping()
        for index in stride(from: 0, to: Self.combiningClasses.count, by: 2) {
            combining.append(Self.combiningClasses[index], CollectionOfOne(Self.combiningClasses[index + 1]))
        }
        self.combining = combining

        // Page 0 is empty, page 1 private use (all removed) and page 2 Han ideographs: most scalars need no own page.
        var classes = [UInt8](repeating: 0, count: 256)
        classes += repeatElement(Classes.removed.rawValue, count: 256)
        classes += repeatElement(Classes.ideograph.rawValue, count: 256)
        var pages = [UInt16](repeating: 0, count: 0x1100)
        func mark(_ first: UInt32, _ last: UInt32, _ value: Classes) {
            var scalar = Int(first)
            while scalar <= Int(last) {
                let page = scalar >> 8
                let isWhole = scalar & 255 == 0 && scalar + 255 <= Int(last)
                if isWhole, pages[page] == 0, value == .removed || value == .ideograph {
                    pages[page] = value == .removed ? 1 : 2
                    scalar += 256
                    continue
                }
                if pages[page] < 3 {
                    let template = Int(pages[page]) * 256
                    pages[page] = UInt16(classes.count / 256)
                    classes += classes[template..<(template + 256)]
                }
                classes[Int(pages[page]) * 256 + scalar & 255] |= value.rawValue
                scalar += 1
            }
        }
        func mark(_ ranges: [UInt32], _ value: Classes) {
            for index in stride(from: 0, to: ranges.count, by: 2) { mark(ranges[index], ranges[index + 1], value) }
        }
        mark(Self.removedRanges, .removed)
        mark(Self.ideographRanges, .ideograph)
        mark(Self.whitespaceRanges, .whitespace)
        mark(Self.punctuationRanges, .punctuation)
        mark(Self.nonspacingRanges, .nonspacing)
        mark(Self.nonstarterRanges, .nonstarter)
        for scalar in decompositions.keys { mark(scalar, scalar, .decomposes) }
        for scalar in lowercases.keys { mark(scalar, scalar, .lowercases) }
        self.classes = classes
        self.pages = pages
    }

    private static func makeDecompositions() -> Mapping {
        var mapping = Mapping()
        var index = 0
        var single = 0
        func takeSingletons(below scalar: UInt32) {
            while single < singletonDecompositions.count, singletonDecompositions[single] < scalar {
                mapping.append(singletonDecompositions[single], CollectionOfOne(singletonDecompositions[single + 1]))
                single += 2
            }
        }
        while index < decompositions.count {
            let count = Int(decompositions[index + 1])
            takeSingletons(below: decompositions[index])
            mapping.append(decompositions[index], decompositions[(index + 2)..<(index + 2 + count)])
            index += 2 + count
        }
        takeSingletons(below: .max)
        return mapping
    }

    private static func makeLowercases() -> Mapping {
        var entries: [(UInt32, [UInt32])] = []
        for index in stride(from: 0, to: lowercaseRuns.count, by: 4) {
            for step in 0..<lowercaseRuns[index + 1] {
                let scalar = lowercaseRuns[index] + step * lowercaseRuns[index + 2]
                entries.append((scalar, [scalar &+ lowercaseRuns[index + 3]]))
            }
        }
        var index = 0
        while index < lowercaseSequences.count {
            let count = Int(lowercaseSequences[index + 1])
            entries.append((lowercaseSequences[index], Array(lowercaseSequences[(index + 2)..<(index + 2 + count)])))
            index += 2 + count
        }
        entries.sort { $0.0 < $1.0 }
        var mapping = Mapping()
        for (key, value) in entries { mapping.append(key, value) }
        return mapping
    }

    /// The classes of a scalar. O(1).
    @inline(__always)
    subscript(scalar: UInt32) -> Classes {
        guard scalar < 0x110000 else { return [] }
        return Classes(rawValue: classes[Int(pages[Int(scalar >> 8)]) << 8 | Int(scalar & 255)])
    }

    /// The scalars of the full canonical decomposition, in order; the scalar itself where it has none.
    func forEachDecomposed(_ scalar: UInt32, _ body: (UInt32) -> Void) {
        if scalar &- 0xAC00 < 11172 {
            // Hangul syllables are decomposed by arithmetic (The Unicode Standard, section 3.12).
            let index = scalar - 0xAC00
            body(0x1100 + index / 588)
            body(0x1161 + index % 588 / 28)
            if index % 28 != 0 { body(0x11A7 + index % 28) }
        } else if self[scalar].contains(.decomposes) {
            decompositions.forEach(of: scalar, body)
        } else {
            body(scalar)
        }
    }

    /// The scalars of the lower-case form, without regard to what stands around it.
    func forEachLowercased(_ scalar: UInt32, _ body: (UInt32) -> Void) {
        if self[scalar].contains(.lowercases) { lowercases.forEach(of: scalar, body) } else { body(scalar) }
    }

    /// The canonical combining class of a nonstarter that is not a nonspacing mark; those never stay in a text whose
    /// order matters.
    func combiningClass(_ scalar: UInt32) -> UInt8 {
        var result: UInt32 = 0
        combining.forEach(of: scalar) { result = $0 }
        return UInt8(truncatingIfNeeded: result)
    }
}
