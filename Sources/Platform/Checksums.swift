import CKernels

/// CRC-32C, the checksum of archives: it finds torn and flipped bytes, not malice.
package enum CRC32C {
    package static func checksum(_ bytes: UnsafeRawBufferPointer, continuing crc: UInt32 = 0) -> UInt32 {
        fp_crc32c(crc, bytes.baseAddress, bytes.count)
    }
}

/// SHA-256 (FIPS 180-4): the identity of weights and of contents.
package struct SHA256: Sendable {
    private var state: [UInt32] = [
        0x6a09_e667, 0xbb67_ae85, 0x3c6e_f372, 0xa54f_f53a, 0x510e_527f, 0x9b05_688c, 0x1f83_d9ab, 0x5be0_cd19,
    ]
    private var pending: [UInt8] = []
    private var length: UInt64 = 0

    package init() {}

    package mutating func update(_ bytes: UnsafeRawBufferPointer) {
        length &+= UInt64(bytes.count)
        var rest = bytes[...]
        if !pending.isEmpty {
            let taken = min(64 - pending.count, rest.count)
            pending.append(contentsOf: rest.prefix(taken))
            rest = rest.dropFirst(taken)
            guard pending.count == 64 else { return }
            pending.withUnsafeBufferPointer { fp_sha256_blocks(&state, $0.baseAddress, 1) }
            pending.removeAll(keepingCapacity: true)
        }
        let blocks = rest.count / 64
        if blocks > 0 {
            let whole = UnsafeRawBufferPointer(rebasing: rest.prefix(blocks * 64))
            fp_sha256_blocks(&state, whole.baseAddress?.assumingMemoryBound(to: UInt8.self), blocks)
        }
        pending.append(contentsOf: rest.dropFirst(blocks * 64))
    }

    package mutating func update(_ text: String) {
        var text = text
        text.withUTF8 { update(UnsafeRawBufferPointer($0)) }
    }

    /// The 32 bytes of the digest of all that was given.
    package consuming func finalize() -> [UInt8] {
        let bits = length &* 8
        var tail = pending
        tail.append(0x80)
        while tail.count % 64 != 56 { tail.append(0) }
        for shift in stride(from: 56, through: 0, by: -8) {
            tail.append(UInt8(truncatingIfNeeded: bits >> UInt64(shift)))
        }
        tail.withUnsafeBufferPointer { fp_sha256_blocks(&state, $0.baseAddress, tail.count / 64) }
        return state.flatMap { word in (0..<4).map { UInt8(truncatingIfNeeded: word >> UInt32(24 - 8 * $0)) } }
    }

    /// Lower-case hexadecimal digest, 64 characters.
    package static func hexadecimal(of bytes: UnsafeRawBufferPointer) -> String {
        var hash = SHA256()
        hash.update(bytes)
        return hexadecimal(hash.finalize())
    }

    /// Lower-case hexadecimal digest of the text's UTF-8.
    package static func hexadecimal(of text: String) -> String {
        var hash = SHA256()
        hash.update(text)
        return hexadecimal(hash.finalize())
    }

    package static func hexadecimal(_ digest: [UInt8]) -> String {
        let digits = Array("0123456789abcdef".utf8)
        return String(decoding: digest.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
    }
}
