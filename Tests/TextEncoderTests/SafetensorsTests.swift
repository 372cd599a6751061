import Foundation
import Platform
import Testing

@testable import TextEncoder

/// Bytes of a safetensors file.
private func file(_ header: String, data: [UInt8], headerLength: UInt64? = nil) -> [UInt8] {
    let length = headerLength ?? UInt64(header.utf8.count)
    return (0..<8).map { UInt8(truncatingIfNeeded: length >> UInt64($0 * 8)) } + Array(header.utf8) + data
}

private func open<Result>(_ bytes: [UInt8], _ body: (SafetensorsFile) throws -> Result) throws -> Result {
    try withTemporaryFolder { folder in
        let url = folder.appendingPathComponent("model.safetensors")
        try Data(bytes).write(to: url)
        return try body(SafetensorsFile(contentsOf: url))
    }
}

private func bytes(_ values: [Float]) -> [UInt8] {
    values.flatMap { value in (0..<4).map { UInt8(truncatingIfNeeded: value.bitPattern >> UInt32($0 * 8)) } }
}

@Suite("Safetensors files")
struct SafetensorsTests {
    @Test("names, shapes, metadata and numbers come out as they went in")
    func sound() throws {
        let header =
            #"{"__metadata__":{"format":"pt"},"a":{"dtype":"F32","shape":[2,2],"data_offsets":[0,16]},"#
            + #""e":{"dtype":"F32","shape":[0,3],"data_offsets":[16,16]},"#
            + #""s":{"dtype":"F32","shape":[],"data_offsets":[16,20]}}   "#
        try open(file(header, data: bytes([1, -2, 0.5, .greatestFiniteMagnitude, 7]))) {
            (file: SafetensorsFile) throws in
            #expect(file.metadata == ["format": "pt"])
            #expect(file.tensors.keys.sorted() == ["a", "e", "s"])
            #expect(try FloatTensor(file, "a", shape: [2, 2]).values == [1, -2, 0.5, .greatestFiniteMagnitude])
            #expect(try file.tensor("e").count == 0)
            #expect(try FloatTensor(file, "e", shape: [0, 3]).count == 0)
            #expect(try FloatTensor(file, "s", shape: []).values == [7])
            #expect(throws: EncoderError.missingTensor(path: file.path, name: "b")) { try file.tensor("b") }
            #expect(
                throws: EncoderError.mismatchedTensor(
                    path: file.path, name: "a", expected: "[4]", found: "F32 [2, 2]")
            ) { try FloatTensor(file, "a", shape: [4]) }
        }
        // No tensor at all is a file all the same.
        try open(file("{}", data: [])) { #expect($0.tensors.isEmpty) }
    }

    @Test("numbers need no alignment")
    func unaligned() throws {
        for padding in 0..<4 {
            let header = #"{"a":{"dtype":"F32","shape":[3],"data_offsets":[0,12]}}"#
            try open(file(header + String(repeating: " ", count: padding), data: bytes([1, 2, 3]))) {
                (file: SafetensorsFile) throws in
                #expect(try FloatTensor(file, "a", shape: [3]).values == [1, 2, 3])
            }
        }
    }

    private static let sound =
        #"{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"#
        + #""b":{"dtype":"I8","shape":[2,2],"data_offsets":[8,12]}}"#

    @Test("the file that the other tests change is sound")
    func base() throws {
        try open(file(Self.sound, data: [UInt8](repeating: 0, count: 12))) { #expect($0.tensors.count == 2) }
    }

    @Test(
        "every field of the header is checked",
        arguments: [
            ("[0,8]", "[0,4]"), ("[0,8]", "[4,8]"), ("[0,8]", "[8,0]"), ("[0,8]", "[4,12]"), ("[0,8]", "[-8,0]"),
            ("[0,8]", "[0]"), ("[0,8]", "[0,4,8]"), ("[0,8]", "[0,8.0]"), ("[0,8]", "[0,1e1]"), ("[0,8]", "\"0,8\""),
            ("[0,8]", "[0,99999999999999999999]"), ("[0,8]", "[0,9223372036854775807]"), ("[8,12]", "[12,16]"),
            ("[8,12]", "[9,13]"), ("[8,12]", "[4,8]"), ("\"shape\":[2],", "\"shape\":[3],"),
            ("\"shape\":[2],", "\"shape\":[-2],"), ("\"shape\":[2],", "\"shape\":[2.0],"),
            ("\"shape\":[2],", "\"shape\":2,"), ("\"shape\":[2],", ""),
            ("\"shape\":[2],", "\"shape\":[4611686018427387906,2],"),
            ("\"shape\":[2],", "\"shape\":[9223372036854775807,9223372036854775807],"),
            ("\"F32\"", "\"F64\""), ("\"F32\"", "\"F31\""), ("\"F32\"", "32"), ("\"dtype\":\"F32\",", ""),
            ("\"b\":", "\"a\":"), ("\"b\":", "\"\\u0061\":"), ("\"b\":", "\"__metadata__\":"), ("{\"a\"", "[\"a\""),
            ("\"F32\",", "\"F32\",\"more\":1,"), ("{\"dtype\":\"F32\"", "{\"dtype\":\"F32\",\"dtype\":\"F32\""),
        ])
    func faults(old: String, new: String) throws {
        #expect(Self.sound.components(separatedBy: old).count == 2, "\(old)")
        let header = Self.sound.replacingOccurrences(of: old, with: new)
        let data = [UInt8](repeating: 0, count: 12)
        #expect(encoderError { try open(file(header, data: data)) { _ in } } != nil)
    }

    @Test("so are its length and that of the file")
    func lengths() throws {
        let data = [UInt8](repeating: 0, count: 12)
        for length in [0, 1, 7, 8, 9, 100, 99_999_999, 100_000_001, UInt64(Int64.max), .max] {
            let bytes = file(Self.sound, data: data, headerLength: length)
            #expect(encoderError { try open(bytes) { _ in } } != nil, "\(length)")
        }
        let sound = file(Self.sound, data: data)
        for count in 0..<sound.count {
            #expect(encoderError { try open(Array(sound.prefix(count))) { _ in } } != nil, "\(count)")
        }
        #expect(encoderError { try open(sound + [0]) { _ in } } != nil)
    }

    @Test("any bytes give a file or one of our errors")
    func fuzz() throws {
        var random = SplitMix64(seed: 3)
        let sound = file(Self.sound, data: [UInt8](repeating: 1, count: 12))
        try withTemporaryFolder { folder in
            let url = folder.appendingPathComponent("model.safetensors")
            for round in 0..<1500 {
                var bytes = sound
                if round % 3 == 0 {
                    bytes = (0..<Int.random(in: 0..<200, using: &random)).map { _ in
                        UInt8.random(in: 0...255, using: &random)
                    }
                    if round % 2 == 0, bytes.count > 8 {
                        bytes.replaceSubrange(1..<8, with: repeatElement(0, count: 7))
                    }
                } else {
                    for _ in 0..<Int.random(in: 1...4, using: &random) {
                        bytes[Int.random(in: 0..<bytes.count, using: &random)] = UInt8.random(
                            in: 0...255, using: &random)
                    }
                }
                try Data(bytes).write(to: url)
                do {
                    let opened = try SafetensorsFile(contentsOf: url)
                    for tensor in opened.tensors.values {
                        opened.withUnsafeBytes(of: tensor) { #expect($0.count == tensor.byteRange.count) }
                        _ = try? FloatTensor(opened, tensor)
                    }
                } catch {
                    #expect(error is EncoderError)
                }
            }
        }
    }

    @Test("all 65,536 half-precision numbers are converted exactly")
    func halfPrecision() {
        for bits in UInt16.min...UInt16.max {
            let ours = Float(halfBits: bits)
            let sign: Float = bits & 0x8000 == 0 ? 1 : -1
            let exponent = Int(bits >> 10 & 31)
            let fraction = Float(bits & 0x3FF)
            if exponent == 31 {
                #expect(fraction == 0 ? ours == sign * .infinity : ours.isNaN)
            } else {
                let magnitude =
                    exponent == 0
                    ? fraction * 0x1p-24 : Float(sign: .plus, exponent: exponent - 15, significand: 1 + fraction / 1024)
                #expect(ours == sign * magnitude && (ours.sign == .minus) == (sign < 0))
            }
            let brain = Float(bfloat16Bits: bits)
            #expect(brain.bitPattern == UInt32(bits) << 16)
        }
    }

    @Test("8-bit floating point numbers are converted exactly")
    func eightBits() {
        // The ends of each range and a few between, from the tables of the format (arXiv 2209.05433).
        let known: [(UInt8, Float)] = [
            (0, 0), (1, 0x1p-9), (7, 0.875 * 0x1p-6), (8, 0x1p-6), (0x38, 1), (0x39, 1.125), (0x7E, 448),
            (0x81, -0x1p-9), (0xFE, -448),
        ]
        for (bits, value) in known { #expect(Float(e4m3Bits: bits) == value) }
        #expect(Float(e4m3Bits: 0x7F).isNaN && Float(e4m3Bits: 0xFF).isNaN)
        #expect(Float(e4m3Bits: 0x80).sign == .minus)
        let knownWide: [(UInt8, Float)] = [
            (0, 0), (1, 0x1p-16), (4, 0x1p-14), (0x3C, 1), (0x7B, 57344), (0x7C, .infinity), (0xBD, -1.25),
        ]
        for (bits, value) in knownWide { #expect(Float(e5m2Bits: bits) == value) }
        #expect(Float(e5m2Bits: 0x7D).isNaN)
    }

    @Test("all types that weights come in, and scales")
    func conversion() throws {
        let header =
            #"{"d":{"dtype":"F64","shape":[1,2],"data_offsets":[0,16]},"#
            + #""scales":{"dtype":"F32","shape":[1],"data_offsets":[16,20]},"#
            + #""x.scales":{"dtype":"F32","shape":[2,1],"data_offsets":[20,28]},"#
            + #""x":{"dtype":"I8","shape":[2,2],"data_offsets":[28,32]},"#
            + #""y":{"dtype":"I8","shape":[2,1],"data_offsets":[32,34]},"#
            + #""e":{"dtype":"F8_E4M3","shape":[1,2],"data_offsets":[34,36]},"#
            + #""f":{"dtype":"F8_E5M2","shape":[1,2],"data_offsets":[36,38]},"#
            + #""u":{"dtype":"U8","shape":[2],"data_offsets":[38,40]}}"#
        let doubles: [Double] = [0.1, -3]
        let data =
            doubles.flatMap { value in
                (0..<8).map { UInt8(truncatingIfNeeded: value.bitPattern >> UInt64($0 * 8)) }
            } + bytes([3, 0.5, 2]) + [1, 0x80, 0x7F, 0xFF, 5, 0xFB, 0x39, 0xFE, 0x3C, 0xBD, 1, 2]
        try open(file(header, data: data)) { (file: SafetensorsFile) throws in
            func values(_ name: String) throws -> [Float] {
                try FloatTensor(file, file.tensor(name)).values
            }
            #expect(try values("d") == [0.1, -3])
            #expect(try values("x") == [0.5, -64, 254, -2])
            #expect(try values("y") == [15, -15])
            #expect(try values("e") == [1.125, -448])
            #expect(try values("f") == [1, -1.25])
            guard case .mismatchedTensor = encoderError({ _ = try values("u") }) else {
                throw CocoaError(.featureUnsupported)
            }
        }
    }
}
