import Platform
import Testing

@testable import GuidelineStore

@Suite("Strings in JSON")
struct JSONEscapesTests {
    /// A byte at a time, with no eye on speed.
    private func model(_ text: String) -> [UInt8] {
        var bytes: [UInt8] = [0x22]
        for byte in text.utf8 {
            switch byte {
            case 0x22: bytes += Array("\\\"".utf8)
            case 0x5C: bytes += Array("\\\\".utf8)
            case 0x0A: bytes += Array("\\n".utf8)
            case 0x0D: bytes += Array("\\r".utf8)
            case 0x09: bytes += Array("\\t".utf8)
            case 0..<0x20: bytes += Array("\\u00\(byte < 16 ? "0" : "")\(String(byte, radix: 16))".utf8)
            default: bytes.append(byte)
            }
        }
        return bytes + [0x22]
    }

    @Test("Each byte that needs it is escaped, wherever it stands, and no other is")
    func everyPlace() throws {
        for special in (0..<0x80).map({ Unicode.Scalar($0)! }) + ["é", "\u{7F}", "\u{80}", "🙂", "\u{2028}"] {
            for length in 0..<20 {
                for place in 0...length {
                    var scalars = Array(repeating: "~" as Unicode.Scalar, count: length)
                    scalars.insert(special, at: place)
                    var text = String.UnicodeScalarView()
                    text.append(contentsOf: scalars)
                    var bytes: [UInt8] = []
                    JSONValue.appendString(String(text), to: &bytes)
                    #expect(bytes == model(String(text)), "\(special.value) at \(place) of \(length)")
                }
            }
        }
    }

    @Test("Random texts are written as the model writes them, behind what is there, and read back")
    func random() throws {
        var random = SplitMix64(seed: 4)
        let alphabet: [Character] = [
            "a", "~", " ", "\"", "\\", "\n", "\r", "\t", "\u{0}", "\u{1F}", "\u{7F}", "ü", "語", "🙂",
        ]
        for _ in 0..<2_000 {
            let text = String(
                (0..<Int.random(in: 0..<60, using: &random)).map { _ in alphabet.randomElement(using: &random)! })
            var bytes: [UInt8] = [1, 2]
            JSONValue.appendString(text, to: &bytes)
            #expect(bytes == [1, 2] + model(text))
            #expect(try JSONValue(parsing: JSONValue.string(text).jsonText, source: "test") == .string(text))
        }
    }
}
