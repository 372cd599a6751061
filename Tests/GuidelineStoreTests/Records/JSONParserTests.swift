import Platform
import Testing

@testable import GuidelineStore

@Suite struct JSONParserTests {
    private func parse(_ text: String) throws -> JSONValue { try JSONValue(parsing: text) }

    @Test func readsEveryKindOfValue() throws {
        let text = #" { "a" : [ null , true , false , 1 , -2.5 , 1e3 , "x" ] , "b" : { } , "c" : [ ] } "#
        let expected: JSONValue = .object([
            "a": .array([.null, .bool(true), .bool(false), .integer(1), .number(-2.5), .number(1000), .string("x")]),
            "b": .object([:]), "c": .array([]),
        ])
        #expect(try parse(text) == expected)
    }

    @Test func keepsIntegersAndTellsThemFromNumbers() throws {
        #expect(try parse("9223372036854775807") == .integer(.max))
        #expect(try parse("-9223372036854775808") == .integer(.min))
        #expect(try parse("9223372036854775808") == .number(9.223372036854775808e18))
        #expect(try parse("1.0") == .number(1))
        #expect(try parse("-0") == .number(-0.0))
        #expect(try parse("0") == .integer(0))
    }

    @Test(arguments: [
        (#""\u0041\n\t\"\\\/\b\f\r""#, "A\n\t\"\\/\u{8}\u{C}\r"),
        (#""\ud83d\ude00""#, "😀"),
        (#""\ud83d""#, "\u{FFFD}"),
        (#""\ude00x""#, "\u{FFFD}x"),
        (#""\ud83dA""#, "\u{FFFD}A"),
        (#""\ud83d\u0041""#, "\u{FFFD}A"),
        (#""\ud83d\ud83d\ude00""#, "\u{FFFD}😀"),
        (#""\ud83d\n""#, "\u{FFFD}\n"),
        (#""\u0000""#, "\0"),
        ("\"e\u{301}ñ漢\"", "e\u{301}ñ漢"),
    ])
    func readsStrings(text: String, expected: String) throws {
        guard case .string(let read) = try parse(text) else {
            Issue.record("not a string")
            return
        }
        #expect(Array(read.unicodeScalars) == Array(expected.unicodeScalars))
    }

    @Test(arguments: [
        ("", 1, 1), ("{", 1, 2), ("[1,", 1, 4), (#"{"a""#, 1, 5), (#""abc"#, 1, 5), (#""\u12"#, 1, 6), ("tru", 1, 4),
        ("-", 1, 2), ("1.", 1, 3), ("1e", 1, 3), ("{\n\"a\": [\n", 3, 1),
    ])
    func saysWhereATextIsCutOff(text: String, line: Int, column: Int) {
        guard case .truncated(let location, _, _) = storeError({ _ = try parse(text) }) else {
            Issue.record("\(text) is not reported as truncated")
            return
        }
        #expect(location.line == line)
        #expect(location.column == column)
    }

    @Test(arguments: [
        ("[1,]", 1, 4), ("{,}", 1, 2), ("[1 2]", 1, 4), (#"{"a" 1}"#, 1, 6), ("01", 1, 1), ("+1", 1, 1), (".5", 1, 1),
        ("nul1", 1, 4), ("'a'", 1, 1), ("1 2", 1, 3), (#""\x""#, 1, 3), ("\"a\nb\"", 1, 3), ("1e999", 1, 1),
        ("NaN", 1, 1), (#"{"a":1,"a":2}"#, 1, 8), ("[1,\n  2,\n  x]", 3, 3), ("\u{FEFF}1", 1, 1), ("{]", 1, 2),
        (#""\uD83G""#, 1, 7), ("[1}", 1, 3), (#"{"a":}"#, 1, 6),
    ])
    func saysWhereATextIsWrong(text: String, line: Int, column: Int) {
        guard case .syntax(let location, _, _) = storeError({ _ = try parse(text) }) else {
            Issue.record("\(text) is not reported as wrong")
            return
        }
        #expect(location.line == line)
        #expect(location.column == column)
    }

    @Test func nestingIsLimited() throws {
        let deepest = JSONParser.maximumDepth
        let allowed = String(repeating: "[", count: deepest) + String(repeating: "]", count: deepest)
        #expect(throws: Never.self) { try parse(allowed) }
        #expect(storeError { _ = try parse("[" + allowed + "]") }?.code == "syntax")
        #expect(storeError { _ = try parse(String(repeating: "[", count: 1_000_000)) }?.code == "syntax")
    }

    @Test(
        arguments: [
            ([0x22, 0x61, 0xFF, 0x22], 2), ([0x22, 0xC3, 0x22], 1), ([0x22, 0xE2, 0x82, 0x22], 1),
            ([0x22, 0xED, 0xA0, 0x80, 0x22], 1), ([0x22, 0xC0, 0x80, 0x22], 1),
            ([0x22, 0xF4, 0x90, 0x80, 0x80, 0x22], 1),
            ([0x22, 0x5C, 0x6E, 0xC3, 0xA9, 0x80, 0x22], 5), ([0xFF], 0), ([0x5B, 0x80, 0x5D], 1),
        ] as [([UInt8], Int)])
    func findsTheByteThatIsNotUTF8(bytes: [UInt8], offset: Int) {
        do {
            _ = try bytes.withUnsafeBytes { try JSONParser.parse($0) }
            Issue.record("accepted")
        } catch {
            #expect((error as? JSONSyntaxError) == JSONSyntaxError(problem: .notUTF8, offset: offset))
        }
    }

    @Test func whatIsWrittenReadsBackTheSame() throws {
        var generator = SplitMix64(seed: 7)
        for _ in 0..<2000 {
            let value = JSONValue.random(depth: 4, using: &generator)
            let text = value.jsonText
            #expect(try parse(text) == value)
            #expect(try parse(text).jsonText == text)
        }
    }

    @Test func namesAreWrittenInTheOrderOfTheirBytes() {
        let value: JSONValue = .object(["b": .integer(1), "a": .number(0.1), "é": .null, "B": .string("\u{1}\"")])
        #expect(value.jsonText == #"{"B":"\u0001\"","a":0.1,"b":1,"é":null}"#)
    }

    @Test func randomBytesNeverTrap() {
        var generator = SplitMix64(seed: 11)
        let alphabet = Array("{}[]\",:\\u0d8 \n-+.eE19tfn\u{80}".utf8) + [0xFF, 0x00, 0xED]
        for _ in 0..<20_000 {
            let bytes = (0..<Int.random(in: 0...24, using: &generator)).map { _ in
                alphabet.randomElement(using: &generator) ?? 0
            }
            do {
                let value = try bytes.withUnsafeBytes { try JSONParser.parse($0) }
                #expect(value.isFinite)
            } catch {
                #expect((error as? JSONSyntaxError).map { (0...bytes.count).contains($0.offset) } == true)
            }
        }
    }
}

extension JSONValue {
    static func random(depth: Int, using generator: inout SplitMix64) -> JSONValue {
        switch Int.random(in: 0..<(depth > 0 ? 7 : 5), using: &generator) {
        case 0: return .null
        case 1: return .bool(.random(using: &generator))
        case 2: return .integer(Int(truncatingIfNeeded: generator.next()))
        case 3:
            let number = Double(bitPattern: generator.next())
            // A whole number without an exponent would come back as an integer.
            return number.isFinite
                ? .number(number.rounded() == number ? number + 0.5 == number ? 1e300 : number + 0.5 : number)
                : .number(0.25)
        case 4: return .string(.random(using: &generator))
        case 5:
            return .array(
                (0..<Int.random(in: 0..<4, using: &generator)).map { _ in random(depth: depth - 1, using: &generator) })
        default:
            var members: [String: JSONValue] = [:]
            for _ in 0..<Int.random(in: 0..<4, using: &generator) {
                members[.random(using: &generator)] = random(depth: depth - 1, using: &generator)
            }
            return .object(members)
        }
    }
}

extension String {
    /// Up to a dozen scalars, nasty ones among them.
    static func random(using generator: inout SplitMix64) -> String {
        let pieces = [
            "a", "b", "Z", " ", "\"", "\\", "\n", "\t", "\u{1}", "é", "漢", "😀", "e\u{301}", "\u{202E}", ",", ";", "#",
            ":", "{", "}",
        ]
        return (0..<Int.random(in: 0..<12, using: &generator)).map { _ in pieces.randomElement(using: &generator) ?? ""
        }.joined()
    }
}
