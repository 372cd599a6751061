import CKernels
import Testing

@Suite("Checksums")
struct ChecksumKernelTests {
    @Test("CRC-32C of known texts (RFC 3720, B.4)")
    func crcVectors() {
        func crc(_ bytes: [UInt8]) -> UInt32 { fp_crc32c(0, bytes, bytes.count) }
        #expect(crc(Array("123456789".utf8)) == 0xe306_9283)
        #expect(crc([]) == 0)
        #expect(crc([UInt8](repeating: 0, count: 32)) == 0x8a91_36aa)
        #expect(crc([UInt8](repeating: 0xff, count: 32)) == 0x62a8_ab43)
        #expect(crc((0..<32).map { UInt8($0) }) == 0x46dd_794e)
        #expect(crc((0..<32).map { UInt8(31 - $0) }) == 0x113f_db5c)
    }

    /// Bit by bit, as the definition has it.
    private static func plain(_ bytes: ArraySlice<UInt8>) -> UInt32 {
        var crc = ~UInt32(0)
        for byte in bytes {
            crc ^= UInt32(byte)
            for _ in 0..<8 { crc = crc & 1 == 1 ? (crc >> 1) ^ 0x82f6_3b78 : crc >> 1 }
        }
        return ~crc
    }

    @Test("CRC-32C agrees with the definition, in one piece and in several")
    func crcSplits() {
        var random = SplitMix64(seed: 9)
        let bytes = (0..<40_000).map { _ in UInt8(truncatingIfNeeded: random.next()) }
        // Every length through the first two block sizes, then some through the longest.
        let sizes = Array(0...900) + (0..<20).map { _ in Int.random(in: 900...30_000, using: &random) }
        bytes.withUnsafeBufferPointer { buffer in
            guard let start = buffer.baseAddress else { return }
            for n in sizes {
                let from = n % 13
                let whole = fp_crc32c(0, start + from, n)
                #expect(whole == Self.plain(bytes[from..<(from + n)]), "n \(n)")
                #expect(whole == fp_crc32c_portable(0, start + from, n), "n \(n)")
                var (crc, position) = (UInt32(0), 0)
                while position < n {
                    let step = Int.random(in: 1...(n - position), using: &random)
                    crc = fp_crc32c(crc, start + from + position, step)
                    position += step
                }
                #expect(crc == whole, "n \(n)")
            }
        }
    }

    private typealias Blocks = (UnsafeMutablePointer<UInt32>?, UnsafePointer<UInt8>?, Int) -> Void

    private static func sha256(_ message: [UInt8], _ compress: Blocks) -> String {
        var state: [UInt32] = [
            0x6a09_e667, 0xbb67_ae85, 0x3c6e_f372, 0xa54f_f53a, 0x510e_527f, 0x9b05_688c, 0x1f83_d9ab, 0x5be0_cd19,
        ]
        var padded = message + [0x80]
        while padded.count % 64 != 56 { padded.append(0) }
        for shift in stride(from: 56, through: 0, by: -8) {
            padded.append(UInt8(truncatingIfNeeded: (message.count * 8) >> shift))
        }
        compress(&state, padded, padded.count / 64)
        return state.map { word in
            let digits = String(word, radix: 16)
            return String(repeating: "0", count: 8 - digits.count) + digits
        }.joined()
    }

    @Test("SHA-256 of the examples of FIPS 180")
    func shaVectors() {
        let examples: [(message: [UInt8], digest: String)] = [
            ([], "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
            (Array("abc".utf8), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
            (
                Array("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq".utf8),
                "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
            ),
            (
                [UInt8](repeating: 0x61, count: 1_000_000),
                "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0"
            ),
        ]
        for example in examples {
            #expect(Self.sha256(example.message) { fp_sha256_blocks($0, $1, $2) } == example.digest)
            #expect(Self.sha256(example.message) { fp_sha256_blocks_portable($0, $1, $2) } == example.digest)
        }
    }

    @Test("The CPU's SHA-256 and the plain one agree on random blocks and states")
    func shaRandom() {
        var random = SplitMix64(seed: 10)
        let bytes = (0..<(70 * 64 + 7)).map { _ in UInt8(truncatingIfNeeded: random.next()) }
        bytes.withUnsafeBufferPointer { bytes in
            guard let start = bytes.baseAddress else { return }
            for blocks in 0...70 {
                var state = (0..<8).map { _ in UInt32(truncatingIfNeeded: random.next()) }
                var other = state
                fp_sha256_blocks(&state, start + blocks % 7, blocks)
                fp_sha256_blocks_portable(&other, start + blocks % 7, blocks)
                #expect(state == other, "\(blocks) blocks")
            }
        }
    }
}
