// CRC-32C (RFC 3720, appendix B.4) and the SHA-256 compression function (FIPS 180-4).
#include "internal.h"

// --- CRC-32C -------------------------------------------------------------------------------------------------------


static uint32_t crc_of_byte(uint32_t crc) {
    for (int bit = 0; bit < 8; bit++) crc = (crc >> 1) ^ (0x82f63b78u & (0u - (crc & 1)));
    return crc;
}

uint32_t fp_crc32c(uint32_t crc, const void *bytes, size_t n) {
    const uint8_t *p = bytes;
    crc = ~crc;
    for (size_t i = 0; i < n; i++) crc = (crc >> 8) ^ crc_of_byte((crc ^ p[i]) & 0xff);
    return ~crc;
}

// --- SHA-256 -------------------------------------------------------------------------------------------------------

static const uint32_t sha_constants[64] = {
    0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
    0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
    0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
    0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
    0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
    0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
    0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
    0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2,
};

FP_INLINE uint32_t rotate(uint32_t x, int by) { return x >> by | x << (32 - by); }

static void sha256_portable(uint32_t state[8], const uint8_t *bytes, size_t blocks) {
    for (; blocks > 0; blocks--, bytes += 64) {
        uint32_t w[64], s[8];
        for (int i = 0; i < 16; i++) {
            uint32_t word;
            memcpy(&word, bytes + 4 * i, sizeof word);
#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
            word = __builtin_bswap32(word);
#endif
            w[i] = word;
        }
        for (int i = 16; i < 64; i++) {
            uint32_t x = w[i - 15], y = w[i - 2];
            w[i] = w[i - 16] + w[i - 7] + (rotate(x, 7) ^ rotate(x, 18) ^ x >> 3) +
                   (rotate(y, 17) ^ rotate(y, 19) ^ y >> 10);
        }
        memcpy(s, state, sizeof s);
        for (int i = 0; i < 64; i++) {
            uint32_t a = s[0], e = s[4];
            uint32_t t1 = s[7] + (rotate(e, 6) ^ rotate(e, 11) ^ rotate(e, 25)) + ((e & s[5]) ^ (~e & s[6])) +
                          sha_constants[i] + w[i];
            uint32_t t2 = (rotate(a, 2) ^ rotate(a, 13) ^ rotate(a, 22)) + ((a & s[1]) ^ (a & s[2]) ^ (s[1] & s[2]));
            s[7] = s[6], s[6] = s[5], s[5] = e, s[4] = s[3] + t1;
            s[3] = s[2], s[2] = s[1], s[1] = a, s[0] = t1 + t2;
        }
        for (int i = 0; i < 8; i++) state[i] += s[i];
    }
}

void fp_sha256_blocks(uint32_t state[8], const uint8_t *bytes, size_t blocks) {
    sha256_portable(state, bytes, blocks);
}

// --- Ids -----------------------------------------------------------------------------------------------------------

uint32_t fp_max_u32(const uint32_t *ids, size_t n, uint32_t ignored) {
    uint32_t largest = 0;
    for (size_t i = 0; i < n; i++) {
        uint32_t id = ids[i] == ignored ? 0 : ids[i];
        largest = id > largest ? id : largest;
    }
    return largest;
}
