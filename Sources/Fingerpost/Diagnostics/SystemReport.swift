import CKernels
import GuidelineStore
import LinearAlgebra
import Platform
import TextEncoder

/// What the program found on this machine, and what could be better.
public struct SystemReport: Sendable {
    public var blas: BLASInformation
    /// Billions of operations a second in products of matrices, on one thread and on all processors.
    public var gigaflops: (oneThread: Double, allThreads: Double)
    /// The implementation of the vector arithmetic that is in use, and all that this CPU can run, best first.
    public var kernels: (selected: String, available: [String])
    /// Hardware threads that this process may use.
    public var processors: Int
    public var sqliteVersion: String
    /// What is not as good as it could be, and what to do about it.
    public var advice: [String]

    /// Looks at the machine, which takes about half a second of arithmetic.
    public static func current() throws -> SystemReport {
        let processors = Processors.available
        let blas = BLASInformation.current
        let oneThread = BLASInformation.measuredGigaflops()
        let allThreads = processors > 1 ? BLASInformation.measuredGigaflops(threads: processors) : oneThread
        var available: [String] = []
        while let kernels = fp_kernels_at(available.count) { available.append(String(cString: kernels.pointee.name)) }
        let selected = String(cString: fp_kernels_current().pointee.name)

        var advice: [String] = []
        if blas.vendor == .reference {
            advice.append(
                "The reference BLAS is loaded, which is right and slow: OpenBLAS, a drop-in for it, encodes many times "
                    + "faster. On Debian and Ubuntu: apt-get install libopenblas0-pthread. Nothing need be built again."
            )
        }
        if selected != available.first {
            advice.append(
                "The kernels \(selected) are in use where this CPU can run \(available.first ?? "none"): unset "
                    + "FINGERPOST_KERNELS.")
        } else if available.count == 1 {
            advice.append(
                "This CPU has none of the vector instructions that there are kernels for; search takes longer here.")
        }
        return SystemReport(
            blas: blas, gigaflops: (oneThread, allThreads), kernels: (selected, available), processors: processors,
            sqliteVersion: try LibraryDatabase.sqliteVersion, advice: advice)
    }
}
