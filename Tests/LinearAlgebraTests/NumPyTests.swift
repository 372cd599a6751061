import Foundation
import LinearAlgebra
import Platform
import Testing

@Suite("NumPy files")
final class NumPyTests {
    private let folder: URL

    init() throws {
        folder = FileManager.default.temporaryDirectory.appending(path: "fingerpost-numpy-\(UUID())")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(at: folder) }

    private func file(_ bytes: [UInt8], _ name: String = "matrix.npy") throws -> String {
        let url = folder.appending(path: name)
        try Data(bytes).write(to: url)
        return url.path
    }

    private func read(_ bytes: [UInt8]) throws -> Matrix { try Matrix(numPyFile: file(bytes)) }

    /// Why the bytes are refused; an expectation fails if they are not.
    private func refusal(_ bytes: [UInt8]) throws -> String {
        let path = try file(bytes)
        do throws(LinearAlgebraError) {
            let matrix = try Matrix(numPyFile: path)
            Issue.record("read as \(matrix)")
        } catch {
            guard case .invalidNumPyFile(path, let reason) = error else {
                Issue.record("\(error)")
                return ""
            }
            return reason
        }
        return ""
    }

    /// A file of the given header text and data.
    private func npy(_ header: String, data: Int, version: UInt8 = 1, length: Int? = nil) -> [UInt8] {
        let text = Array(header.utf8)
        let length = length ?? text.count
        let size = (0..<(version == 1 ? 2 : 4)).map { UInt8(truncatingIfNeeded: length >> (8 * $0)) }
        return [0x93] + Array("NUMPY".utf8) + [version, 0] + size + text + [UInt8](repeating: 0, count: data)
    }

    @Test("Files that NumPy wrote")
    func fixtures() throws {
        let expected = try Matrix([[0, 1, -2.5], [0.1, 65504, -6e-8]])
        for bytes in [
            NumPyFixtures.float32, NumPyFixtures.float64, NumPyFixtures.fortran, NumPyFixtures.bigEndian,
            NumPyFixtures.version2, NumPyFixtures.version3,
        ] {
            #expect(try read(bytes) == expected)
        }
        // 0.1 and the denormal -6e-8 as the nearest halves.
        #expect(try read(NumPyFixtures.float16) == Matrix([[0, 1, -2.5], [0.099_975_586, 65504, -0x1p-24]]))
        #expect(try read(NumPyFixtures.noRows) == Matrix(rows: 0, columns: 3))
        #expect(try read(NumPyFixtures.noColumns) == Matrix(rows: 2, columns: 0))
    }

    @Test("What NumPy wrote that is no matrix of floats")
    func otherKinds() throws {
        #expect(try refusal(NumPyFixtures.oneDimension).contains("1 dimension;"))
        #expect(try refusal(NumPyFixtures.threeDimensions).contains("3 dimensions"))
        #expect(try refusal(NumPyFixtures.scalar).contains("0 dimensions"))
        #expect(try refusal(NumPyFixtures.integers).contains("'<i4'"))
        #expect(try refusal(NumPyFixtures.bytes).contains("'|u1'"))
        #expect(try refusal(NumPyFixtures.records).contains("records"))
    }

    @Test("What is written is what NumPy writes, and comes back bit for bit")
    func roundTrip() throws {
        let path = folder.appending(path: "out.npy").path
        try Matrix([[0, 1, -2.5], [0.1, 65504, -6e-8]]).writeNumPyFile(to: path)
        #expect(try Array(Data(contentsOf: URL(filePath: path))) == NumPyFixtures.float32)

        var random = SplitMix64(seed: 50)
        for (rows, columns) in [(0, 0), (0, 4), (4, 0), (1, 1), (1, 100), (100, 1), (37, 53), (100_000, 3)] {
            let matrix = random.matrix(rows, columns)
            try matrix.writeNumPyFile(to: path)
            let size = try FileManager.default.attributesOfItem(atPath: path)[.size] as? Int ?? 0
            #expect((size - 4 * rows * columns) % 64 == 0)
            #expect(try Matrix(numPyFile: path) == matrix)
        }
        let special = try Matrix([[.nan, .infinity, -.infinity, -0.0, .leastNonzeroMagnitude]])
        try special.writeNumPyFile(to: path)
        #expect(try Matrix(numPyFile: path).elements.map(\.bitPattern) == special.elements.map(\.bitPattern))
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["out.npy"])
    }

    @Test("Every half-precision number")
    func halves() throws {
        let header = "{'descr': '<f2', 'fortran_order': False, 'shape': (1, 65536), }\n"
        var bytes = npy(header, data: 0)
        for bits in UInt16.min...UInt16.max { bytes += [UInt8(bits & 0xff), UInt8(bits >> 8)] }
        let values = try read(bytes).elements
        for bits in UInt16.min...UInt16.max {
            let (exponent, fraction) = (Int(bits >> 10 & 31), Double(bits & 1023))
            let sign = bits >> 15 == 1 ? -1.0 : 1.0
            let expected =
                switch exponent {
                case 0: sign * fraction * 0x1p-24
                case 31: fraction == 0 ? sign * .infinity : .nan
                default: sign * Double(sign: .plus, exponent: exponent - 15, significand: 1 + fraction / 1024)
                }
            let value = Double(values[Int(bits)])
            if !(value == expected || value.isNaN && expected.isNaN) || value.sign != (sign < 0 ? .minus : .plus) {
                Issue.record("half \(String(bits, radix: 16)) is read as \(value), not \(expected)")
            }
        }
    }

    @Test("A 64-bit number beyond 32 bits becomes infinite")
    func rounding() throws {
        var bytes = npy("{'descr': '<f8', 'fortran_order': False, 'shape': (1, 2), }\n", data: 0)
        for value in [1e300, 0.1] { withUnsafeBytes(of: value.bitPattern.littleEndian) { bytes += Array($0) } }
        #expect(try read(bytes).elements == [.infinity, 0.1])
    }

    @Test("Headers as other programs write them")
    func otherWriters() throws {
        for header in [
            #"{"shape":(2,2),"fortran_order":False,"descr":"<f4"}"#,
            "{'descr': '=f4', 'fortran_order': False, 'shape': (2L, 2L)}   \n",
            " {\t'fortran_order' :False , 'descr' : '<f4','shape':( 2 , 2 , ),}\r\n",
        ] {
            #expect(try read(npy(header, data: 16)) == Matrix(rows: 2, columns: 2))
        }
    }

    @Test("Damaged and hostile headers are refused with a reason")
    func damaged() throws {
        let good = "{'descr': '<f4', 'fortran_order': False, 'shape': (2, 2), }\n"
        #expect(try read(npy(good, data: 16)).rows == 2)
        let malformed = "not a dictionary"
        let cases: [(bytes: [UInt8], part: String)] = [
            ([], "does not start"),
            (Array("{\"text\": \"no\"}".utf8), "does not start"),
            (Array(NumPyFixtures.float32.prefix(9)), "does not start"),
            (Array(NumPyFixtures.float32.prefix(60)), "ends within"),
            (Array(NumPyFixtures.version2.prefix(11)), "ends within"),
            (npy(good, data: 16, version: 4), "version is 4.0"),
            (npy(good, data: 16, length: 60_000), "60000 bytes"),
            (npy(good, data: 16, version: 2, length: 0xffff_ffff), "4294967295 bytes"),
            (npy(good, data: 16, length: 2000), "ends within"),
            (npy(good, data: 15), "do not make the 15 bytes"),
            (npy(good, data: 17), "do not make the 17 bytes"),
            (npy(good, data: 0), "do not make the 0 bytes"),
            (npy("", data: 16), malformed),
            (npy("{", data: 16), malformed),
            (npy("{}", data: 16), "has the keys"),
            (npy(good + "x", data: 16), malformed),
            (npy("{'descr': '<f4', 'fortran_order': False}", data: 16), "has the keys"),
            (npy("{'descr': '<f4', 'fortran_order': False, 'shape': (2, 2), 'more': True}", data: 16), "has the keys"),
            (npy("{'descr': '<f4', 'descr': '<f4', 'fortran_order': False, 'shape': (2, 2)}", data: 16), "twice"),
            (npy("{'descr': '<f4', 'fortran_order': Maybe, 'shape': (2, 2)}", data: 16), malformed),
            (npy("{'descr': '<f4', 'fortran_order': 'no', 'shape': (2, 2)}", data: 16), "neither True nor False"),
            (npy("{'descr': True, 'fortran_order': False, 'shape': (2, 2)}", data: 16), "descr is not"),
            (npy("{'descr': '', 'fortran_order': False, 'shape': (2, 2)}", data: 16), "its elements are ''"),
            (npy("{'descr': '<f16', 'fortran_order': False, 'shape': (2, 2)}", data: 64), "'<f16'"),
            (npy("{'descr': '<f4', 'fortran_order': False, 'shape': 4}", data: 16), malformed),
            (npy("{'descr': '<f4', 'fortran_order': False, 'shape': '4'}", data: 16), "shape is not a tuple"),
            (npy("{'descr': '<f4', 'fortran_order': False, 'shape': (-2, -2)}", data: 16), malformed),
            (npy("{'descr': '<f4', 'fortran_order': False, 'shape': (2.0, 2)}", data: 16), malformed),
            (npy("{'descr': '<f4', 'fortran_order': False, 'shape': (2 2)}", data: 16), malformed),
            (npy("{'descr': '<f4', 'fortran_order': False, 'shape': (2, 2", data: 16), malformed),
            (npy("{'descr': '<f4, 'fortran_order': False, 'shape': (2, 2)}", data: 16), malformed),
            (npy("{'descr': '<f\u{e9}', 'fortran_order': False, 'shape': (2, 2)}", data: 16), malformed),
            (
                npy("{'descr': '<f4', 'fortran_order': False, 'shape': (99999999999999999999, 1)}", data: 16),
                "too large"
            ),
            (npy("{'descr': '<f4', 'fortran_order': False, 'shape': (4294967296, 4294967296)}", data: 16), "beyond"),
            (npy("{'descr': '<f4', 'fortran_order': False, 'shape': (0, 9223372036854775807)}", data: 0), "beyond"),
            (
                npy("{'descr': '<f8', 'fortran_order': False, 'shape': (2147483647, 2147483647)}", data: 8),
                "do not make"
            ),
        ]
        for (index, item) in cases.enumerated() {
            let reason = try refusal(item.bytes)
            #expect(reason.contains(item.part), "case \(index): \(reason)")
        }
    }

    @Test("Any single changed byte of a header gives a matrix or an error, never a crash")
    func changedBytes() throws {
        var random = SplitMix64(seed: 51)
        let original = NumPyFixtures.float32
        for place in 0..<128 {
            for value in [0, 0xff, original[place] ^ (1 << UInt8(place % 8)), UInt8(truncatingIfNeeded: random.next())]
            {
                var bytes = original
                bytes[place] = value
                let path = try file(bytes)
                do throws(LinearAlgebraError) {
                    let matrix = try Matrix(numPyFile: path)
                    #expect(matrix.count * 4 == bytes.count - 128, "byte \(place) set to \(value)")
                } catch {
                    guard case .invalidNumPyFile = error else {
                        Issue.record("byte \(place) set to \(value): \(error)")
                        continue
                    }
                }
            }
        }
    }

    @Test("Files that cannot be opened or written say why")
    func fileErrors() throws {
        let missing = folder.appending(path: "missing.npy").path
        func reason(_ body: () throws(LinearAlgebraError) -> Void) -> String {
            do throws(LinearAlgebraError) {
                try body()
                Issue.record("no error")
            } catch {
                guard case .file = error else {
                    Issue.record("\(error)")
                    return ""
                }
                return error.description
            }
            return ""
        }
        #expect(reason { () throws(LinearAlgebraError) in _ = try Matrix(numPyFile: missing) }.contains(missing))
        let directory = folder.path
        #expect(reason { () throws(LinearAlgebraError) in _ = try Matrix(numPyFile: directory) }.contains(directory))
        let nowhere = folder.appending(path: "no/such/folder.npy").path
        #expect(
            reason { () throws(LinearAlgebraError) in try Matrix.identity(2).writeNumPyFile(to: nowhere) }
                .contains(nowhere))
    }
}
