/// Which texts have a run of four characters: an inverted index that grows. Runs are known by a hash, so that two may
/// share a list, which costs time and nothing else.
///
/// Lists lie one behind the other. What has come since they were laid out hangs in chains; once that is a quarter of all,
/// they are laid out again.
struct RunIndex {
    /// How many of a text's rarest runs other texts have.
    struct Tally {
        /// By the places of the texts; zero but for those touched.
        private(set) var counts: [UInt8] = []
        private(set) var touched: [Int32] = []
        fileprivate var runs: [(count: Int32, bucket: Int32)] = []

        /// The places with the largest counts, of equals the first ones: found by counting counts.
        func largest(_ limit: Int) -> [Int32] {
            var histogram = [Int](repeating: 0, count: 256)
            for place in touched { histogram[Int(counts[Int(place)])] += 1 }
            var least = 255
            var room = limit
            while least > 1, room > histogram[least] {
                room -= histogram[least]
                least -= 1
            }
            var chosen = touched.filter { Int(counts[Int($0)]) >= least }
            chosen.sort { a, b in
                let (first, second) = (counts[Int(a)], counts[Int(b)])
                return first == second ? a < b : first > second
            }
            return Array(chosen.prefix(limit))
        }

        mutating func clear() {
            for place in touched { counts[Int(place)] = 0 }
            touched.removeAll(keepingCapacity: true)
        }

        fileprivate mutating func reserve(_ count: Int) {
            guard counts.count < count else { return }
            counts.append(contentsOf: repeatElement(0, count: count + count / 4 - counts.count))
        }

        fileprivate mutating func note(_ places: UnsafeBufferPointer<Int32>.SubSequence) {
            for place in places { note(place) }
        }

        fileprivate mutating func note(_ place: Int32) {
            let count = counts[Int(place)]
            if count == 0 { touched.append(place) }
            if count < .max { counts[Int(place)] = count + 1 }
        }
    }

    private static let bits = 20
    /// Runs that are looked up.
    private static let runLimit = 16
    /// Texts of a run that are counted, and the length of the lists that are left out once there are some others.
    private static let entryLimit = 160
    private static let leastRuns = 4

    private var counts = [Int32](repeating: 0, count: 1 << bits)
    private var starts = [Int](repeating: 0, count: (1 << bits) + 1)
    private var places: [Int32] = []
    private var heads = [Int32](repeating: -1, count: 1 << bits)
    private var chains: [(place: Int32, next: Int32)] = []

    /// Adds a text. O(length), amortised.
    mutating func append(_ place: Int32, _ text: UnsafeBufferPointer<UInt16>) {
        var last: Int32 = -1
        for bucket in Self.runs(of: text) where bucket != last {
            last = bucket
            let index = Int(bucket)
            chains.append((place, heads[index]))
            heads[index] = Int32(truncatingIfNeeded: chains.count - 1)
            counts[index] += 1
        }
        if chains.count > 100_000, chains.count > places.count / 3 { layOut() }
    }

    private mutating func layOut() {
        var newStarts = [Int](repeating: 0, count: starts.count)
        for index in counts.indices { newStarts[index + 1] = newStarts[index] + Int(counts[index]) }
        var newPlaces = [Int32](repeating: 0, count: newStarts[counts.count])
        for index in counts.indices {
            let old = starts[index]..<starts[index + 1]
            var next = newStarts[index]
            for place in places[old] {
                newPlaces[next] = place
                next += 1
            }
            // Chains have the newest first.
            next = newStarts[index + 1]
            var entry = heads[index]
            while entry >= 0 {
                next -= 1
                newPlaces[next] = chains[Int(entry)].place
                entry = chains[Int(entry)].next
            }
            heads[index] = -1
        }
        (starts, places) = (newStarts, newPlaces)
        chains.removeAll(keepingCapacity: true)
    }

    /// Counts for the texts that have them how many of the rarest runs of a text they have.
    ///
    /// - Parameter texts: how many texts there are.
    func tally(_ text: UnsafeBufferPointer<UInt16>, texts: Int, _ tally: inout Tally) {
        tally.reserve(texts)
        tally.runs.removeAll(keepingCapacity: true)
        for bucket in Self.runs(of: text) where counts[Int(bucket)] > 0 {
            tally.runs.append((counts[Int(bucket)], bucket))
        }
        tally.runs.sort { ($0.count, $0.bucket) < ($1.count, $1.bucket) }
        var last: Int32 = -1
        var used = 0
        let runs = tally.runs
        for (count, bucket) in runs where bucket != last {
            last = bucket
            if used >= Self.runLimit || (used >= Self.leastRuns && Int(count) > Self.entryLimit) { break }
            used += 1
            let range = starts[Int(bucket)]..<starts[Int(bucket) + 1]
            places.withUnsafeBufferPointer { tally.note($0[range].prefix(Self.entryLimit)) }
            var left = Self.entryLimit - range.count
            var entry = heads[Int(bucket)]
            while entry >= 0, left > 0 {
                tally.note(chains[Int(entry)].place)
                entry = chains[Int(entry)].next
                left -= 1
            }
        }
    }

    private static func runs(of text: UnsafeBufferPointer<UInt16>) -> some Sequence<Int32> {
        (0..<max(0, text.count - 3)).lazy.map { index in
            let word =
                UInt64(text[index]) | UInt64(text[index + 1]) << 16 | UInt64(text[index + 2]) << 32
                | UInt64(text[index + 3]) << 48
            return Int32(truncatingIfNeeded: (word &* 0x9E37_79B9_7F4A_7C15) >> UInt64(64 - bits))
        }
    }
}
