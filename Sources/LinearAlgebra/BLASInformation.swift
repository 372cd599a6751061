#if canImport(Accelerate)
import Accelerate
#else
import CBLAS
#endif
#if canImport(Darwin)
import Darwin
#elseif canImport(Musl)
import Musl
#else
import Glibc
#endif

/// Which library does the arithmetic of products and factorisations, and how fast.
public struct BLASInformation: Sendable, Hashable {
    /// Who made the library.
    public enum Vendor: String, Sendable, Hashable, CaseIterable {
        /// The reference implementation: right, and slow.
        case reference = "reference BLAS"
        case openBLAS = "OpenBLAS"
        case blis = "BLIS"
        case mkl = "MKL"
        case atlas = "ATLAS"
        case accelerate = "Accelerate"
        /// None of those, or one that cannot be told.
        case unknown = "unknown BLAS"
    }

    public let vendor: Vendor
    /// The file that `cblas_sgemm` was loaded from, symbolic links followed.
    public let blasFile: String?
    /// The file that LAPACK was loaded from, symbolic links followed.
    public let lapackFile: String?
    /// How the library was built, in its own words (OpenBLAS).
    public let configuration: String?
    /// The processor type for which the library has chosen its kernels (OpenBLAS).
    public let coreType: String?
    /// Threads that one call into the library uses, where it says; 1, since it is told so before the first call.
    public let threadsPerCall: Int?

    /// What is loaded in this process.
    public static let current = BLASInformation()

    private init() {
        BLAS.pinToOneThread()
        #if canImport(Accelerate)
        vendor = .accelerate
        (blasFile, lapackFile, configuration, coreType, threadsPerCall) = (nil, nil, nil, nil, nil)
        #else
        let file = fp_blas_file_of("cblas_sgemm").map { String(cString: $0) }
        blasFile = file.map(Self.resolved)
        lapackFile = fp_blas_file_of("dsyevd_").map { Self.resolved(String(cString: $0)) }
        configuration = fp_blas_configuration().map { String(cString: $0) }
        coreType = fp_blas_core().map { String(cString: $0) }
        let threads = Int(fp_blas_threads())
        threadsPerCall = threads > 0 ? threads : nil
        vendor =
            if fp_blas_symbol("openblas_get_config") != nil {
                .openBLAS
            } else if fp_blas_symbol("bli_info_get_version_str") != nil {
                .blis
            } else if fp_blas_symbol("MKL_Get_Version") != nil {
                .mkl
            } else if fp_blas_symbol("ATL_buildinfo") != nil {
                .atlas
            } else if let name = file?.split(separator: "/").last,
                name.hasPrefix("libblas.") || name.hasPrefix("libcblas.")
            {
                .reference
            } else {
                .unknown
            }
        #endif
    }

    /// Billions of floating-point operations a second in products of two square matrices.
    ///
    /// - Parameters:
    ///   - size: rows and columns of the matrices, at least 1.
    ///   - threads: how many threads work at once, each on its panels.
    ///   - duration: about how long to measure.
    public static func measuredGigaflops(
        size: Int = 512, threads: Int = 1, duration: Duration = .milliseconds(200)
    ) -> Double {
        let size = max(1, size)
        let a = Matrix(rows: size, columns: size, repeating: 0.5)
        let b = Matrix(rows: size, columns: size, repeating: 0.25)
        let clock = ContinuousClock()
        let start = clock.now
        var fastest = Duration.seconds(1_000_000)
        repeat {
            // Square and within the limits: the product cannot fail.
            fastest = min(fastest, clock.measure { _ = try? a.multiplied(by: b, threads: threads) })
        } while start.duration(to: clock.now) < duration
        let seconds = max(1e-9, fastest / .seconds(1))
        return 2 * Double(size) * Double(size) * Double(size) / seconds / 1e9
    }

    private static func resolved(_ path: String) -> String {
        guard let resolved = realpath(path, nil) else { return path }
        defer { free(resolved) }
        return String(cString: resolved)
    }
}
