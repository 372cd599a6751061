/// Results written by several threads, each to places of its own, or the first error in their order.
final class ParallelResults<Value: Sendable>: @unchecked Sendable {
    private let places: UnsafeMutableBufferPointer<Result<Value, any Error>?>

    init(count: Int) {
        places = .allocate(capacity: count)
        places.initialize(repeating: nil)
    }

    deinit {
        places.deinitialize()
        places.deallocate()
    }

    /// Must be called at most once for each place.
    func set(_ index: Int, _ body: () throws -> Value) {
        places[index] = Result(catching: body)
    }

    func values() throws -> [Value] {
        try places.compactMap { try $0?.get() }
    }
}
