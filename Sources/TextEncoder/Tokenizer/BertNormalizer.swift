/// Takes what the normalizer gives out, scalar by scalar.
protocol NormalizedSink {
    mutating func append(_ scalar: UInt32)
    mutating func append(ascii: UInt8)
    /// Wants no more.
    var isFull: Bool { get }
}

/// The text clean-up of BERT, as the `tokenizers` library does it: drop control characters and turn all white space
/// into U+0020, put spaces around Han ideographs, decompose canonically (NFD) and drop nonspacing marks, lower-case
/// scalar by scalar.
struct BertNormalizer: Sendable, Hashable {
    let cleansText: Bool
    let separatesIdeographs: Bool
    let stripsAccents: Bool
    let lowercases: Bool
    /// What becomes of each ASCII character; `dropped` where nothing does.
    private let ascii: [UInt8]

    private static let dropped: UInt8 = 0xFF

    /// Leaves text as it is.
    static let identity = BertNormalizer(
        cleansText: false, separatesIdeographs: false, stripsAccents: false, lowercases: false)

    init(cleansText: Bool, separatesIdeographs: Bool, stripsAccents: Bool, lowercases: Bool) {
        self.cleansText = cleansText
        self.separatesIdeographs = separatesIdeographs
        self.stripsAccents = stripsAccents
        self.lowercases = lowercases
        let table = UnicodeTable.shared
        ascii = (0..<128).map { byte -> UInt8 in
            let classes = table[UInt32(byte)]
            if cleansText, classes.contains(.removed) { return Self.dropped }
            if cleansText, classes.contains(.whitespace) { return 0x20 }
            return lowercases && (0x41...0x5A).contains(byte) ? UInt8(byte) + 0x20 : UInt8(byte)
        }
    }

    /// Normalizes UTF-8 into `sink`, stopping early once it is full. O(bytes).
    @inline(__always)
    func normalize(_ text: UnsafeBufferPointer<UInt8>, into sink: inout some NormalizedSink) {
        ascii.withUnsafeBufferPointer { ascii in
            // Marks that NFD may yet move before one another; empty but for a few rare scripts.
            var marks = CanonicalOrder()
            var position = 0
            while position < text.count, !sink.isFull {
                let byte = text[position]
                if byte < 0x80, marks.isEmpty {
                    position += 1
                    let mapped = ascii[Int(byte)]
                    if mapped != Self.dropped { sink.append(ascii: mapped) }
                } else {
                    normalize(Self.decode(text, &position), marks: &marks, into: &sink)
                }
            }
            marks.flush { lowercase($0, into: &sink) }
        }
    }

    @inline(never)
    private func normalize(_ scalar: UInt32, marks: inout CanonicalOrder, into sink: inout some NormalizedSink) {
        let table = UnicodeTable.shared
        let classes = table[scalar]
        var scalar = scalar
        if cleansText {
            if classes.contains(.removed) { return }
            if classes.contains(.whitespace) { scalar = 0x20 }
        }
        let isSeparated = separatesIdeographs && classes.contains(.ideograph)
        if isSeparated {
            marks.flush { lowercase($0, into: &sink) }
            sink.append(ascii: 0x20)
        }
        if stripsAccents {
            table.forEachDecomposed(scalar) { part in
                let classes = table[part]
                if classes.contains(.nonstarter) {
                    if !classes.contains(.nonspacing) { marks.insert(part, class: table.combiningClass(part)) }
                } else {
                    marks.flush { lowercase($0, into: &sink) }
                    if !classes.contains(.nonspacing) { lowercase(part, into: &sink) }
                }
            }
        } else {
            lowercase(scalar, into: &sink)
        }
        if isSeparated {
            marks.flush { lowercase($0, into: &sink) }
            sink.append(ascii: 0x20)
        }
    }

    private func lowercase(_ scalar: UInt32, into sink: inout some NormalizedSink) {
        if lowercases {
            UnicodeTable.shared.forEachLowercased(scalar) { sink.append($0) }
        } else {
            sink.append(scalar)
        }
    }

    /// The scalar at `position`, which is moved past it. Swift strings hold well-formed UTF-8 only; were it not so,
    /// this would still stay inside `text`.
    @inline(__always)
    static func decode(_ text: UnsafeBufferPointer<UInt8>, _ position: inout Int) -> UInt32 {
        func continuation(_ offset: Int) -> UInt32 {
            position + offset < text.count ? UInt32(text[position + offset] & 0x3F) : 0
        }
        let first = UInt32(text[position])
        if first < 0x80 {
            position += 1
            return first
        } else if first < 0xE0 {
            defer { position += 2 }
            return (first & 0x1F) << 6 | continuation(1)
        } else if first < 0xF0 {
            defer { position += 3 }
            return (first & 0x0F) << 12 | continuation(1) << 6 | continuation(2)
        } else {
            defer { position += 4 }
            return (first & 0x07) << 18 | continuation(1) << 12 | continuation(2) << 6 | continuation(3)
        }
    }

    /// The normalized text.
    func normalized(_ text: UnsafeBufferPointer<UInt8>) -> [UInt8] {
        var sink = ByteSink()
        sink.bytes.reserveCapacity(text.count + text.count / 4)
        normalize(text, into: &sink)
        return sink.bytes
    }

    private struct ByteSink: NormalizedSink {
        var bytes: [UInt8] = []
        var isFull: Bool { false }

        mutating func append(ascii: UInt8) { bytes.append(ascii) }
        mutating func append(_ scalar: UInt32) { UTF8Encoding.encode(scalar) { bytes.append($0) } }
    }
}

enum UTF8Encoding {
    /// Calls `body` with the bytes of a scalar.
    @inline(__always)
    static func encode(_ scalar: UInt32, _ body: (UInt8) -> Void) {
        // Written as a loop so that `body`, which may be long, is in the code but once.
        var (bits, shift): (UInt32, UInt32) =
            switch scalar {
            case 0..<0x80: (0, 0)
            case 0x80..<0x800: (0xC0, 6)
            case 0x800..<0x10000: (0xE0, 12)
            default: (0xF0, 18)
            }
        while true {
            body(UInt8(truncatingIfNeeded: bits | scalar >> shift & (bits == 0x80 ? 0x3F : 0x7F)))
            if shift == 0 { return }
            shift -= 6
            bits = 0x80
        }
    }
}

/// A run of marks in canonical order: sorted by combining class, those of one class in the order they came
/// (The Unicode Standard, section 3.11).
struct CanonicalOrder {
    private var marks: [(scalar: UInt32, class: UInt8)] = []

    var isEmpty: Bool { marks.isEmpty }

    mutating func insert(_ scalar: UInt32, class combiningClass: UInt8) {
        marks.append((scalar, combiningClass))
    }

    mutating func flush(_ body: (UInt32) -> Void) {
        if marks.isEmpty { return }
        // The library's sort is stable, and so is Swift's.
        marks.sort { $0.class < $1.class }
        for mark in marks { body(mark.scalar) }
        marks.removeAll(keepingCapacity: true)
    }
}
