#if canImport(Accelerate)
import Accelerate
#else
import CBLAS
#endif

/// Products over plain memory: no checks beyond preconditions, no allocation, one thread.
///
/// Everything is row-major, and a *leading dimension* is the distance in elements between the starts of two
/// consecutive rows as they are stored. Sizes of zero are fine. The library underneath is told, before the first
/// call, to run each call on the calling thread alone: the threads are this package's own (see ``Matrix``), so a
/// single text never pays for waking a pool, and a batch does not run threads within threads.
package enum BLAS {
    /// `c = alpha op(a) op(b) + beta c`, with `op(a)` of `m`x`k`, `op(b)` of `k`x`n` and `c` of `m`x`n`.
    ///
    /// A `beta` of zero overwrites `c` whatever it held. A pointer may dangle only where it has no elements.
    package static func multiply(
        transposingA: Bool = false, transposingB: Bool = false, m: Int, n: Int, k: Int, alpha: Float = 1,
        a: UnsafePointer<Float>, leadingA: Int, b: UnsafePointer<Float>, leadingB: Int, beta: Float = 0,
        into c: UnsafeMutablePointer<Float>, leadingC: Int
    ) {
        guard m > 0, n > 0 else { return }
        guard k > 0 else { return scale(c, rows: m, columns: n, leading: leadingC, by: beta) }
        precondition(
            leadingA >= (transposingA ? m : k) && leadingB >= (transposingB ? k : n) && leadingC >= n,
            "a leading dimension is shorter than its row")
        pinToOneThread()
        #if canImport(Accelerate)
        cblas_sgemm(
            CblasRowMajor, transposingA ? CblasTrans : CblasNoTrans, transposingB ? CblasTrans : CblasNoTrans,
            Index(m), Index(n), Index(k), alpha, a, Index(leadingA), b, Index(leadingB), beta, c, Index(leadingC))
        #else
        fp_blas_sgemm(
            transposingA, transposingB, Index(m), Index(n), Index(k), alpha, a, Index(leadingA), b, Index(leadingB),
            beta, c, Index(leadingC))
        #endif
    }

    /// `y = alpha op(a) x + beta y`, with `a` of `rows`x`columns` as stored.
    ///
    /// A `beta` of zero overwrites `y` whatever it held.
    package static func multiply(
        transposingA: Bool = false, rows: Int, columns: Int, alpha: Float = 1, a: UnsafePointer<Float>, leadingA: Int,
        x: UnsafePointer<Float>, beta: Float = 0, into y: UnsafeMutablePointer<Float>
    ) {
        let (outputs, inputs) = transposingA ? (columns, rows) : (rows, columns)
        guard outputs > 0 else { return }
        guard inputs > 0 else { return scale(y, rows: 1, columns: outputs, leading: outputs, by: beta) }
        precondition(leadingA >= columns, "a leading dimension is shorter than its row")
        pinToOneThread()
        #if canImport(Accelerate)
        cblas_sgemv(
            CblasRowMajor, transposingA ? CblasTrans : CblasNoTrans, Index(rows), Index(columns), alpha, a,
            Index(leadingA), x, 1, beta, y, 1)
        #else
        fp_blas_sgemv(transposingA, Index(rows), Index(columns), alpha, a, Index(leadingA), x, beta, y)
        #endif
    }

    /// The largest size, row length or leading dimension that the interface can express.
    package static let largestSize = Int(Int32.max)

    private typealias Index = Int32

    /// Tells the loaded library, once per process, to leave threads to us. Every call into it goes through here first.
    static func pinToOneThread() { _ = isPinned }

    #if canImport(Accelerate)
    // Accelerate has no pool to wake for small products and shares the matrix units among callers by itself.
    private static let isPinned = true
    #else
    private static let isPinned = fp_blas_use_one_thread()
    #endif

    private static func scale(
        _ c: UnsafeMutablePointer<Float>, rows: Int, columns: Int, leading: Int, by beta: Float
    ) {
        for row in 0..<rows {
            for column in 0..<columns {
                c[row * leading + column] = beta == 0 ? 0 : beta * c[row * leading + column]
            }
        }
    }
}
