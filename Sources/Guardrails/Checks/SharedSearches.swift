import Fingerpost
import GuidelineStore
import Platform

/// What semantic checks of one decision have in common: a text is encoded once for each encoder, and searched for once for
/// each way of searching.
final class SharedSearches: Sendable {
    private struct Key: Hashable {
        var library: ObjectIdentifier
        var options: RetrievalOptions
    }

    private struct State {
        var vectors: [ObjectIdentifier: [Float]] = [:]
        var retrievals: [Key: Retrieval] = [:]
        var encode = Duration.zero
        var search = Duration.zero
    }

    private let state = Locked(State())

    /// The vector of the text, which is the same for all calls, by the library's encoder.
    func vector(of text: String, for library: GuidelineLibrary) throws -> [Float] {
        try state.withLock { state in
            let key = ObjectIdentifier(library)
            if let vector = state.vectors[key] { return vector }
            let clock = ContinuousClock()
            let start = clock.now
            let vector = try library.encoder.encode(text)
            state.encode += clock.now - start
            state.vectors[key] = vector
            return vector
        }
    }

    func retrieval(of text: String, from library: GuidelineLibrary, options: RetrievalOptions) throws -> Retrieval {
        let key = Key(library: ObjectIdentifier(library), options: options)
        if let found = state.withLock({ $0.retrievals[key] }) { return found }
        let vector = try vector(of: text, for: library)
        let clock = ContinuousClock()
        let start = clock.now
        let found = try library.search(text, vector: vector, options: options)
        state.withLock { state in
            state.search += clock.now - start
            state.retrievals[key] = found
        }
        return found
    }

    /// What has been spent so far.
    var latency: (encode: Duration, search: Duration) { state.withLock { ($0.encode, $0.search) } }
}
