import GuideAlign
import Platform
import Testing

@Suite("Queue of a review")
struct ReviewQueueTests {
    @Test("An empty queue is at its end")
    func empty() {
        var queue = ReviewQueue<Int, String>([])
        queue.decide("a")
        queue.drop()
        queue.skip()
        queue.takeBack()
        #expect(queue.current == nil && queue.openCount == 0 && queue.decisions.isEmpty && !queue.goBack())
    }

    @Test("Random steps do what they do to a list of what is open", arguments: 0..<20)
    func model(seed: Int) {
        var generator = SplitMix64(seed: UInt64(seed))
        let count = Int.random(in: 1...12, using: &generator)
        var queue = ReviewQueue<Int, Int>(Array(0..<count))
        var open = Set(0..<count)
        var place = 0
        var done: [(item: Int, receipt: Int)] = []
        func next(after item: Int) -> Int { open.filter { $0 > item }.min() ?? count }
        for step in 0..<200 {
            switch Int.random(in: 0..<6, using: &generator) {
            case 0, 1:
                queue.decide(step)
                guard place < count else { break }
                open.remove(place)
                done.append((place, step))
                place = next(after: place)
            case 2:
                queue.skip()
                if place < count { place = next(after: place) }
            case 3:
                let before = open.filter { $0 < place }.max()
                #expect(queue.goBack() == (before != nil))
                place = before ?? place
            case 4:
                #expect(queue.lastReceipt == done.last?.receipt)
                queue.takeBack()
                guard let last = done.popLast() else { break }
                open.insert(last.item)
                place = last.item
            default:
                guard Int.random(in: 0..<8, using: &generator) == 0 else { break }
                queue.drop()
                guard place < count else { break }
                open.remove(place)
                place = next(after: place)
            }
            #expect(queue.position == place && queue.openCount == open.count, "seed \(seed), step \(step)")
            #expect(queue.current == (place < count ? place : nil), "seed \(seed), step \(step)")
            #expect(queue.decisions == done.map(\.receipt), "seed \(seed), step \(step)")
        }
    }
}
