import Foundation
import Platform
import Testing

@testable import TextEncoder

@Suite("The JSON reader")
struct JSONDocumentTests {
    private func parse(_ text: String) throws(EncoderError) -> JSONElement {
        try JSONDocument(Array(text.utf8), path: "file.json").root
    }

    @Test("reads values, escapes and numbers")
    func values() throws {
        let root = try parse(
            #" { "a" : [ 1 , -20, 3.5e2, true, false, null ], "s": "x\n\"\\\/\u00e9\ud83d\ude00\u0000é", "e": {}, "l": [] } "#
        )
        let list = try root.required("a").elements()
        #expect(list.count == 6)
        #expect(try list[0].integer(in: 0...9) == 1)
        #expect(try list[1].integer(in: -99...9) == -20)
        #expect(try list[2].number() == 350)
        #expect(try list[3].boolean())
        #expect(try list[4].boolean() == false)
        #expect(list[5].isNull)
        #expect(try root.required("s").string() == "x\n\"\\/\u{e9}\u{1F600}\0\u{e9}")
        #expect(try root.required("e").kind == .object)
        #expect(try root.required("l").elements().isEmpty)
        #expect(try root.optional("missing") == nil)
        #expect(try parse("\"\\u0061\\u0062\"").string() == "ab")
    }

    @Test(
        "names line and column of the first fault",
        arguments: [
            ("", 1, 1), ("{", 1, 2), ("{\"a\":1,}", 1, 8), ("[1,]", 1, 4), ("[1 2]", 1, 4), ("{\"a\" 1}", 1, 6),
            ("\n\n  nul", 3, 3), ("01", 1, 1), ("-01", 1, 1), ("1.", 1, 3), ("1e", 1, 3), ("-", 1, 2), ("+1", 1, 1),
            ("\"abc", 1, 5), ("\"a\tb\"", 1, 3), ("\"\\x\"", 1, 2), ("\"\\u12G4\"", 1, 2), ("\"\\ud800\"", 1, 8),
            ("\"\\ud800\\u0041\"", 1, 14), ("\"\\udc00\"", 1, 8), ("1 1", 1, 3), ("{a:1}", 1, 2), ("NaN", 1, 1),
            ("'a'", 1, 1), ("// x\n1", 1, 1), ("\u{FEFF}{}", 1, 1), ("[1,\n2,\n\"\\q\"]", 3, 2),
        ])
    func faults(text: String, line: Int, column: Int) throws {
        let error = try #require(encoderError { _ = try parse(text) })
        guard case .invalidJSON("file.json", line, column, _) = error else { throw error }
    }

    @Test("refuses bytes that are not UTF-8, and nesting without end")
    func limits() throws {
        for bytes: [UInt8] in [
            [0x22, 0xFF, 0x22], [0x22, 0xC0, 0x80, 0x22], [0x22, 0xED, 0xA0, 0x80, 0x22], [0x22, 0xE2, 0x82, 0x22],
            [0x22, 0xF4, 0x90, 0x80, 0x80, 0x22], [0x22, 0xF0, 0x9F],
        ] {
            #expect(encoderError { _ = try JSONDocument(bytes, path: "file.json") } != nil)
        }
        let deep = String(repeating: "[", count: 100_000) + String(repeating: "]", count: 100_000)
        #expect(encoderError { _ = try parse(deep) } != nil)
        #expect(try parse(String(repeating: "[", count: 60) + String(repeating: "]", count: 60)).elements().count == 1)
        #expect(encoderError { _ = try parse("99999999999999999999").integer(in: 0...Int.max) } != nil)
        #expect(encoderError { _ = try parse("1e999").number() } != nil)
        #expect(encoderError { _ = try parse("{\"a\":1,\"a\":2}").member("a") } != nil)
        #expect(encoderError { _ = try parse("{\"a\":1,\"\\u0061\":2}").member("a") } != nil)
    }

    @Test("says the same as Foundation about damaged JSON, but for what Foundation lets pass")
    func agreement() throws {
        var random = SplitMix64(seed: 5)
        let sound = Array(#"{"a":[1,-2.5e3,true,null],"b":{"c":"d\u00e9\n"},"e":"\ud83d\ude00"}"#.utf8)
        var accepted = 0
        for _ in 0..<2000 {
            var bytes = sound
            bytes[Int.random(in: 0..<bytes.count, using: &random)] = sound.randomElement(using: &random) ?? 0
            guard (try? JSONDocument(bytes, path: "file.json")) != nil else { continue }
            accepted += 1
            #expect((try? JSONSerialization.jsonObject(with: Data(bytes), options: [.fragmentsAllowed])) != nil)
        }
        #expect(accepted > 100)
    }
}
