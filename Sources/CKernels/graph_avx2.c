// Panels of neighbours with AVX2: VPSHUFB looks up 32 codewords at a time, two groups of the panel.
#include "lanes.h"

#if FP_X86
#include <immintrin.h>

#define TARGET __attribute__((target("avx2,fma")))
#define GRAPH fp_graph_avx2

/// Adds a register of bytes, of which even and odd ones are summed apart in 16 bits.
TARGET FP_INLINE void add_bytes(__m256i sums[2], __m256i bytes) {
    sums[0] = _mm256_add_epi16(sums[0], _mm256_and_si256(bytes, _mm256_set1_epi16(0xff)));
    sums[1] = _mm256_add_epi16(sums[1], _mm256_srli_epi16(bytes, 8));
}

TARGET FP_INLINE void store_sums(const __m256i sums[2], uint16_t *out) {
    const __m128i even = _mm_add_epi16(_mm256_castsi256_si128(sums[0]), _mm256_extracti128_si256(sums[0], 1));
    const __m128i odd = _mm_add_epi16(_mm256_castsi256_si128(sums[1]), _mm256_extracti128_si256(sums[1], 1));
    _mm_storeu_si128((__m128i *)out, _mm_unpacklo_epi16(even, odd));
    _mm_storeu_si128((__m128i *)(out + 8), _mm_unpackhi_epi16(even, odd));
}

TARGET FP_INLINE void panel_sums(const uint8_t *table, const uint8_t *codes, size_t groups, const char *next,
                                 size_t next_lines, uint16_t sums[FP_PANEL_WIDTH]) {
    const __m256i low_half = _mm256_set1_epi8(15);
    __m256i low[2] = {_mm256_setzero_si256(), _mm256_setzero_si256()}, high[2] = {low[0], low[0]};
    const size_t lines = groups / 4, steps = (next_lines + lines - 1) / lines;
    size_t asked = 0;
    for (size_t g = 0; g < groups; g += 2, table += 32, codes += 32) {
        if (g % 4 == 0) {
            for (size_t end = asked + steps; asked < end && asked < next_lines; asked++) {
                __builtin_prefetch(next + asked * 64, 0, 3);
            }
        }
        const __m256i entries = _mm256_loadu_si256((const __m256i *)table);
        const __m256i pairs = _mm256_loadu_si256((const __m256i *)codes);
        add_bytes(low, _mm256_shuffle_epi8(entries, _mm256_and_si256(pairs, low_half)));
        add_bytes(high, _mm256_shuffle_epi8(entries, _mm256_and_si256(_mm256_srli_epi16(pairs, 4), low_half)));
    }
    store_sums(low, sums);
    store_sums(high, sums + LANES);
}

TARGET FP_INLINE uint32_t lane_bits(i32x16 lanes) {
    __m256 halves[2];
    memcpy(halves, &lanes, sizeof halves);
    return (uint32_t)_mm256_movemask_ps(halves[0]) | (uint32_t)_mm256_movemask_ps(halves[1]) << 8;
}

#define above_bits(scores, threshold) lane_bits((scores) > (f32x16)(threshold))
#define FIRST_EQUAL(lanes, value) __builtin_ctz(lane_bits((lanes) == (f32x16)(value)) | 1u << (LANES - 1))
#include "graph.h"
#endif
