import Testing

@testable import Platform

@Suite("SHA-256")
struct SHA256Tests {
    @Test(
        "The digests that FIPS 180-4 and its examples give",
        arguments: [
            ("", 1, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
            ("abc", 1, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
            (
                "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq", 1,
                "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
            ),
            ("a", 1_000_000, "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0"),
        ])
    func knownDigests(text: String, times: Int, digest: String) {
        let text = String(repeating: text, count: times)
        #expect(SHA256.hexadecimal(of: text) == digest)
        #expect(Array(text.utf8).withUnsafeBytes(SHA256.hexadecimal(of:)) == digest)
    }

    @Test("Every length from 0 to 299, against the digest of their digests from Python's hashlib")
    func everyLength() {
        var digests = SHA256()
        for length in 0..<300 {
            let message = (0..<length).map { UInt8(truncatingIfNeeded: $0 * 7 + 3) }
            var hash = SHA256()
            message.withUnsafeBytes { hash.update($0) }
            hash.finalize().withUnsafeBytes { digests.update($0) }
        }
        #expect(
            SHA256.hexadecimal(digests.finalize()) == "7b074096cabb18dd0d1b468a173cb2f97f80e952525bca29542e606fd6d0753a"
        )
    }

    @Test("A message in random pieces has the digest of the whole")
    func randomSplits() {
        var random = SplitMix64(seed: 3)
        for _ in 0..<200 {
            let message = random.bytes(Int.random(in: 0...1_500, using: &random))
            var hash = SHA256()
            var rest = message[...]
            while !rest.isEmpty {
                let piece = rest.prefix(Int.random(in: 0...200, using: &random))
                piece.withUnsafeBytes { hash.update($0) }
                rest = rest.dropFirst(piece.count)
            }
            #expect(SHA256.hexadecimal(hash.finalize()) == message.withUnsafeBytes(SHA256.hexadecimal(of:)))
        }
    }
}

@Suite("CRC-32C")
struct CRC32CTests {
    private func checksum(_ bytes: [UInt8]) -> UInt32 { bytes.withUnsafeBytes { CRC32C.checksum($0) } }

    @Test("The check value of the catalogue and the examples of RFC 3720, B.4")
    func knownValues() {
        #expect(checksum([]) == 0)
        #expect(checksum(Array("123456789".utf8)) == 0xe306_9283)
        #expect(checksum([UInt8](repeating: 0, count: 32)) == 0x8a91_36aa)
        #expect(checksum([UInt8](repeating: 0xff, count: 32)) == 0x62a8_ab43)
        #expect(checksum(Array(0..<32)) == 0x46dd_794e)
        #expect(checksum((0..<32).reversed()) == 0x113f_db5c)
    }

    @Test("A message in two pieces has the checksum of the whole")
    func continuing() {
        var random = SplitMix64(seed: 5)
        for _ in 0..<300 {
            let message = random.bytes(Int.random(in: 0...900, using: &random))
            let cut = Int.random(in: 0...message.count, using: &random)
            let first = checksum(Array(message[..<cut]))
            let both = message[cut...].withUnsafeBytes { CRC32C.checksum($0, continuing: first) }
            #expect(both == checksum(message))
        }
    }

    @Test("One flipped bit, anywhere, changes it")
    func flippedBits() {
        var random = SplitMix64(seed: 6)
        var message = random.bytes(150)
        let whole = checksum(message)
        for bit in 0..<(message.count * 8) {
            message[bit / 8] ^= 1 << (bit % 8)
            #expect(checksum(message) != whole)
            message[bit / 8] ^= 1 << (bit % 8)
        }
    }
}
