/// A value in a document together with the path of its field, so that every complaint names the field.
struct JSONElement {
    let document: JSONDocument
    let index: Int
    /// Such as `model.vocab`; empty for the outermost value.
    let field: String

    private var node: JSONDocument.Node { document.nodes[index] }
    var kind: JSONDocument.Kind { node.kind }
    var isNull: Bool { kind == .null }
    /// The value as it stands in the file, shortened for a message.
    var source: String {
        let span = document.bytes[Int(node.start)..<Int(node.end)]
        let text = String(decoding: span.prefix(60), as: UTF8.self)
        return kind == .plainString || kind == .escapedString ? "\"\(text)\"" : text
    }

    func invalid(_ reason: String) -> EncoderError {
        .invalidField(path: document.path, field: field.isEmpty ? "(file)" : field, reason: reason)
    }

    func unsupported() -> EncoderError {
        .unsupportedField(path: document.path, field: field.isEmpty ? "(file)" : field, value: source)
    }

    private func child(_ name: String) -> String { field.isEmpty ? name : "\(field).\(name)" }

    // MARK: - Objects

    /// Calls `body` with the nodes of each name and value, in the order of the file.
    @inline(never)
    func forEachMember(_ body: (_ name: Int, _ value: Int) throws(EncoderError) -> Void) throws(EncoderError) {
        guard kind == .object else { throw invalid("should be an object") }
        var name = index + 1
        let end = Int(node.next)
        while name < end {
            try body(name, name + 1)
            name = Int(document.nodes[name + 1].next)
        }
    }

    /// The member called `name`; nil if there is none. O(members): meant for small objects.
    /// - Throws: when the value is no object or has the member twice.
    @inline(never)
    func member(_ name: String) throws(EncoderError) -> JSONElement? {
        var found: Int?
        try forEachMember { (key, value) throws(EncoderError) in
            guard document.withString(at: key, { $0.elementsEqual(name.utf8) }) else { return }
            if found != nil {
                throw EncoderError.invalidField(path: document.path, field: child(name), reason: "stands there twice")
            }
            found = value
        }
        return found.map { JSONElement(document: document, index: $0, field: child(name)) }
    }

    /// The member called `name` where it is there and not null.
    @inline(never)
    func optional(_ name: String) throws(EncoderError) -> JSONElement? {
        guard let value = try member(name), !value.isNull else { return nil }
        return value
    }

    @inline(never)
    func required(_ name: String) throws(EncoderError) -> JSONElement {
        guard let value = try optional(name) else {
            throw EncoderError.invalidField(path: document.path, field: child(name), reason: "is missing")
        }
        return value
    }

    /// - Throws: `unsupportedField` for the first member that is not among `known`.
    @inline(never)
    func requireMembers(among known: [String]) throws(EncoderError) {
        try forEachMember { (key, value) throws(EncoderError) in
            let name = document.string(at: key)
            if !known.contains(where: { $0.utf8.elementsEqual(name.utf8) }) {
                throw JSONElement(document: document, index: value, field: child(name)).unsupported()
            }
        }
    }

    // MARK: - Values

    @inline(never)
    func elements() throws(EncoderError) -> [JSONElement] {
        guard kind == .array else { throw invalid("should be an array") }
        var elements: [JSONElement] = []
        var position = index + 1
        while position < Int(node.next) {
            elements.append(.init(document: document, index: position, field: "\(field)[\(elements.count)]"))
            position = Int(document.nodes[position].next)
        }
        return elements
    }

    @inline(never)
    func string() throws(EncoderError) -> String {
        guard kind == .plainString || kind == .escapedString else { throw invalid("should be a string") }
        return document.string(at: index)
    }

    @inline(never)
    func boolean() throws(EncoderError) -> Bool {
        switch kind {
        case .true: true
        case .false: false
        default: throw invalid("should be true or false")
        }
    }

    /// A whole number in `range`, written without fraction or exponent.
    @inline(never)
    func integer(in range: ClosedRange<Int>) throws(EncoderError) -> Int {
        guard let value = document.integer(at: index), range.contains(value) else {
            throw invalid("should be a whole number from \(range.lowerBound) to \(range.upperBound), not \(source)")
        }
        return value
    }

    @inline(never)
    func number() throws(EncoderError) -> Double {
        guard kind == .number, let value = document.double(at: index), value.isFinite else { throw invalid("should be a number") }
        return value
    }
}
