import Fingerpost
import Platform

/// Vectors of counterexamples, which the index does not hold: each is encoded when it is first needed, or ahead.
final class CounterexampleVectors: Sendable {
    /// Texts; a vector takes a kilobyte or two.
    private static let capacity = 65_536

    private let vectors = Locked<[String: [Float]]>([:])

    /// Encodes those of all active guidelines, in batches.
    func prepare(_ library: GuidelineLibrary) throws {
        var texts: Set<String> = []
        try library.forEachGuideline { guideline in
            guard guideline.status == .active, texts.count < Self.capacity else { return }
            texts.formUnion(guideline.counterexamples)
        }
        let known = vectors.withLock { Set($0.keys) }
        let missing = texts.subtracting(known).sorted()
        guard !missing.isEmpty else { return }
        let encoded = try library.encoder.encode(batch: missing, threads: Processors.available, progress: nil)
        vectors.withLock { vectors in
            for (index, text) in missing.enumerated() { vectors[text] = Array(encoded[index]) }
        }
    }

    /// The highest cosine similarity of a vector to one of the texts.
    func nearest(of texts: [String], to vector: [Float], _ library: GuidelineLibrary) throws -> Float {
        var best = -Float.infinity
        for text in texts {
            let other = try self.vector(of: text, library)
            var (product, lengths, others) = (0 as Float, 0 as Float, 0 as Float)
            for (x, y) in zip(vector, other) {
                product += x * y
                lengths += x * x
                others += y * y
            }
            guard lengths > 0, others > 0 else { continue }
            best = max(best, product / (lengths * others).squareRoot())
        }
        return best
    }

    private func vector(of text: String, _ library: GuidelineLibrary) throws -> [Float] {
        if let vector = vectors.withLock({ $0[text] }) { return vector }
        let vector = try library.encoder.encode(text)
        vectors.withLock { vectors in
            // Texts of guidelines that are gone would stay for ever otherwise.
            if vectors.count >= Self.capacity { vectors.removeAll() }
            vectors[text] = vector
        }
        return vector
    }
}
