#if canImport(Accelerate)
import Accelerate
#else
import CBLAS
#endif

/// The LAPACK routines in use, over column-major arrays of doubles. Each returns the routine's `info`: 0 is success.
///
/// Factorisations run in double precision although matrices are single: they are rare and small beside products, and
/// the Gram matrices they are given are as ill-conditioned as the square of the data.
enum LAPACK {
    /// Eigenvalues, ascending, into `values`, and eigenvectors over the columns of `a`, of which the upper triangle is
    /// read.
    static func symmetricEigen(_ n: Int, _ a: inout [Double], _ values: inout [Double]) -> Int {
        BLAS.pinToOneThread()
        var workSize = 0.0
        var integerSize: Int32 = 0
        var info = dsyevd(n, &a, &values, &workSize, -1, &integerSize, -1)
        guard info == 0 else { return Int(info) }
        var work = [Double](repeating: 0, count: max(1, Int(workSize)))
        var integers = [Int32](repeating: 0, count: max(1, Int(integerSize)))
        info = dsyevd(n, &a, &values, &work, Int32(work.count), &integers, Int32(integers.count))
        return Int(info)
    }

    /// The factor `u` with `transpose(u) u = a`, over the upper triangle of `a`.
    static func choleskyFactor(_ n: Int, _ a: inout [Double]) -> Int {
        BLAS.pinToOneThread()
        #if canImport(Accelerate)
        var (uplo, size, leading, info) = (CChar(UInt8(ascii: "U")), Int32(n), Int32(max(1, n)), Int32(0))
        dpotrf_(&uplo, &size, &a, &leading, &info)
        return Int(info)
        #else
        return Int(fp_lapack_dpotrf(Int32(n), &a))
        #endif
    }

    /// Solves for the `count` columns of `b`, in place, with the factor that `choleskyFactor` left.
    static func choleskySolve(_ n: Int, _ count: Int, _ factor: [Double], _ b: inout [Double]) -> Int {
        BLAS.pinToOneThread()
        #if canImport(Accelerate)
        var factor = factor
        var (uplo, size, columns, info) = (CChar(UInt8(ascii: "U")), Int32(n), Int32(count), Int32(0))
        var (leadingA, leadingB) = (Int32(max(1, n)), Int32(max(1, n)))
        dpotrs_(&uplo, &size, &columns, &factor, &leadingA, &b, &leadingB, &info)
        return Int(info)
        #else
        return Int(fp_lapack_dpotrs(Int32(n), Int32(count), factor, &b))
        #endif
    }

    /// The solution of least norm over the first `n` rows of `b`, which has max(`m`, `n`) rows and `count` columns.
    static func leastSquares(
        _ m: Int, _ n: Int, _ count: Int, _ a: inout [Double], _ b: inout [Double], _ singularValues: inout [Double],
        tolerance: Double, rank: inout Int
    ) -> Int {
        BLAS.pinToOneThread()
        var found: Int32 = 0
        var workSize = 0.0
        var integerSize: Int32 = 0
        var info = dgelsd(m, n, count, &a, &b, &singularValues, tolerance, &found, &workSize, -1, &integerSize)
        guard info == 0 else { return Int(info) }
        var work = [Double](repeating: 0, count: max(1, Int(workSize)))
        var integers = [Int32](repeating: 0, count: max(1, Int(integerSize)))
        info = dgelsd(
            m, n, count, &a, &b, &singularValues, tolerance, &found, &work, Int32(work.count), &integers)
        rank = Int(found)
        return Int(info)
    }

    /// The thin decomposition `a = u diagonal(values) vt`, all column-major; destroys `a`.
    static func singularValues(
        _ m: Int, _ n: Int, _ a: inout [Double], _ values: inout [Double], _ u: inout [Double], _ vt: inout [Double]
    ) -> Int {
        BLAS.pinToOneThread()
        var workSize = 0.0
        var integers = [Int32](repeating: 0, count: max(1, 8 * min(m, n)))
        var info = dgesdd(m, n, &a, &values, &u, &vt, &workSize, -1, &integers)
        guard info == 0 else { return Int(info) }
        var work = [Double](repeating: 0, count: max(1, Int(workSize)))
        info = dgesdd(m, n, &a, &values, &u, &vt, &work, Int32(work.count), &integers)
        return Int(info)
    }
}

// One shape of call over both interfaces.
extension LAPACK {
    private typealias Doubles = UnsafeMutablePointer<Double>
    private typealias Integers = UnsafeMutablePointer<Int32>

    #if canImport(Accelerate)
    private static func dsyevd(
        _ n: Int, _ a: Doubles, _ w: Doubles, _ work: Doubles, _ workCount: Int32, _ integers: Integers,
        _ integerCount: Int32
    ) -> Int32 {
        var (job, uplo) = (CChar(UInt8(ascii: "V")), CChar(UInt8(ascii: "U")))
        var (size, leading, lwork, liwork, info) = (Int32(n), Int32(max(1, n)), workCount, integerCount, Int32(0))
        dsyevd_(&job, &uplo, &size, a, &leading, w, work, &lwork, integers, &liwork, &info)
        return info
    }

    private static func dgelsd(
        _ m: Int, _ n: Int, _ count: Int, _ a: Doubles, _ b: Doubles, _ s: Doubles, _ tolerance: Double,
        _ rank: Integers, _ work: Doubles, _ workCount: Int32, _ integers: Integers
    ) -> Int32 {
        var (rows, columns, sides, rcond) = (Int32(m), Int32(n), Int32(count), tolerance)
        var (leadingA, leadingB, lwork, info) = (Int32(max(1, m)), Int32(max(1, m, n)), workCount, Int32(0))
        dgelsd_(
            &rows, &columns, &sides, a, &leadingA, b, &leadingB, s, &rcond, rank, work, &lwork, integers, &info)
        return info
    }

    private static func dgesdd(
        _ m: Int, _ n: Int, _ a: Doubles, _ s: Doubles, _ u: Doubles, _ vt: Doubles, _ work: Doubles,
        _ workCount: Int32, _ integers: Integers
    ) -> Int32 {
        var (job, rows, columns, lwork) = (CChar(UInt8(ascii: "S")), Int32(m), Int32(n), workCount)
        var (leading, leadingU, leadingV, info) = (
            Int32(max(1, m)), Int32(max(1, m)), Int32(max(1, min(m, n))), Int32(0)
        )
        dgesdd_(&job, &rows, &columns, a, &leading, s, u, &leadingU, vt, &leadingV, work, &lwork, integers, &info)
        return info
    }
    #else
    private static func dsyevd(
        _ n: Int, _ a: Doubles, _ w: Doubles, _ work: Doubles, _ workCount: Int32, _ integers: Integers,
        _ integerCount: Int32
    ) -> Int32 {
        fp_lapack_dsyevd(Int32(n), a, w, work, workCount, integers, integerCount)
    }

    private static func dgelsd(
        _ m: Int, _ n: Int, _ count: Int, _ a: Doubles, _ b: Doubles, _ s: Doubles, _ tolerance: Double,
        _ rank: Integers, _ work: Doubles, _ workCount: Int32, _ integers: Integers
    ) -> Int32 {
        fp_lapack_dgelsd(Int32(m), Int32(n), Int32(count), a, b, s, tolerance, rank, work, workCount, integers)
    }

    private static func dgesdd(
        _ m: Int, _ n: Int, _ a: Doubles, _ s: Doubles, _ u: Doubles, _ vt: Doubles, _ work: Doubles,
        _ workCount: Int32, _ integers: Integers
    ) -> Int32 {
        fp_lapack_dgesdd(Int32(m), Int32(n), a, s, u, vt, work, workCount, integers)
    }
    #endif
}
