/// What the numbers of a tensor are, by the names the safetensors format uses.
public enum ElementType: String, Sendable, Hashable, CaseIterable {
    case float64 = "F64"
    case float32 = "F32"
    case float16 = "F16"
    case bfloat16 = "BF16"
    /// 4 exponent and 3 fraction bits, no infinities.
    case float8E4M3 = "F8_E4M3"
    /// 5 exponent and 2 fraction bits: the upper half of a half.
    case float8E5M2 = "F8_E5M2"
    case int64 = "I64"
    case int32 = "I32"
    case int16 = "I16"
    case int8 = "I8"
    case uint64 = "U64"
    case uint32 = "U32"
    case uint16 = "U16"
    case uint8 = "U8"
    case boolean = "BOOL"

    /// Bytes in one number.
    public var size: Int {
        switch self {
        case .float64, .int64, .uint64: 8
        case .float32, .int32, .uint32: 4
        case .float16, .bfloat16, .int16, .uint16: 2
        case .int8, .uint8, .boolean, .float8E4M3, .float8E5M2: 1
        }
    }
}

extension Float {
    /// The value of an IEEE 754 half-precision number. (`Float16` does not exist on every platform.)
    @inline(__always)
    init(halfBits bits: UInt16) {
        let magnitude = UInt32(bits & 0x7FFF)
        // Shifted into place, the exponent is 112 too small; a product puts that right and is exact for subnormals.
        let scaled = Float(bitPattern: magnitude << 13) * Float(bitPattern: 0x7780_0000)
        let special: UInt32 = magnitude >= 0x7C00 ? 0x7F80_0000 : 0
        self.init(bitPattern: scaled.bitPattern | special | UInt32(bits & 0x8000) << 16)
    }

    /// The value of an 8-bit number of 4 exponent and 3 fraction bits, bias 7, of which all ones is not a number.
    @inline(__always)
    init(e4m3Bits bits: UInt8) {
        let magnitude = UInt32(bits & 0x7F)
        let scaled = Float(bitPattern: magnitude << 20) * 0x1p120
        let special: UInt32 = magnitude == 0x7F ? 0x7FC0_0000 : 0
        self.init(bitPattern: scaled.bitPattern | special | UInt32(bits & 0x80) << 24)
    }

    /// The value of an 8-bit number of 5 exponent and 2 fraction bits: the upper half of a half.
    @inline(__always)
    init(e5m2Bits bits: UInt8) {
        self.init(halfBits: UInt16(bits) << 8)
    }

    /// The value of a bfloat16 number: the upper half of a `Float`.
    @inline(__always)
    init(bfloat16Bits bits: UInt16) {
        self.init(bitPattern: UInt32(bits) << 16)
    }
}
