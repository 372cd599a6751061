/// Results written by several threads, each to places of its own: the values in their order, or the first error in it.
package final class ParallelResults<Value: Sendable, Failure: Error>: @unchecked Sendable {
    private let places: UnsafeMutableBufferPointer<Result<Value, Failure>?>

    package init(count: Int) {
        places = .allocate(capacity: count)
        places.initialize(repeating: nil)
    }

    deinit {
        places.deinitialize()
        places.deallocate()
    }

    /// Keeps what `body` returns or throws. Must be called at most once for each place.
    package func set(_ index: Int, _ body: () throws(Failure) -> Value) {
        places[index] = Result(catching: body)
    }

    /// What was set, in order.
    package func values() throws(Failure) -> [Value] {
        var values: [Value] = []
        values.reserveCapacity(places.count)
        for place in places {
            if let place { values.append(try place.get()) }
        }
        return values
    }
}
