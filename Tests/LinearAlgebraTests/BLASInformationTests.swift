import Foundation
import LinearAlgebra
import Testing

@Suite("Which BLAS is loaded")
struct BLASInformationTests {
    private static let wanted = ProcessInfo.processInfo.environment["FINGERPOST_EXPECT_BLAS"]

    @Test("The library and its file are told")
    func current() throws {
        let information = BLASInformation.current
        #if canImport(Accelerate)
        #expect(information.vendor == .accelerate)
        #else
        let file = try #require(information.blasFile)
        #expect(file.hasPrefix("/") && FileManager.default.fileExists(atPath: file))
        #expect(information.lapackFile != nil)
        print("BLAS: \(information.vendor.rawValue), \(file), \(information.coreType ?? "no core type")")
        if information.vendor == .openBLAS {
            #expect(information.configuration?.contains("OpenBLAS") == true)
            #expect(information.coreType?.isEmpty == false)
            #expect(information.threadsPerCall == 1, "our own threads are the only ones")
        }
        #endif
    }

    @Test(
        "It is the library that FINGERPOST_EXPECT_BLAS names",
        .enabled(if: wanted != nil, "FINGERPOST_EXPECT_BLAS=reference or openblas says which one must be loaded"))
    func isTheExpectedOne() {
        switch Self.wanted {
        case "reference": #expect(BLASInformation.current.vendor == .reference)
        case "openblas": #expect(BLASInformation.current.vendor == .openBLAS)
        default: Issue.record("FINGERPOST_EXPECT_BLAS is reference or openblas, not \(Self.wanted ?? "")")
        }
    }

    @Test("The measured speed is a speed")
    func speed() {
        for size in [-1, 1, 48] {
            let gigaflops = BLASInformation.measuredGigaflops(size: size, threads: 2, duration: .milliseconds(1))
            #expect(gigaflops > 0 && gigaflops < 1e6)
        }
    }
}
