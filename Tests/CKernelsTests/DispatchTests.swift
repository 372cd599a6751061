import CKernels
import Foundation
import Testing

@Suite("Choice of kernels")
struct DispatchTests {
    private static func name(_ kernels: UnsafePointer<fp_kernels>) -> String { String(cString: kernels.pointee.name) }

    @Test("Portable kernels run everywhere, and each implementation has a name of its own")
    func all() {
        let names = Kernels.all.map(\.name)
        #expect(names.last == "portable")
        #expect(Set(names).count == names.count)
        #expect(fp_kernels_at(names.count) == nil)
        #expect(fp_kernels_at(.max) == nil)
        #if arch(x86_64)
        #expect(!names.contains { $0.hasPrefix("neon") })
        #expect(fp_kernels_of(FP_KERNELS_NEON) == nil)
        #elseif arch(arm64)
        #expect(names.contains("neon"))
        #expect(fp_kernels_of(FP_KERNELS_AVX2) == nil && fp_kernels_of(FP_KERNELS_AVX512) == nil)
        #endif
    }

    @Test("A name forces its implementation; one that cannot run is ignored")
    func preferring() {
        for kernels in Kernels.all { #expect(Self.name(fp_kernels_preferring(kernels.name)) == kernels.name) }
        let best = Kernels.all[0].name
        #expect(Self.name(fp_kernels_preferring(nil)) == best)
        #expect(Self.name(fp_kernels_preferring("")) == best)
        #expect(Self.name(fp_kernels_preferring("altivec")) == best)
        #expect(Self.name(fp_kernels_preferring("AVX2")) == best)
    }

    @Test("The best of a set is the first of it")
    func ofSet() throws {
        for kernels in Kernels.all {
            let best = try #require(fp_kernels_of(kernels.table.set))
            let first = try #require(Kernels.all.first { $0.table.set == kernels.table.set })
            #expect(Self.name(best) == first.name)
        }
    }

    @Test("The kernels in use follow the environment and are the same in every thread")
    func current() async {
        let forced = ProcessInfo.processInfo.environment["FINGERPOST_KERNELS"]
        let expected = Self.name(fp_kernels_preferring(forced))
        await withTaskGroup(of: String.self) { group in
            for _ in 0..<32 { group.addTask { Self.name(fp_kernels_current()) } }
            for await name in group { #expect(name == expected) }
        }
    }

    @Test("There is a processor, and not more than the machine has")
    func processors() {
        let available = Int(fp_available_processors())
        #expect(available >= 1)
        #expect(available <= ProcessInfo.processInfo.processorCount)
    }
}
