// Panels of neighbours with AVX-512: VPSHUFB looks up 64 codewords at a time, four groups of the panel.
#include "lanes.h"

#if FP_X86
#include <immintrin.h>

#define TARGET __attribute__((target("avx512f,avx512bw,avx512vl,avx512vnni,fma")))
#define GRAPH fp_graph_avx512
#define INSERT insert_avx512
#define FIND_ABOVE find_above_avx512

/// Sums over the four groups of a register; the bytes at even places come as they were added up together with the odd
/// ones' 256-fold, which is taken off again.
TARGET FP_INLINE void store_sums(__m512i both, __m512i odd, uint16_t *out) {
    const __m512i even = _mm512_sub_epi16(both, _mm512_slli_epi16(odd, 8));
    // Neighbours in order within each of the four groups, then the groups added up.
    const __m512i front = _mm512_unpacklo_epi16(even, odd), back = _mm512_unpackhi_epi16(even, odd);
    const __m256i f = _mm256_add_epi16(_mm512_castsi512_si256(front), _mm512_extracti64x4_epi64(front, 1));
    const __m256i b = _mm256_add_epi16(_mm512_castsi512_si256(back), _mm512_extracti64x4_epi64(back, 1));
    const __m256i first = _mm256_permute2x128_si256(f, b, 0x20), second = _mm256_permute2x128_si256(f, b, 0x31);
    _mm256_storeu_si256((__m256i *)out, _mm256_add_epi16(first, second));
}

typedef struct {
    __m512i low, low_odd, high, high_odd;
} panel_totals;

TARGET FP_INLINE void add_line(panel_totals *totals, const uint8_t *table, const uint8_t *codes) {
    const __m512i low_half = _mm512_set1_epi8(15);
    const __m512i entries = _mm512_loadu_si512(table), pairs = _mm512_loadu_si512(codes);
    const __m512i l = _mm512_shuffle_epi8(entries, _mm512_and_si512(pairs, low_half));
    const __m512i h = _mm512_shuffle_epi8(entries, _mm512_and_si512(_mm512_srli_epi16(pairs, 4), low_half));
    totals->low = _mm512_add_epi16(totals->low, l);
    totals->low_odd = _mm512_add_epi16(totals->low_odd, _mm512_srli_epi16(l, 8));
    totals->high = _mm512_add_epi16(totals->high, h);
    totals->high_odd = _mm512_add_epi16(totals->high_odd, _mm512_srli_epi16(h, 8));
}

TARGET FP_INLINE void panel_sums(const uint8_t *table, const uint8_t *codes, size_t groups, const char *next,
                                 size_t next_lines, uint16_t sums[FP_PANEL_WIDTH]) {
    panel_totals totals = {_mm512_setzero_si512(), _mm512_setzero_si512(), _mm512_setzero_si512(),
                           _mm512_setzero_si512()};
    const size_t lines = groups / 4, single = next_lines < lines ? next_lines : lines;
    // Lines that are asked for two at a time, one at a time, and those for which there is nothing left to ask.
    const size_t twice = next_lines - single < lines ? next_lines - single : lines;
    size_t line = 0;
    for (; line < twice; line++, next += 128) {
        __builtin_prefetch(next, 0, 3);
        __builtin_prefetch(next + 64, 0, 3);
        add_line(&totals, table + line * 64, codes + line * 64);
    }
    for (; line < single; line++, next += 64) {
        __builtin_prefetch(next, 0, 3);
        add_line(&totals, table + line * 64, codes + line * 64);
    }
    for (; line < lines; line++) add_line(&totals, table + line * 64, codes + line * 64);
    store_sums(totals.low, totals.low_odd, sums);
    store_sums(totals.high, totals.high_odd, sums + LANES);
}

TARGET FP_INLINE uint32_t above_bits(f32x16 scores, float threshold) {
    return _mm512_cmp_ps_mask((__m512)scores, _mm512_set1_ps(threshold), _CMP_GT_OQ);
}

TARGET FP_INLINE int first_equal(f32x16 lanes, float value) {
    const uint32_t equal = _mm512_cmp_ps_mask((__m512)lanes, _mm512_set1_ps(value), _CMP_EQ_OQ);
    return __builtin_ctz(equal | 1u << (LANES - 1));
}

#define FIRST_EQUAL first_equal

/// No branch depends on where the key goes within its sixteen.
TARGET static size_t insert_avx512(float *keys, uint32_t *ids, size_t count, size_t capacity, float key,
                                   uint32_t id) {
    const __m512 x = _mm512_set1_ps(key);
    size_t block = 0, place = 0;
    for (;; block += LANES) {
        const uint32_t before = (uint32_t)__builtin_popcount(
            _mm512_cmp_ps_mask(_mm512_loadu_ps(keys + block), x, _CMP_GE_OQ));
        place = block + before;
        if (before < LANES) break;
    }
    // The last place that receives a neighbour's.
    const size_t last = count < capacity ? count : capacity - 1;
    for (size_t i = last / LANES * LANES; i > block; i -= LANES) {
        const __m512 k = _mm512_loadu_ps(keys + i - 1);
        const __m512i d = _mm512_loadu_si512(ids + i - 1);
        _mm512_storeu_ps(keys + i, k);
        _mm512_storeu_si512(ids + i, d);
    }
    const __m512i shifted = _mm512_set_epi32(14, 13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1, 0, 0);
    const __mmask16 moved = (__mmask16)(0xffffu << (place - block)), own = (__mmask16)(1u << (place - block));
    __m512 k = _mm512_loadu_ps(keys + block);
    __m512i d = _mm512_loadu_si512(ids + block);
    k = _mm512_mask_mov_ps(_mm512_mask_permutexvar_ps(k, moved, shifted, k), own, x);
    d = _mm512_mask_mov_epi32(_mm512_mask_permutexvar_epi32(d, moved, shifted, d), own, _mm512_set1_epi32((int)id));
    _mm512_storeu_ps(keys + block, k);
    _mm512_storeu_si512(ids + block, d);
    // What fell out must not be found again.
    keys[capacity] = -INFINITY;
    return place;
}

TARGET static size_t find_above_avx512(const float *values, size_t n, float threshold, uint32_t *places) {
    const __m512 bound = _mm512_set1_ps(threshold);
    const __m512i lanes = _mm512_set_epi32(15, 14, 13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1, 0);
    size_t count = 0;
    for (size_t i = 0; i < n; i += LANES) {
        const __mmask16 valid = n - i >= LANES ? (__mmask16)0xffff : (__mmask16)((1u << (n - i)) - 1);
        const __mmask16 above =
            _mm512_mask_cmp_ps_mask(valid, _mm512_maskz_loadu_ps(valid, values + i), bound, _CMP_GT_OQ);
        if (above == 0) continue;
        const __m512i found = _mm512_add_epi32(lanes, _mm512_set1_epi32((int)i));
        _mm512_storeu_si512(places + count, _mm512_maskz_compress_epi32(above, found));
        count += (size_t)__builtin_popcount(above);
    }
    return count;
}

#include "graph.h"
#endif
