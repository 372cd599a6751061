// CRC-32C (Castagnoli; RFC 3720, appendix B.4).
#include "features.h"

#include <pthread.h>

static uint32_t crc_of_byte(uint32_t crc) {
    for (int bit = 0; bit < 8; bit++) crc = (crc >> 1) ^ (0x82f63b78u & (0u - (crc & 1)));
    return crc;
}

/// tables[k][b]: what byte b followed by k zero bytes makes of a checksum of zero.
static uint32_t tables[8][256];

static void make_tables(void) {
    for (uint32_t b = 0; b < 256; b++) tables[0][b] = crc_of_byte(b);
    for (int k = 1; k < 8; k++) {
        for (uint32_t b = 0; b < 256; b++) {
            tables[k][b] = (tables[k - 1][b] >> 8) ^ tables[0][tables[k - 1][b] & 0xff];
        }
    }
}

/// Eight bytes per step by table ("slicing by 8", Kounavis and Berry 2005).
uint32_t fp_crc32c_portable(uint32_t crc, const void *bytes, size_t n) {
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    pthread_once(&once, make_tables);
    const uint8_t *p = bytes;
    crc = ~crc;
    for (; n >= 8; n -= 8, p += 8) {
        crc = tables[7][(crc ^ p[0]) & 0xff] ^ tables[6][(crc >> 8 ^ p[1]) & 0xff] ^
              tables[5][(crc >> 16 ^ p[2]) & 0xff] ^ tables[4][(crc >> 24 ^ p[3]) & 0xff] ^ tables[3][p[4]] ^
              tables[2][p[5]] ^ tables[1][p[6]] ^ tables[0][p[7]];
    }
    for (; n > 0; n--) crc = crc >> 8 ^ tables[0][(crc ^ *p++) & 0xff];
    return ~crc;
}

#if FP_X86 || FP_ARM64
// The CPU's instruction takes three cycles and one starts in each, so three streams run side by side: the checksums of
// three neighbouring stretches A, B, C are joined as A x^(16 L) + B x^(8 L) + C modulo the polynomial, L being the
// bytes of a stretch. One carry-less product with x^(8 L k - 33) and one more step of the instruction, which itself
// multiplies by x^32 (the bit order supplies the last x), shift a checksum by k stretches (Gopal et al., "Fast CRC
// Computation for iSCSI Polynomial Using CRC32 Instruction", Intel 2011).

#if FP_X86
#include <immintrin.h>
#define TARGET_CRC __attribute__((target("sse4.2,pclmul")))
TARGET_CRC FP_INLINE uint64_t step8(uint64_t crc, uint64_t word) { return _mm_crc32_u64(crc, word); }
TARGET_CRC FP_INLINE uint32_t step1(uint32_t crc, uint8_t byte) { return _mm_crc32_u8(crc, byte); }
TARGET_CRC FP_INLINE uint64_t product(uint32_t a, uint32_t b) {
    __m128i wide = _mm_clmulepi64_si128(_mm_cvtsi32_si128((int)a), _mm_cvtsi32_si128((int)b), 0);
    return (uint64_t)_mm_cvtsi128_si64(wide);
}
#else
#include <arm_acle.h>
#include <arm_neon.h>
#define TARGET_CRC __attribute__((target("crc,aes")))
TARGET_CRC FP_INLINE uint64_t step8(uint64_t crc, uint64_t word) { return __crc32cd((uint32_t)crc, word); }
TARGET_CRC FP_INLINE uint32_t step1(uint32_t crc, uint8_t byte) { return __crc32cb(crc, byte); }
TARGET_CRC FP_INLINE uint64_t product(uint32_t a, uint32_t b) { return (uint64_t)vmull_p64(a, b); }
#endif

FP_INLINE uint64_t word_at(const uint8_t *p) {
    uint64_t word;
    memcpy(&word, p, sizeof word);
    return word;
}

/// One round over 3 stretches of `length` bytes each.
TARGET_CRC FP_INLINE uint32_t crc_of_three(uint32_t crc, const uint8_t *p, size_t length, uint32_t by_one,
                                           uint32_t by_two) {
    uint64_t a = crc, b = 0, c = 0;
    for (size_t i = 0; i < length; i += 8) {
        a = step8(a, word_at(p + i));
        b = step8(b, word_at(p + length + i));
        c = step8(c, word_at(p + 2 * length + i));
    }
    uint64_t shifted = product((uint32_t)a, by_two) ^ product((uint32_t)b, by_one);
    return (uint32_t)(step8(0, shifted) ^ c);
}

TARGET_CRC static uint32_t crc32c_accelerated(uint32_t crc, const void *bytes, size_t n) {
    enum { long_stretch = 2048, middle_stretch = 256, short_stretch = 64 };
    const uint8_t *p = bytes;
    crc = ~crc;
    for (; n >= 3 * long_stretch; n -= 3 * long_stretch, p += 3 * long_stretch) {
        crc = crc_of_three(crc, p, long_stretch, 0xa51b6135, 0x82f89c77);
    }
    for (; n >= 3 * middle_stretch; n -= 3 * middle_stretch, p += 3 * middle_stretch) {
        crc = crc_of_three(crc, p, middle_stretch, 0xb9e02b86, 0xdd7e3b0c);
    }
    for (; n >= 3 * short_stretch; n -= 3 * short_stretch, p += 3 * short_stretch) {
        crc = crc_of_three(crc, p, short_stretch, 0x9e4addf8, 0x0d3b6092);
    }
    for (; n >= 8; n -= 8, p += 8) crc = (uint32_t)step8(crc, word_at(p));
    for (; n > 0; n--) crc = step1(crc, *p++);
    return ~crc;
}
#endif

uint32_t fp_crc32c(uint32_t crc, const void *bytes, size_t n) {
#if FP_X86 || FP_ARM64
    if (fp_cpu_features() & FP_HAS_CRC32C) return crc32c_accelerated(crc, bytes, n);
#endif
    return fp_crc32c_portable(crc, bytes, n);
}
