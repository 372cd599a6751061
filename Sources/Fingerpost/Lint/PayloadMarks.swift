/// Marks of turns and blocks that have no place inside a guideline.
enum PayloadMarks {
    private static let marks = [
        "<|im_start|>", "<|im_end|>", "<|endoftext|>", "<|eot_id|>", "<|start_header_id|>", "<|end_header_id|>",
        "<|begin_of_text|>", "<|end_of_text|>", "<|system|>", "<|user|>", "<|assistant|>", "<|endofprompt|>", "[inst]",
        "[/inst]", "<<sys>>", "<</sys>>", "<start_of_turn>", "<end_of_turn>", "<s>", "</s>", "[system]", "[/system]",
    ]
    private static let roles = ["system", "assistant", "user", "human", "developer", "ai"]
    private static let tags: Set<Substring> = [
        "system", "instructions", "instruction", "guidelines", "guideline", "rules", "prompt", "context", "assistant",
        "user", "tool", "tool_result", "function_results", "admin", "important",
    ]

    /// A mark of a chat format, or a line that begins as a turn does.
    static func marker(in text: String) -> String? {
        if text.contains("<") || text.contains("[") {
            let lower = text.lowercased()
            if let mark = marks.first(where: lower.contains) { return mark }
            if let range = lower.firstRange(of: "<|"), let end = lower[range.upperBound...].firstRange(of: "|>"),
                lower[range.upperBound..<end.lowerBound].count <= 40
            {
                return String(lower[range.lowerBound..<end.upperBound])
            }
        }
        // A title may be "System: …"; the beginning of a later line may not.
        for line in text.split(whereSeparator: \.isNewline).dropFirst() {
            let start = line.drop { $0.isWhitespace || $0 == "#" || $0 == "*" }
            guard let colon = start.firstIndex(of: ":"), start[..<colon].count <= 12 else { continue }
            let role = start[..<colon].lowercased().trimmingCharacters { $0 == "*" || $0.isWhitespace }
            if roles.contains(role) { return "\(role):" }
        }
        return nil
    }

    /// What the templates of prompts fence guidelines with, or a tag that opens or closes a part of a prompt.
    static func fence(in text: String) -> String? {
        if text.contains("####") { return "####" }
        for phrase in ["{each}", "{/each}", "Here are some guidelines for the AI assistant to follow"]
        where text.contains(phrase) {
            return phrase
        }
        var rest = text[...]
        while let open = rest.firstIndex(of: "<") {
            let inside = rest[rest.index(after: open)...]
            guard let close = inside.firstIndex(of: ">") else { break }
            let name = inside[..<close].lowercased()
            if tags.contains(name.first == "/" ? name.dropFirst() : name[...]) { return "<\(name)>" }
            rest = inside
        }
        return nil
    }
}

/// Addresses that can carry away what a model knows.
enum PayloadAddress {
    private static let holders = ["{", "%7b", "[", "<", "$"]
    private static let carriers: Set<Substring> = [
        "send", "post", "forward", "append", "upload", "exfiltrate", "transmit", "include", "embed", "encode", "leak",
    ]
    private static let cargo: Set<Substring> = [
        "conversation", "chat", "history", "secrets", "secret", "credentials", "password", "passwords", "prompt",
        "data",
        "messages", "tokens", "keys", "context", "everything",
    ]

    static func exfiltration(in text: String) -> String? {
        var rest = text[...]
        while let scheme = rest.firstRange(of: "://") {
            let end = rest[scheme.upperBound...].firstIndex { $0.isWhitespace || ")\"'`".contains($0) } ?? rest.endIndex
            let before = rest[..<scheme.lowerBound]
            let start = before.lastIndex { !$0.isLetter }.map { before.index(after: $0) } ?? before.startIndex
            let address = rest[start..<end]
            if let query = address.firstIndex(of: "?") {
                let lower = address[query...].lowercased()
                if let place = lower.firstIndex(of: "="), place < lower.endIndex {
                    // A place to fill in, or nothing yet behind the sign.
                    if holders.contains(where: lower.contains) || lower.last == "=" { return String(address) }
                }
                // An image is fetched without being asked for.
                if isImage(before[..<start]) { return String(address) }
            }
            let words = StatementClause.words(of: String(text[..<start].suffix(120)))
            if let carrier = words.lastIndex(where: carriers.contains),
                words[carrier...].contains(where: cargo.contains),
                !words[..<carrier].suffix(4).contains(where: {
                    ["not", "never", "dont", "avoid", "refuse"].contains($0)
                })
            {
                return String(address)
            }
            rest = rest[end...]
        }
        return nil
    }

    /// Whether `![…](` is what stands before it.
    private static func isImage(_ text: Substring) -> Bool {
        guard text.hasSuffix("]("), let open = text.lastIndex(of: "["), open > text.startIndex else { return false }
        return text[text.index(before: open)] == "!"
    }
}

/// Long runs of base64 or hexadecimal digits.
enum PayloadBlob {
    private static let least = 48

    /// The run, with what it says where it is base64 of text.
    static func blob(in text: String) -> String? {
        var run: [UInt8] = []
        var found: String?
        func check() {
            defer { run.removeAll(keepingCapacity: true) }
            guard found == nil, run.count >= least, isDense(run) else { return }
            let start = String(decoding: run.prefix(24), as: UTF8.self)
            found = decoded(run).map { "\(start)… (\"\($0)\")" } ?? "\(start)… (\(run.count) characters)"
        }
        for byte in text.utf8 {
            switch byte {
            case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2B, 0x2F, 0x3D, 0x2D, 0x5F: run.append(byte)
            default: check()
            }
        }
        check()
        return found
    }

    /// Whether it is no word and no path: capitals, small letters and digits together, or hexadecimal digits alone.
    private static func isDense(_ run: [UInt8]) -> Bool {
        let digits = run.count { (0x30...0x39).contains($0) }
        let capitals = run.count { (0x41...0x5A).contains($0) }
        let small = run.count { (0x61...0x7A).contains($0) }
        let others = run.count - digits - capitals - small
        if others == 0, digits * 5 > run.count,
            run.allSatisfy({ !(0x67...0x7A).contains($0) && !(0x47...0x5A).contains($0) })
        {
            return true
        }
        guard capitals * 8 > run.count, small * 8 > run.count, digits > 0 else { return false }
        return others * 8 < run.count
    }

    /// What base64 stands for, if that is printable.
    private static func decoded(_ run: [UInt8]) -> String? {
        var bytes: [UInt8] = []
        var bits: UInt32 = 0
        var count = 0
        for byte in run {
            let value: UInt32
            switch byte {
            case 0x41...0x5A: value = UInt32(byte - 0x41)
            case 0x61...0x7A: value = UInt32(byte - 0x61) + 26
            case 0x30...0x39: value = UInt32(byte - 0x30) + 52
            case 0x2B, 0x2D: value = 62
            case 0x2F, 0x5F: value = 63
            default: continue
            }
            bits = (bits << 6 | value) & 0xFF_FFFF
            count += 6
            if count >= 8 {
                count -= 8
                bytes.append(UInt8(truncatingIfNeeded: bits >> UInt32(count)))
            }
        }
        guard !bytes.isEmpty, bytes.allSatisfy({ (0x20..<0x7F).contains($0) || $0 == 0x0A }) else { return nil }
        return String(decoding: bytes.prefix(40), as: UTF8.self)
    }
}
