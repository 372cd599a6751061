import Foundation
import GuidelineStore
import TextEncoder
import VectorIndex

/// How a library is opened.
public struct LibraryOptions: Sendable {
    public var encoder: EncoderChoice = .automatic
    /// Threads for encoding and building; nil for all there are.
    public var threads: Int?
    /// The graph of an index that has to be built. One that is opened keeps its own.
    ///
    /// Inputs do not look like guidelines, and the nearest rows of such queries are harder to find: a beam of 64 that is
    /// ample between rules loses some of what a scan finds, one of 256 next to nothing.
    public var configuration = HNSWConfiguration(efSearch: 256)

    public init() {}
}

/// Which encoder a library uses.
public enum EncoderChoice: Sendable {
    /// The one that the library was built with; for a new library the bundled one.
    case automatic
    /// A Hugging Face folder.
    case folder(URL)
    /// An encoder that is loaded already.
    case instance(any SentenceEncoder)
}

/// How far a long operation is.
public struct LibraryProgress: Sendable, Hashable {
    public enum Stage: String, Sendable {
        case importing, encoding, indexing, saving, calibrating, fitting, choosing, checking
    }

    public var stage: Stage
    /// Items done: guidelines, passages or vectors.
    public var completed: Int
    /// Items there are, where that is known.
    public var total: Int?

    public init(stage: Stage, completed: Int, total: Int? = nil) {
        self.stage = stage
        self.completed = completed
        self.total = total
    }
}

/// Told how far an operation is; may be called from any thread.
public typealias ProgressHandler = @Sendable (LibraryProgress) -> Void

extension EncoderIdentity {
    var record: EncoderRecord { EncoderRecord(name: name, sha256: sha256, dimension: dimension) }
}
