import Foundation
import Platform
import Testing

@testable import FingerpostCLI

@Suite("Output for people and for scripts")
struct OutputTests {
    @Test("Characters that a terminal could obey are shown, not sent")
    func escaping() {
        #expect(PlainText.escaped("plain caf\u{E9} \u{1F600}") == "plain caf\u{E9} \u{1F600}")
        #expect(PlainText.escaped("a\u{1B}[31mb\u{7}\u{7F}") == "a\\u{1B}[31mb\\u{7}\\u{7F}")
        #expect(PlainText.escaped("\u{9B}2J") == "\\u{9B}2J")
        #expect(PlainText.escaped("abc\u{202E}def") == "abc\\u{202E}def")
        #expect(PlainText.escaped("a\nb") == "a\\u{A}b")
        #expect(PlainText.escaped("a\nb", keepingLineBreaks: true) == "a\nb")
        #expect(PlainText.line(" a\n\tb\r\n c ") == "a b c")
        #expect(PlainText.line("a\u{0}b") == "a\\u{0}b")
    }

    @Test("No line is wider than it may be, and no word is lost")
    func wrapping() {
        var generator = SplitMix64(seed: 5)
        let alphabet = [
            "a", "bb", "\u{4E2D}\u{6587}", "e\u{301}", "\u{1F469}\u{200D}\u{1F680}", "long-word-here", "\u{1B}",
        ]
        for _ in 0..<200 {
            let count = Int.random(in: 0...30, using: &generator)
            let words = (0..<count).map { _ in
                (0..<Int.random(in: 1...3, using: &generator)).map { _ in
                    alphabet.randomElement(using: &generator) ?? ""
                }.joined()
            }
            let width = Int.random(in: 4...30, using: &generator)
            let lines = PlainText.wrapped(words.joined(separator: " "), width: width)
            #expect(lines.allSatisfy { PlainText.columns($0) <= width })
            let kept = lines.joined().replacingOccurrences(of: " ", with: "")
            #expect(kept == PlainText.escaped(words.joined()))
        }
        #expect(PlainText.wrapped("", width: 10) == [""])
        #expect(PlainText.wrapped("one two three", width: 7) == ["one two", "three"])
        #expect(PlainText.wrapped("abcdefgh", width: 3) == ["abc", "def", "gh"])
    }

    @Test("Columns are what a terminal shows")
    func columns() {
        #expect(PlainText.columns("abc") == 3)
        #expect(PlainText.columns("\u{4E2D}\u{6587}") == 4)
        #expect(PlainText.columns("e\u{301}") == 1)
        #expect(PlainText.columns("\u{1F600}") == 2)
        #expect(PlainText.truncated("one two three", width: 8) == "one t...")
        #expect(PlainText.truncated("short", width: 8) == "short")
    }

    @Test("JSON is read back as it was meant, in its order")
    func json() throws {
        let document: JSON = [
            "z": "a\"\\\n\u{1}\u{7F}\u{9B}\u{202E}\u{E9}",
            "a": [1, nil, true, .float(0.1), .number(2), .number(.nan), .number(1e300)],
            "o": [:], "e": [],
        ]
        let text = document.text
        #expect(text.hasPrefix("{\"z\":") && text.hasSuffix(",\"o\":{},\"e\":[]}"))
        #expect(!text.unicodeScalars.contains { PlainText.isHarmful($0) })
        let object = try JSONValueReader.object(text)
        #expect(object["z"] as? String == "a\"\\\n\u{1}\u{7F}\u{9B}\u{202E}\u{E9}")
        let list = try #require(object["a"] as? [Any])
        #expect(list.count == 7)
        #expect(list[0] as? Int == 1 && list[1] is NSNull && list[2] as? Bool == true && list[5] is NSNull)
        #expect(text.contains("0.1,2,null,1e+300"))
        #expect(JSON.rounded(1.23456789, places: 3).text == "1.235")
    }

    @Test("Numbers as people read them")
    func numbers() {
        #expect(Format.count(0) == "0")
        #expect(Format.count(999) == "999")
        #expect(Format.count(1_000) == "1,000")
        #expect(Format.count(-1_234_567) == "-1,234,567")
        #expect(Format.count(1, "rule") == "1 rule")
        #expect(Format.count(2, "rule") == "2 rules")
        #expect(Format.bytes(999) == "999 B")
        #expect(Format.bytes(1_000) == "1.0 kB")
        #expect(Format.bytes(7_813_720) == "7.8 MB")
        #expect(Format.duration(.microseconds(85)) == "85 us")
        #expect(Format.duration(.milliseconds(12)) == "12.0 ms")
        #expect(Format.duration(.seconds(2)) == "2.00 s")
        #expect(Format.duration(.seconds(200)) == "3 min 20 s")
        #expect(Format.clock(187) == "3:07")
        #expect(Format.clock(3_700) == "1:01:40")
        #expect(Format.clock(.infinity) == "99:59:59")
    }

    @Test("A progress line says how far, how fast and how long, within the terminal's width")
    func progress() {
        func line(_ width: Int, total: Int?) -> String {
            ProgressBar.line(
                "Encoding", completed: 500, total: total, since: 0, elapsed: .seconds(5),
                terminal: Terminal(isInteractive: true, hasColors: false, width: width, isUnicode: false))
        }
        #expect(line(80, total: 1_000).hasPrefix("Encoding  [###"))
        #expect(line(80, total: 1_000).hasSuffix("]  50%  500/1,000  100/s  0:05 left"))
        #expect(line(80, total: nil) == "Encoding  500  100/s")
        for width in 40...120 { #expect(line(width, total: 1_000).count < width) }
    }

    @Test("Colours only where they are wanted")
    func colors() {
        let plain = Terminal(isInteractive: true, hasColors: false, width: 80, isUnicode: true)
        let colored = Terminal(isInteractive: true, hasColors: true, width: 80, isUnicode: true)
        #expect(plain.bold("x") == "x")
        #expect(colored.bold("x") == "\u{1B}[1mx\u{1B}[0m")
        #expect(colored.bold("") == "")
    }

    @Test("Columns of a table line up")
    func table() {
        let table = Table(alignments: [.left, .right], rows: [["a", "1"], ["\u{4E2D}\u{6587}", "1,000"]])
        #expect(table.lines == ["a         1", "\u{4E2D}\u{6587}  1,000"])
    }
}
