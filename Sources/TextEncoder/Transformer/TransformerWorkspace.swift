import CKernels
import Platform

/// Memory of one forward pass, kept from one to the next; it grows to the largest so far. Used by one thread at a time,
/// which is what ``WorkspacePool`` is for.
final class TransformerWorkspace: @unchecked Sendable {
    /// Token ids of the texts, one text after another.
    var tokens: [Int32] = []
    /// Where each text ends in `tokens`.
    var ends: [Int] = []

    /// Memory for numbers that are written before they are read.
    struct Buffer<Element: BitwiseCopyable> {
        private var memory: UnsafeMutablePointer<Element>?
        private var capacity = 0

        /// Room for at least `count` numbers, where a cache line begins; what was there before may be gone.
        mutating func reserve(_ count: Int) -> UnsafeMutablePointer<Element> {
            if let memory, capacity >= count { return memory }
            memory?.deallocate()
            capacity = max(1, count)
            let fresh = UnsafeMutableRawPointer.allocate(
                byteCount: capacity * MemoryLayout<Element>.stride, alignment: 64
            ).bindMemory(to: Element.self, capacity: capacity)
            memory = fresh
            return fresh
        }

        func deallocate() { memory?.deallocate() }
    }

    /// One row per token: what goes from layer to layer.
    var hidden = Buffer<Float>()
    var projected = Buffer<Float>()
    var context = Buffer<Float>()
    var wide = Buffer<Float>()
    var scores = Buffer<Float>()
    // Rows in 8-bit integers.
    var codes = Buffer<Int8>()
    var codeScales = Buffer<Float>()
    var codeSums = Buffer<Int32>()

    /// Tokens in all, and in the longest text.
    ///
    /// - Precondition: the texts cover the tokens, and none is longer than `limit`.
    func counts(upTo limit: Int) -> (total: Int, longest: Int) {
        var longest = 0
        var start = 0
        for end in ends {
            longest = max(longest, end - start)
            start = end
        }
        precondition(start == tokens.count && longest <= limit, "texts must cover the tokens")
        return (tokens.count, longest)
    }

    func removeTexts() {
        tokens.removeAll(keepingCapacity: true)
        ends.removeAll(keepingCapacity: true)
    }

    deinit {
        for buffer in [hidden, projected, context, wide, scores, codeScales] { buffer.deallocate() }
        codes.deallocate()
        codeSums.deallocate()
    }
}

/// Workspaces not in use.
final class WorkspacePool: Sendable {
    private let idle = Locked<[TransformerWorkspace]>([])

    /// Calls `body` with a workspace that nobody else has meanwhile.
    func withWorkspace<Result>(_ body: (TransformerWorkspace) -> Result) -> Result {
        let workspace = idle.withLock { $0.popLast() } ?? TransformerWorkspace()
        defer { idle.withLock { $0.append(workspace) } }
        return body(workspace)
    }
}
