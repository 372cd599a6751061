import Platform
import Testing

@testable import Fingerpost

@Suite("Places of ascending numbers")
struct AscendingNumbersTests {
    @Test("Every number is where it is, and no other one is found")
    func places() {
        var generator = SplitMix64(seed: 9)
        for spread in [1, 2, 50, 1 << 40] as [Int64] {
            for count in [0, 1, 2, 7, 100] {
                var numbers: [Int64] = []
                var next = Int64.random(in: -5...5, using: &generator)
                for _ in 0..<count {
                    numbers.append(next)
                    next += Int64.random(in: 1...spread, using: &generator)
                }
                for (place, number) in numbers.enumerated() {
                    for near in (number - 2)...(number + 2) where near != number && !numbers.contains(near) {
                        #expect(numbers.ascendingPlace(of: near) == nil)
                    }
                    #expect(numbers.ascendingPlace(of: number) == place)
                }
                for number in [Int64.min, .max] { #expect(numbers.ascendingPlace(of: number) == nil) }
            }
        }
        #expect([Int64.min, 0, .max].ascendingPlace(of: .max) == 2)
        #expect([Int64.min, 0, .max].ascendingPlace(of: 1) == nil)
    }
}
