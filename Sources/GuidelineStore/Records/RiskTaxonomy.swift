/// The risk codes that guidelines are marked with, by namespace, and which of them mean nearly the same.
///
/// A code is `namespace:name`, such as `mlc:vcr` or `lg3:S1`. Namespaces keep apart what lists of hazards number
/// differently: S5 is specialised advice in Llama Guard 2 and defamation in Llama Guard 3.
///
/// | namespace | list |
/// |---|---|
/// | `mlc` | MLCommons AILuminate 1.0, hazards |
/// | `lg2`, `lg3`, `lg4` | Llama Guard 2; 3 and 4 |
/// | `oai` | categories of OpenAI's moderation endpoint |
/// | `air` | AIR-2024: level 2 (`air:7`) and level 3 (`air:7.23`) |
/// | `owasp` | OWASP Top 10 for LLM applications, 2025 |
/// | `nist` | NIST AI 600-1, section 2, by number |
/// | `ga` | the types of inputs of Guide-Align |
/// | `x` | Fingerpost's own, for what the others lack; users may add to it |
public enum RiskTaxonomy {
    /// What is known of a code.
    public enum Standing: Sendable, Hashable {
        /// One of a list.
        case known
        /// Well formed and in the namespace `x`, which is open.
        case own
        /// In a namespace that is known, which has no such code; with the nearest that it has, if one is near.
        case unknown(suggestion: String?)
        /// Of a namespace that is not known, or without any.
        case foreign(suggestion: String?)
    }

    /// The namespaces, in alphabetical order.
    public static var namespaces: [String] { lists.keys.sorted() }

    /// The codes of a namespace in the order of its list; empty where there is no such namespace.
    public static func codes(in namespace: String) -> [String] {
        (lists[namespace] ?? []).map { "\(namespace):\($0.code)" }
    }

    /// What a code stands for, or nil where it is not known.
    public static func name(of code: String) -> String? { names[code] }

    /// Whether a list has the code. Capitals count.
    public static func known(_ code: String) -> Bool { names[code] != nil }

    /// What is known of a code. O(1) for known ones, else O(codes).
    public static func standing(of code: String) -> Standing {
        if known(code) { return .known }
        guard let colon = code.firstIndex(of: ":") else { return .foreign(suggestion: nearest(to: code, in: nil)) }
        let namespace = String(code[..<colon])
        let rest = code[code.index(after: colon)...]
        guard lists[namespace] != nil else { return .foreign(suggestion: nearest(to: code, in: nil)) }
        guard namespace == "x" else { return .unknown(suggestion: nearest(to: code, in: namespace)) }
        let isWellFormed =
            !rest.isEmpty
            && rest.utf8.allSatisfy { byte in
                (0x61...0x7A).contains(byte) || (0x30...0x39).contains(byte) || byte == 0x2E || byte == 0x2D
                    || byte == 0x5F
            }
        // One letter off a code of the list is a slip of the pen.
        let near = nearest(to: code, in: "x").flatMap { distance(code, $0) <= 1 && code.count > 5 ? $0 : nil }
        return isWellFormed && near == nil ? .own : .unknown(suggestion: near)
    }

    /// The codes of another list that come nearest to a code, in alphabetical order; none where the lists do not meet.
    /// A code is its own counterpart in its own list.
    public static func crosswalk(from code: String, to namespace: String) -> [String] {
        if code.hasPrefix(namespace + ":") { return known(code) ? [code] : [] }
        let prefix = namespace + ":"
        var found: Set<String> = []
        for number in rowsByCode[code] ?? [] { found.formUnion(rows[number].filter { $0.hasPrefix(prefix) }) }
        return found.sorted()
    }

    // MARK: Tables

    struct Entry: Sendable {
        var code: String
        var name: String
    }

    private static let names: [String: String] = {
        var names: [String: String] = [:]
        for (namespace, entries) in lists {
            for entry in entries { names["\(namespace):\(entry.code)"] = entry.name }
        }
        return names
    }()

    private static let rows: [[String]] = crosswalkTable.split(separator: "\n").map {
        $0.split(separator: " ").map(String.init)
    }

    private static let rowsByCode: [String: [Int]] = {
        var result: [String: [Int]] = [:]
        for (number, row) in rows.enumerated() {
            for code in row { result[code, default: []].append(number) }
        }
        return result
    }()

    /// All codes of the crosswalk, for a test that each is in a list.
    static var crosswalkCodes: [String] { rowsByCode.keys.sorted() }

    /// Reads `code name` lines.
    static func entries(_ text: String) -> [Entry] {
        text.split(separator: "\n").map { line in
            let space = line.firstIndex(of: " ") ?? line.endIndex
            return Entry(code: String(line[..<space]), name: String(line[space...].drop { $0 == " " }))
        }
    }

    // MARK: Slips of the pen

    private static func nearest(to code: String, in namespace: String?) -> String? {
        let wanted = code.lowercased()
        let bare = wanted.split(separator: ":").last.map(String.init) ?? wanted
        var best: (code: String, distance: Int)?
        for known in names.keys.sorted() {
            guard namespace.map({ known.hasPrefix($0 + ":") }) ?? true else { continue }
            let lower = known.lowercased()
            let own = lower.split(separator: ":").last.map(String.init) ?? lower
            // The name alone, as where the namespace is missing, or all of it.
            let apart = own == bare ? 0 : distance(wanted, lower)
            if apart < best?.distance ?? 3 { best = (known, apart) }
        }
        guard let best, best.distance * 3 <= max(3, wanted.count) else { return nil }
        return best.code
    }

    /// The edit distance of Levenshtein. O(product of the lengths).
    private static func distance(_ a: String, _ b: String) -> Int {
        let (a, b) = (Array(a.utf8), Array(b.utf8))
        guard abs(a.count - b.count) < 3, a.count < 64 else { return max(a.count, b.count) }
        var row = Array(0...b.count)
        for (i, x) in a.enumerated() {
            var before = row[0]
            row[0] = i + 1
            for (j, y) in b.enumerated() {
                let cost = min(row[j] + 1, row[j + 1] + 1, before + (x == y ? 0 : 1))
                (before, row[j + 1]) = (row[j + 1], cost)
            }
        }
        return row[b.count]
    }
}
