/// The header of a `.npy` file: NumPy's `numpy.lib.format`, versions 1 to 3.
struct NumPyHeader: Equatable {
    /// Kinds of element that are read.
    enum Element: Equatable {
        case float16, float32, float64

        var size: Int {
            switch self {
            case .float16: 2
            case .float32: 4
            case .float64: 8
            }
        }
    }

    var element: Element
    var isBigEndian: Bool
    var isFortranOrder: Bool
    var rows: Int
    var columns: Int
    /// Where the elements start.
    var dataOffset: Int

    /// Why a header is refused.
    struct Failure: Error, Equatable {
        var reason: String
        init(_ reason: String) { self.reason = reason }
    }

    private static let magic: [UInt8] = [0x93] + Array("NUMPY".utf8)
    /// A header is a line of text of some 80 bytes; NumPy itself refuses to read longer ones than this.
    private static let longestText = 10_000

    /// Reads and checks a header and the file's size against it.
    init(_ bytes: UnsafeRawBufferPointer) throws(Failure) {
        guard bytes.count >= 10, bytes.prefix(6).elementsEqual(Self.magic) else {
            throw Failure("it does not start as a .npy file does")
        }
        let (major, minor) = (bytes[6], bytes[7])
        guard (1...3).contains(major), minor == 0 else {
            throw Failure("its format version is \(major).\(minor); versions 1.0 to 3.0 are read")
        }
        let lengthBytes = major == 1 ? 2 : 4
        let textStart = 8 + lengthBytes
        guard bytes.count >= textStart else { throw Failure("it ends within its header") }
        let length = (0..<lengthBytes).reduce(0) { $0 | Int(bytes[8 + $1]) << (8 * $1) }
        guard length <= Self.longestText else { throw Failure("its header claims to be \(length) bytes long") }
        guard bytes.count - textStart >= length else { throw Failure("it ends within its header") }
        dataOffset = textStart + length

        var parser = PythonLiteralParser(Array(bytes[textStart..<dataOffset]))
        let fields = try parser.dictionary()
        guard Set(fields.keys) == ["descr", "fortran_order", "shape"] else {
            throw Failure("its header has the keys \(fields.keys.sorted()), not descr, fortran_order and shape")
        }
        (element, isBigEndian) = try Self.element(fields["descr"])
        guard case .boolean(let isFortranOrder) = fields["fortran_order"] else {
            throw Failure("fortran_order is neither True nor False")
        }
        self.isFortranOrder = isFortranOrder
        guard case .tuple(let shape) = fields["shape"] else { throw Failure("shape is not a tuple of whole numbers") }
        guard shape.count == 2 else {
            throw Failure("it has \(shape.count) dimension\(shape.count == 1 ? "" : "s"); a matrix has 2 (reshape it)")
        }
        guard shape.allSatisfy({ $0 <= BLAS.largestSize }) else {
            throw Failure("its shape \(shape[0])x\(shape[1]) is beyond \(BLAS.largestSize)")
        }
        (rows, columns) = (shape[0], shape[1])
        // Both are below 2^31, so their product fits; times the element's size it may not.
        let (size, overflow) = (rows * columns).multipliedReportingOverflow(by: element.size)
        guard !overflow, size == bytes.count - dataOffset else {
            throw Failure(
                "\(rows)x\(columns) elements of \(element.size) bytes do not make the "
                    + "\(bytes.count - dataOffset) bytes after the header"
            )
        }
    }

    private static func element(_ description: PythonLiteralParser.Value?) throws(Failure) -> (Element, Bool) {
        guard case .string(let type) = description else { throw Failure("descr is not the name of one element type") }
        guard let order = type.first, "<>=".contains(order) else {
            throw Failure("its elements are '\(type)'; '<f4', '<f2' and '<f8' are read")
        }
        switch type.dropFirst() {
        case "f2": return (.float16, order == ">")
        case "f4": return (.float32, order == ">")
        case "f8": return (.float64, order == ">")
        default: throw Failure("its elements are '\(type)'; '<f4', '<f2' and '<f8' are read")
        }
    }

    /// The bytes of a header, version 1.0, for little-endian floats in C order; the elements start at a multiple of 64.
    static func bytes(rows: Int, columns: Int) -> [UInt8] {
        let text = "{'descr': '<f4', 'fortran_order': False, 'shape': (\(rows), \(columns)), }"
        let total = (magic.count + 4 + text.utf8.count + 1 + 63) / 64 * 64
        let length = total - magic.count - 4
        let padding = [UInt8](repeating: UInt8(ascii: " "), count: length - text.utf8.count - 1)
        return magic + [1, 0, UInt8(length & 0xff), UInt8(length >> 8)] + Array(text.utf8) + padding
            + [UInt8(ascii: "\n")]
    }
}

/// As much of Python's literals as such headers hold: a dictionary of strings, truth values and tuples of numbers.
struct PythonLiteralParser {
    enum Value: Equatable {
        case string(String)
        case boolean(Bool)
        case tuple([Int])
    }

    private let text: [UInt8]
    private var position = 0

    init(_ text: [UInt8]) { self.text = text }

    /// A dictionary and nothing after it but white space.
    mutating func dictionary() throws(NumPyHeader.Failure) -> [String: Value] {
        var fields: [String: Value] = [:]
        try expect("{")
        while !accept("}") {
            let key = try string()
            try expect(":")
            guard fields.updateValue(try value(), forKey: key) == nil else {
                throw NumPyHeader.Failure("its header has \(key) twice")
            }
            guard accept(",") else {
                try expect("}")
                break
            }
        }
        skipSpace()
        guard position == text.count else { throw malformed }
        return fields
    }

    private mutating func value() throws(NumPyHeader.Failure) -> Value {
        skipSpace()
        switch peek {
        case UInt8(ascii: "'"), UInt8(ascii: "\""): return .string(try string())
        case UInt8(ascii: "("): return .tuple(try tuple())
        case UInt8(ascii: "T"): return .boolean(try word("True", true))
        case UInt8(ascii: "F"): return .boolean(try word("False", false))
        case UInt8(ascii: "["): throw NumPyHeader.Failure("its elements are records; plain floats are read")
        default: throw malformed
        }
    }

    private mutating func string() throws(NumPyHeader.Failure) -> String {
        skipSpace()
        guard let quote = peek, quote == UInt8(ascii: "'") || quote == UInt8(ascii: "\"") else { throw malformed }
        position += 1
        let start = position
        while let byte = peek, byte != quote {
            // Type names and the three keys are plain text; anything else is not for us.
            guard byte >= 0x20, byte < 0x7f, byte != UInt8(ascii: "\\") else { throw malformed }
            position += 1
        }
        guard peek == quote else { throw malformed }
        defer { position += 1 }
        return String(decoding: text[start..<position], as: UTF8.self)
    }

    private mutating func tuple() throws(NumPyHeader.Failure) -> [Int] {
        var numbers: [Int] = []
        try expect("(")
        while !accept(")") {
            numbers.append(try number())
            guard accept(",") else {
                try expect(")")
                break
            }
        }
        return numbers
    }

    private mutating func number() throws(NumPyHeader.Failure) -> Int {
        skipSpace()
        var number = 0
        let start = position
        while let byte = peek, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) {
            let (tens, overflow) = number.multipliedReportingOverflow(by: 10)
            let (sum, overflow2) = tens.addingReportingOverflow(Int(byte - UInt8(ascii: "0")))
            guard !overflow, !overflow2 else { throw NumPyHeader.Failure("a number in its shape is too large") }
            number = sum
            position += 1
        }
        guard position > start else { throw malformed }
        // Python 2 wrote long integers with a letter behind.
        if peek == UInt8(ascii: "L") { position += 1 }
        return number
    }

    private mutating func word(_ word: String, _ value: Bool) throws(NumPyHeader.Failure) -> Bool {
        guard text[position...].starts(with: word.utf8) else { throw malformed }
        position += word.utf8.count
        return value
    }

    private mutating func expect(_ character: Unicode.Scalar) throws(NumPyHeader.Failure) {
        guard accept(character) else { throw malformed }
    }

    private mutating func accept(_ character: Unicode.Scalar) -> Bool {
        skipSpace()
        guard peek == UInt8(ascii: character) else { return false }
        position += 1
        return true
    }

    private mutating func skipSpace() {
        while let byte = peek, byte == 0x20 || (0x09...0x0d).contains(byte) { position += 1 }
    }

    private var peek: UInt8? { position < text.count ? text[position] : nil }

    private var malformed: NumPyHeader.Failure {
        NumPyHeader.Failure("its header is not a dictionary as NumPy writes it (at byte \(position) of the text)")
    }
}
