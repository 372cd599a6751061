import Foundation

/// Finds credentials in a text, in one pass and in time linear in its length, whatever it holds.
struct SecretDetector: Sendable {
    private let kinds: Set<SecretKind>
    /// Whether a byte may begin something that has a shape of its own.
    private let starts: [Bool]

    init(_ kinds: some Sequence<SecretKind>) {
        self.kinds = Set(kinds)
        var starts = [Bool](repeating: false, count: 256)
        for shape in SecretShape.all { starts[Int(shape.prefix.first ?? 0)] = true }
        self.starts = starts
    }

    func wants(_ kind: SecretKind) -> Bool { kinds.contains(kind) }

    /// What is found, surest first where several overlap, in the order of the text.
    ///
    /// - Complexity: O(bytes).
    func detections(in bytes: UnsafeBufferPointer<UInt8>) -> [Detection] {
        let text = TextBytes(bytes)
        var pass = SecretPass(detector: self, text: text)
        var place = 0
        while place < text.count {
            let byte = bytes[place]
            if starts[Int(byte)], !ByteSet.alphanumerics.contains(text[place - 1]), let end = pass.shaped(at: place) {
                place = end
                continue
            }
            switch byte {
            case UInt8(ascii: "-"):
                if text[place + 1] == byte, text[place + 2] == byte { place = max(pass.key(at: place), place + 1) - 1 }
            case UInt8(ascii: "="), UInt8(ascii: ":"): pass.assignment(at: place)
            default: break
            }
            place += 1
        }
        return Detection.withoutOverlaps(pass.found)
    }
}

/// A token that is known by how it begins, what it is made of and how long it is.
struct SecretShape: Sendable {
    var kind: SecretKind
    var prefix: [UInt8]
    var alphabet: ByteSet
    /// Bytes behind the prefix.
    var lengths: ClosedRange<Int>
    /// Points or further separators that have to be in it.
    var parts = 1

    init(_ kind: SecretKind, _ prefix: String, _ alphabet: ByteSet, _ lengths: ClosedRange<Int>, parts: Int = 1) {
        (self.kind, self.prefix, self.alphabet, self.lengths) = (kind, Array(prefix.utf8), alphabet, lengths)
        self.parts = parts
    }

    private static let name = ByteSet.base64URL
    private static let upper = ByteSet("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567")

    /// The longer prefix before the shorter.
    static let all: [SecretShape] = {
        var shapes: [SecretShape] = []
        for prefix in ["AKIA", "ASIA", "AROA", "AIDA", "ABIA", "ACCA"] {
            shapes.append(SecretShape(.awsKey, prefix, upper.union("0189"), 16...16))
        }
        for prefix in ["ghp_", "gho_", "ghu_", "ghs_", "ghr_"] {
            shapes.append(SecretShape(.gitHubToken, prefix, .alphanumerics, 36...251))
        }
        shapes.append(SecretShape(.gitHubToken, "github_pat_", name, 60...251))
        for prefix in ["glpat-", "gldt-", "glrt-", "glptt-", "glft-", "glsoat-", "glcbt-"] {
            shapes.append(SecretShape(.gitLabToken, prefix, name, 20...128))
        }
        for prefix in ["xoxb-", "xoxp-", "xoxa-", "xoxr-", "xoxs-", "xoxe-", "xapp-"] {
            shapes.append(SecretShape(.slackToken, prefix, name, 20...256))
        }
        shapes.append(SecretShape(.slackToken, "hooks.slack.com/services/", name.union("/"), 30...100))
        for prefix in ["sk_live_", "sk_test_", "rk_live_", "rk_test_", "whsec_"] {
            shapes.append(SecretShape(.stripeKey, prefix, .alphanumerics.union("+/="), 24...247))
        }
        shapes.append(SecretShape(.googleKey, "AIza", name, 35...35))
        shapes.append(SecretShape(.googleKey, "ya29.", name, 30...512))
        shapes.append(SecretShape(.googleKey, "GOCSPX-", name, 28...28))
        for prefix in ["sk-ant-", "sk-proj-", "sk-svcacct-", "sk-or-", "sk-"] {
            shapes.append(SecretShape(.modelKey, prefix, name, 24...300))
        }
        shapes.append(SecretShape(.serviceToken, "hf_", .alphanumerics, 30...64))
        shapes.append(SecretShape(.serviceToken, "npm_", .alphanumerics, 36...36))
        shapes.append(SecretShape(.serviceToken, "pypi-AgE", name, 50...300))
        shapes.append(SecretShape(.serviceToken, "dop_v1_", .hexadecimals, 64...64))
        shapes.append(SecretShape(.serviceToken, "SG.", name.union("."), 60...80, parts: 2))
        for prefix in ["shpat_", "shpca_", "shppa_", "shpss_"] {
            shapes.append(SecretShape(.serviceToken, prefix, .hexadecimals, 32...32))
        }
        shapes.append(SecretShape(.webToken, "eyJ", name.union("."), 40...8_192, parts: 3))
        return shapes
    }()

    /// The places in ``all`` of the shapes that begin with each byte.
    static let byFirstByte: [[Int]] = {
        var table = [[Int]](repeating: [], count: 256)
        for (place, shape) in all.enumerated() { table[Int(shape.prefix.first ?? 0)].append(place) }
        return table
    }()
}

/// How random bytes look.
enum Entropy {
    /// Shannon's entropy of the bytes, in bits per byte.
    static func bits(_ text: TextBytes, _ range: Range<Int>) -> Double {
        var counts = [Int](repeating: 0, count: 256)
        for index in range { counts[Int(text[index])] += 1 }
        let total = Double(range.count)
        var bits = 0.0
        for count in counts where count > 0 {
            let share = Double(count) / total
            bits -= share * log2(share)
        }
        return bits
    }

    /// How many of lower case, upper case and digits there are.
    static func classes(_ text: TextBytes, _ range: Range<Int>) -> (count: Int, digits: Int) {
        var (lower, upper, digits) = (0, 0, 0)
        for index in range {
            let byte = text[index]
            if byte.isDigit { digits += 1 } else if byte.isUpper { upper += 1 } else if byte &- 0x61 < 26 { lower += 1 }
        }
        return ((lower > 0 ? 1 : 0) + (upper > 0 ? 1 : 0) + (digits > 0 ? 1 : 0), digits)
    }
}
