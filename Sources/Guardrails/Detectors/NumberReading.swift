/// Groups of digits with single separators between them, read from one place of a text: at most ``limit`` digits, so that
/// reading again from the next group costs no more than a constant.
struct NumberReading {
    /// Digits at most; more are no number that anything here looks for.
    static let limit = 24

    /// Values 0 to 9.
    private(set) var digits: [UInt8] = []
    /// The end of each group: of its digits in ``digits``, and in the text.
    private(set) var ends: [(digits: Int, text: Int)] = []
    /// What stands between a group and the next: a byte, or `x` for something longer.
    private(set) var separators: [UInt8] = []
    private(set) var start = 0

    private static let between = ByteSet(" -./()")

    /// Reads from a digit.
    mutating func read(_ text: TextBytes, at start: Int) {
        self.start = start
        digits.removeAll(keepingCapacity: true)
        ends.removeAll(keepingCapacity: true)
        separators.removeAll(keepingCapacity: true)
        var place = start
        while text[place].isDigit {
            while text[place].isDigit, digits.count <= Self.limit {
                digits.append(text[place] - 0x30)
                place += 1
            }
            // A group that is cut short is none.
            guard digits.count <= Self.limit else { return }
            ends.append((digits.count, place))
            let next = text.end(of: Self.between, from: place, limit: place + 3)
            guard next > place, text[next].isDigit else { return }
            separators.append(next == place + 1 ? text[place] : UInt8(ascii: "x"))
            place = next
        }
    }

    /// Digits in each of the first groups.
    func sizes(_ groups: Int) -> [Int] {
        (0..<groups).map { ends[$0].digits - ($0 == 0 ? 0 : ends[$0 - 1].digits) }
    }

    /// The digits of the first groups.
    func digits(_ groups: Int) -> ArraySlice<UInt8> { digits[..<ends[groups - 1].digits] }

    /// The separator that stands between all of the first groups; nil where there are several, 0 for a single group.
    func separator(_ groups: Int) -> UInt8? {
        guard groups > 1 else { return 0 }
        let first = separators[0]
        return separators[..<(groups - 1)].allSatisfy { $0 == first } && first != UInt8(ascii: "x") ? first : nil
    }
}
