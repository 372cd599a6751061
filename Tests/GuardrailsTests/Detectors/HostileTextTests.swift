import Fingerpost
import Foundation
import GuidelineStore
import Platform
import Testing

@testable import Guardrails

/// Texts that are made to break what looks at them.
@Suite("Hostile texts")
struct HostileTextTests {
    private static func detectors() throws -> [(name: String, find: @Sendable (String) throws -> [Detection])] {
        var rules = Style.Rules()
        (rules.banned, rules.required) = (["as an AI"], ["thanks"])
        (rules.readingGrade, rules.capitals, rules.exclamationMarks) = (3, 0.1, 1)
        let style = try Style(rules)
        let keywords = try Keywords(["merger", "ab ab ac", "ß"], allowing: ["the merger"], readsDigitsAsLetters: true)
        let inside = try Keywords(["ba", "aba"], id: "inside", matchesInsideWords: true)
        let pattern = try Pattern("[a-z]+[0-9]|\\p{M}+|\\x00")
        let length = Length(.init(characters: 1...10, words: 1...3, tokens: 1...5))
        let personal = PersonalData(kinds: PersonalDataKind.allCases, minimumConfidence: 0)
        let secrets = Secrets()
        return [
            ("personal data", { personal.detections(in: $0) }), ("secrets", { secrets.detections(in: $0) }),
            ("keywords", { keywords.detections(in: $0) }), ("inside", { inside.detections(in: $0) }),
            ("style", { style.run(on: CheckInput($0)).findings }),
            ("length", { length.run(on: CheckInput($0)).findings }),
            ("pattern", { try pattern.run(on: CheckInput($0)).findings }),
        ]
    }

    /// The beginning of everything that is looked for, and what text encodings have to offer.
    private static let pieces: [String] =
        SecretShape.all.map { String(decoding: $0.prefix, as: UTF8.self) } + [
            "-----BEGIN ", "PRIVATE KEY-----", "-----END ", "password=", "api_key: \"", "Bearer ", "://user:", "@",
            "ann@example.org", "4111 1111 1111 111", "4111 1111 1111 1111", "DE89 3704 0044 0532 0130 0", "GB82 WEST",
            "+49 30 ", "+1 (", "078-05-112", "QQ 12 34 56 ", "12345678Z", "X1234567", "1 85 05 78 006 084 ", "1.2.3.",
            "2001:db8::", "::", "eyJhbGciOi.eyJ", "a.b.c.", ".", "-", "_", "0", "9", "A", "z", " ", "\n", "\r\n", "\t",
            "\0",
            "\u{1}", "\u{7F}", "\u{85}", "\u{A0}", "é", "e\u{301}\u{327}\u{489}", "\u{200B}", "\u{200D}", "\u{FEFF}",
            "\u{202E}",
            "\u{2066}", "שלום", "مرحبا", "日本", "👩‍👩‍👧", "🇩🇪", "\u{1F3FB}", "\u{10FFFF}", "\u{FFFD}", "\u{FFFE}", "ﬀ", "ß",
            "İ", "ſ",
            "٣", "４１１１", "merger", "ab ab ", "!", "THE ",
        ]

    /// Inside the text and on borders of its scalars.
    private func check(_ findings: [Detection], _ text: String, _ name: String) {
        let bytes = Array(text.utf8)
        func isBorder(_ place: Int) -> Bool {
            place == bytes.count || (bytes.indices.contains(place) && bytes[place] & 0xC0 != 0x80)
        }
        let wrong = findings.first { !isBorder($0.range.lowerBound) || !isBorder($0.range.upperBound) }
        #expect(wrong == nil, "\(name), \(text.debugDescription.prefix(300))")
    }

    @Test("Whatever is put together, ranges are inside the text and on borders", arguments: [1, 2, 3] as [UInt64])
    func anything(_ seed: UInt64) throws {
        var random = SplitMix64(seed: seed)
        let detectors = try Self.detectors()
        let rails = try Rails {
            PersonalData(kinds: PersonalDataKind.allCases, minimumConfidence: 0).onMatch(.modify(.mask))
            Secrets().onMatch(.modify(.redact))
            try Pattern("[a-z]+[0-9]").onMatch(.modify(.replace(with: "…")))
        }
        for _ in 0..<60 {
            let text = (0..<Int.random(in: 0...12, using: &random)).map { _ in
                String(
                    repeating: Self.pieces.randomElement(using: &random) ?? "",
                    count: [1, 1, 1, 2, 9].randomElement(using: &random) ?? 1)
            }.joined()
            for (name, find) in detectors {
                let findings = try find(text)
                check(findings, text, name)
                #expect(try find(text) == findings, "\(name) is not deterministic")
            }
            _ = rails.check(text)
        }
    }

    @Test("Escaped halves of characters come to no detector but as what may stand in their place")
    func surrogates() {
        for escaped in [#""\ud800""#, #""\udc00 4111 1111 1111 1111""#, #""\ud83d\u0041""#, #""\ud800\ud800""#] {
            guard case .string(let text)? = try? JSONValue(parsing: escaped, source: "text") else { continue }
            check(PersonalData().detections(in: text) + Secrets().detections(in: text), text, escaped)
        }
    }

    /// What this thread has used of a processor so far, in nanoseconds: other threads' work is not in it.
    private static var usedTime: Int {
        var time = timespec()
        clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
        return Int(time.tv_sec) * 1_000_000_000 + Int(time.tv_nsec)
    }

    /// Whether four times the text is less than ten times the work. The least of several attempts counts, in which nothing
    /// but the work itself is left.
    private func isLinear(_ piece: String, bytes: Int = 2_000, _ find: (String) throws -> [Detection]) throws -> Bool {
        func work(bytes: Int, attempts: Int) throws -> Int {
            let text = String(repeating: piece, count: max(1, bytes / max(1, piece.utf8.count)))
            return try (0..<attempts).reduce(Int.max) { least, _ in
                let start = Self.usedTime
                _ = try find(text)
                return min(least, Self.usedTime - start)
            }
        }
        for attempts in [1, 4]
        where try work(bytes: 4 * bytes, attempts: attempts) < 10 * work(bytes: bytes, attempts: attempts) {
            return true
        }
        return false
    }

    @Test("Four times the text is not sixteen times the work, however the text begins again and again")
    func growth() throws {
        for (name, find) in try Self.detectors().prefix(4) {
            for piece in Self.pieces { #expect(try isLinear(piece, find), "\(name): \(piece.debugDescription)") }
        }
        // What is not linear is found out.
        let isQuadraticLinear = try isLinear("a", bytes: 1_000) { text in
            let bytes = Array(text.utf8)
            var equal = 0
            for one in bytes.indices { for other in bytes[..<one] where other == bytes[one] { equal &+= 1 } }
            return equal < 0 ? [Detection(kind: "", range: 0..<0)] : []
        }
        #expect(!isQuadraticLinear)
    }

    @Test("A megabyte of one character", arguments: ["0", "a", "-"])
    func megabyte(_ character: String) throws {
        let text = String(repeating: character, count: 1 << 20)
        for (name, find) in try Self.detectors().prefix(3) { check(try find(text), text, name) }
    }
}
