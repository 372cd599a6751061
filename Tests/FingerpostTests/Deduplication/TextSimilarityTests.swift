import Platform
import Testing
@testable import Fingerpost

/// Length of the longest common subsequence by the plain dynamic programme.
func plainCommonSubsequence<Element: Equatable>(_ a: [Element], _ b: [Element]) -> Int {
    var row = [Int](repeating: 0, count: b.count + 1)
    for x in a {
        var diagonal = 0
        for (index, y) in b.enumerated() {
            let above = row[index + 1]
            row[index + 1] = x == y ? diagonal + 1 : max(above, row[index])
            diagonal = above
        }
    }
    return row.last ?? 0
}

func plainRatio(_ a: String, _ b: String) -> Double {
    let first = Array(TextNormalization.normalized(a).unicodeScalars)
    let second = Array(TextNormalization.normalized(b).unicodeScalars)
    guard first.count + second.count > 0 else { return 1 }
    return Double(2 * plainCommonSubsequence(first, second)) / Double(first.count + second.count)
}

@Suite struct TextSimilarityTests {
    @Test(arguments: [1, 2, 3, 4] as [UInt64])
    func bitParallelIsThePlainProgramme(seed: UInt64) {
        var generator = SplitMix64(seed: seed)
        let letters = Array("abcdeé字🙂 z").flatMap(\.unicodeScalars)
        func random(_ lengths: ClosedRange<Int>) -> String {
            let count = Int.random(in: lengths, using: &generator)
            var view = String.UnicodeScalarView()
            for _ in 0..<count { if let scalar = letters.randomElement(using: &generator) { view.append(scalar) } }
            return String(view)
        }
        for round in 0..<150 {
            let lengths = [0...8, 50...70, 100...140, 180...330][round % 4]
            let (a, b) = (random(lengths), random(lengths))
            #expect(TextSimilarity.ratio(a, b) == plainRatio(a, b), "seed \(seed), round \(round): \(a) | \(b)")
            #expect(TextSimilarity.ratio(a, b) == TextSimilarity.ratio(b, a))
        }
    }

    @Test(arguments: [1, 2] as [UInt64])
    func whatIsBelowTheLeastIsZero(seed: UInt64) {
        var generator = SplitMix64(seed: seed)
        var pattern = TextPattern()
        for length in [1, 7, 8, 9, 63, 64, 65, 127, 128, 129, 192, 193, 300] {
            for _ in 0..<30 {
                let a = (0..<length).map { _ in UInt16.random(in: 0..<6, using: &generator) }
                let b = (0..<Int.random(in: 1...(length + 20), using: &generator)).map { _ in
                    UInt16.random(in: 0..<6, using: &generator)
                }
                let common = plainCommonSubsequence(a, b)
                a.withUnsafeBufferPointer { pattern.set($0, characters: 6) }
                b.withUnsafeBufferPointer { b in
                    for least in [0, common - 1, common] {
                        let found = pattern.commonSubsequence(with: b, atLeast: least)
                        #expect(found == common, "seed \(seed)")
                    }
                    let none = pattern.commonSubsequence(with: b, atLeast: common + 1)
                    #expect(none == 0, "seed \(seed)")
                }
            }
        }
    }

    @Test func figuresThatAreKnown() {
        // "this is a test" and "this is a test!" are the same without punctuation.
        #expect(TextSimilarity.ratio("This is a test!", "this is a test") == 1)
        #expect(TextSimilarity.ratio("abcd", "abxd") == 0.75)
        #expect(TextSimilarity.ratio("abc", "xyz") == 0)
        #expect(TextSimilarity.ratio("", "") == 1)
        #expect(TextSimilarity.ratio("abc", "") == 0)
    }

    @Test func normalization() {
        for (given, expected) in [
            ("  Don\u{2019}t\tSHOUT!! ", "dont shout"), ("ﬁle №5 ａｂｃ", "file no5 abc"),
            ("Cafe\u{301}, CAFÉ", "café café"),
            ("a--b_c", "a b c"), ("日本語。テスト", "日本語 テスト"), ("STRASSE straße", "strasse straße"), ("x\u{200B}y", "xy"),
            ("?!", "?!"), ("½ cup", "1 2 cup"),
        ] {
            #expect(TextNormalization.normalized(given) == expected, "\(given)")
        }
    }

    @Test func boundsAreExact() {
        for threshold in [0.5, 0.75, 0.8, 0.85, 0.9, 1] {
            for a in 0..<60 {
                let window = TextSimilarity.lengths(near: a, threshold: threshold)
                for b in 0..<140 where a + b > 0 {
                    let isPossible = TextSimilarity.ratio(common: min(a, b), a, b) >= threshold
                    #expect(!isPossible || window.contains(b))
                    let least = TextSimilarity.leastCommon(a, b, threshold: threshold)
                    #expect(least > min(a, b) || TextSimilarity.ratio(common: least, a, b) >= threshold)
                    #expect(least == 0 || TextSimilarity.ratio(common: least - 1, a, b) < threshold)
                }
            }
        }
    }
}
