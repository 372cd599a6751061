import CKernels

/// How alike two texts are: the normalised Indel similarity, `2 * LCS / (|a| + |b|)`, where LCS is the length of the
/// longest common subsequence and lengths count characters (Unicode scalars).
///
/// It is 1 less the number of characters to insert and delete, as a share of all; what `fuzz.ratio / 100` of RapidFuzz
/// gives for the same two normalised texts. Two empty texts are alike.
public enum TextSimilarity {
    /// The similarity of two texts after normalisation, from 0 to 1. O(|a| |b| / 64).
    public static func ratio(_ a: String, _ b: String) -> Double {
        var codes = CharacterCodes()
        var first: [UInt16] = []
        var second: [UInt16] = []
        codes.append(a, to: &first)
        codes.append(b, to: &second)
        var pattern = TextPattern()
        return first.withUnsafeBufferPointer { first in
            second.withUnsafeBufferPointer { second in
                pattern.set(first, characters: codes.count)
                return ratio(common: pattern.commonSubsequence(with: second, atLeast: 0), first.count, second.count)
            }
        }
    }

    static func ratio(common: Int, _ a: Int, _ b: Int) -> Double {
        a + b == 0 ? 1 : Double(2 * common) / Double(a + b)
    }

    /// The least common subsequence with which two texts of these lengths are as alike as the threshold says.
    static func leastCommon(_ a: Int, _ b: Int, threshold: Double) -> Int {
        var least = Int((threshold * Double(a + b) / 2).rounded(.up))
        while least > 0, ratio(common: least - 1, a, b) >= threshold { least -= 1 }
        while least <= min(a, b), ratio(common: least, a, b) < threshold { least += 1 }
        return least
    }

    /// Lengths of texts that can be as alike to one of a length as the threshold says.
    static func lengths(near length: Int, threshold: Double) -> ClosedRange<Int> {
        // 2 * min / (a + b) >= t
        guard threshold > 0 else { return 0...Int(Int32.max) }
        var low = max(0, Int((Double(length) * threshold / (2 - threshold)).rounded(.down)) - 1)
        var high = Int((Double(length) * (2 - threshold) / threshold).rounded(.up)) + 1
        while low < length, ratio(common: low, low, length) < threshold { low += 1 }
        while high > length, ratio(common: length, high, length) < threshold { high -= 1 }
        return low...high
    }
}

/// A text that others are compared with: where in it each character stands.
struct TextPattern {
    private var masks: [UInt64] = []
    private var row: [UInt64] = []
    private var codes: [UInt16] = []
    private(set) var words = 0

    var count: Int { codes.count }

    /// Takes another text. O(its length and that of the one before), once there has been one of its length.
    mutating func set(_ text: UnsafeBufferPointer<UInt16>, characters: Int) {
        for code in codes {
            for word in 0..<words { masks[Int(code) * words + word] = 0 }
        }
        codes.removeAll(keepingCapacity: true)
        codes.append(contentsOf: text)
        words = (text.count + 63) / 64
        let needed = characters * words
        if masks.count < needed { masks.append(contentsOf: repeatElement(0, count: needed - masks.count)) }
        if row.count < words { row.append(contentsOf: repeatElement(0, count: words - row.count)) }
        for (index, code) in codes.enumerated() {
            masks[Int(code) * words + index / 64] |= 1 << UInt64(index % 64)
        }
    }

    /// Length of the longest common subsequence, or 0 where it is below `least`.
    mutating func commonSubsequence(with text: UnsafeBufferPointer<UInt16>, atLeast least: Int) -> Int {
        guard let characters = text.baseAddress else { return 0 }
        return Int(fp_common_subsequence(masks, words, characters, text.count, max(0, least), &row))
    }

    /// The same for some of the texts of `length` characters that lie one behind the other: `lengths` gets a value for each
    /// of `places`, of which there are `count`.
    mutating func commonSubsequences(
        with texts: UnsafeBufferPointer<UInt16>, length: Int, places: [UInt32], count: Int, atLeast least: Int,
        into lengths: inout [UInt32]
    ) {
        guard let characters = texts.baseAddress, count > 0 else { return }
        if lengths.count < count { lengths.append(contentsOf: repeatElement(0, count: count - lengths.count)) }
        fp_common_subsequences(masks, words, characters, length, places, count, max(0, least), &row, &lengths)
    }
}
