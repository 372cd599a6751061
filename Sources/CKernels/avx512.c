// AVX-512 with VNNI: 16 floats or 64 bytes at a time.
#include "internal.h"

#if FP_X86
#include <immintrin.h>

#define TARGET __attribute__((target("avx512f,avx512bw,avx512vl,avx512vnni,fma")))
#define UNROLL _Pragma("clang loop unroll(full)")

enum {
    width = 16,         // floats in a register
    accumulators = 4,   // independent sums per row: a fused multiply-add takes four cycles and two start in each
    block = width * accumulators,
    tile = 4,           // rows that share each load of the query
};

TARGET FP_INLINE __mmask16 mask_of(size_t left) {
    return left >= width ? (__mmask16)0xffff : (__mmask16)((1u << left) - 1);
}

TARGET FP_INLINE __m128 quarter_sum(__m512 s) {
    __m256 half = _mm256_add_ps(_mm512_castps512_ps256(s),
                                _mm256_castpd_ps(_mm512_extractf64x4_pd(_mm512_castps_pd(s), 1)));
    return _mm_add_ps(_mm256_castps256_ps128(half), _mm256_extractf128_ps(half, 1));
}

/// A tree whose shape `horizontal_sums` repeats, so that a row scores the same alone and in a tile.
TARGET FP_INLINE float horizontal_sum(__m128 s) {
    __m128 pairs = _mm_add_ps(s, _mm_movehl_ps(s, s));
    return _mm_cvtss_f32(_mm_add_ss(pairs, _mm_movehdup_ps(pairs)));
}

TARGET FP_INLINE __m128 horizontal_sums(__m128 a, __m128 b, __m128 c, __m128 d) {
    _MM_TRANSPOSE4_PS(a, b, c, d);
    return _mm_add_ps(_mm_add_ps(a, c), _mm_add_ps(b, d));
}

TARGET FP_INLINE void dot_f32_tile(const float *query, int32_t unused, const float *const *rows, int count, size_t n,
                                   float *out) {
    (void)unused;
    __m512 sums[tile][accumulators];
    UNROLL for (int r = 0; r < count; r++) {
        UNROLL for (int j = 0; j < accumulators; j++) sums[r][j] = _mm512_setzero_ps();
    }
    size_t i = 0;
    for (; i + block <= n; i += block) {
        UNROLL for (int j = 0; j < accumulators; j++) {
            __m512 q = _mm512_loadu_ps(query + i + j * width);
            UNROLL for (int r = 0; r < count; r++) {
                sums[r][j] = _mm512_fmadd_ps(q, _mm512_loadu_ps(rows[r] + i + j * width), sums[r][j]);
            }
        }
    }
    if (i < n) {
        UNROLL for (int j = 0; j < accumulators; j++) {
            if (i < n) {
                __mmask16 mask = mask_of(n - i);
                __m512 q = _mm512_maskz_loadu_ps(mask, query + i);
                UNROLL for (int r = 0; r < count; r++) {
                    sums[r][j] = _mm512_fmadd_ps(q, _mm512_maskz_loadu_ps(mask, rows[r] + i), sums[r][j]);
                }
                i += width;
            }
        }
    }
    __m128 quarters[tile];
    UNROLL for (int r = 0; r < count; r++) {
        quarters[r] = quarter_sum(
            _mm512_add_ps(_mm512_add_ps(sums[r][0], sums[r][2]), _mm512_add_ps(sums[r][1], sums[r][3])));
    }
    if (count == tile) {
        _mm_storeu_ps(out, horizontal_sums(quarters[0], quarters[1], quarters[2], quarters[3]));
    } else {
        UNROLL for (int r = 0; r < count; r++) out[r] = horizontal_sum(quarters[r]);
    }
}

TARGET static float dot_f32(const float *a, const float *b, size_t n) {
    float result;
    dot_f32_tile(a, 0, &b, 1, n, &result);
    return result;
}

TARGET static float squared_l2_f32(const float *a, const float *b, size_t n) {
    __m512 sums[accumulators];
    UNROLL for (int j = 0; j < accumulators; j++) sums[j] = _mm512_setzero_ps();
    size_t i = 0;
    for (; i + block <= n; i += block) {
        UNROLL for (int j = 0; j < accumulators; j++) {
            __m512 d = _mm512_sub_ps(_mm512_loadu_ps(a + i + j * width), _mm512_loadu_ps(b + i + j * width));
            sums[j] = _mm512_fmadd_ps(d, d, sums[j]);
        }
    }
    UNROLL for (int j = 0; j < accumulators; j++) {
        if (i < n) {
            __mmask16 mask = mask_of(n - i);
            __m512 d = _mm512_sub_ps(_mm512_maskz_loadu_ps(mask, a + i), _mm512_maskz_loadu_ps(mask, b + i));
            sums[j] = _mm512_fmadd_ps(d, d, sums[j]);
            i += width;
        }
    }
    return horizontal_sum(
        quarter_sum(_mm512_add_ps(_mm512_add_ps(sums[0], sums[2]), _mm512_add_ps(sums[1], sums[3]))));
}

// VPDPBUSD multiplies unsigned by signed bytes and does not saturate. The row's bytes become unsigned by adding 128
// (flipping the top bit), which adds 128 * sum(query) to the result; that is subtracted once. All modulo 2^32.

TARGET FP_INLINE __m512i load_i8(const int8_t *p, size_t left) {
    return left >= 64 ? _mm512_loadu_si512(p) : _mm512_maskz_loadu_epi8((1ull << left) - 1, p);
}

TARGET FP_INLINE __m128i quarter_sum_i32(__m512i s) {
    __m256i half = _mm256_add_epi32(_mm512_castsi512_si256(s), _mm512_extracti64x4_epi64(s, 1));
    return _mm_add_epi32(_mm256_castsi256_si128(half), _mm256_extracti128_si256(half, 1));
}

TARGET FP_INLINE int32_t horizontal_sum_i32(__m128i s) {
    s = _mm_add_epi32(s, _mm_shuffle_epi32(s, 0x4e));
    return _mm_cvtsi128_si32(_mm_add_epi32(s, _mm_shuffle_epi32(s, 0xb1)));
}

/// What flipping the top bits of the rows adds to every dot product with `query`.
TARGET FP_INLINE int32_t offset_of(const int8_t *query, size_t n) {
    __m512i sum = _mm512_setzero_si512(), offsets = _mm512_set1_epi8((char)0x80);
    for (size_t i = 0; i < n; i += 64) sum = _mm512_dpbusd_epi32(sum, offsets, load_i8(query + i, n - i));
    return horizontal_sum_i32(quarter_sum_i32(sum));
}

TARGET FP_INLINE void dot_i8_tile(const int8_t *query, int32_t offset, const int8_t *const *rows, int count, size_t n,
                                  int32_t *out) {
    const __m512i flip = _mm512_set1_epi8((char)0x80);
    __m512i even[tile], odd[tile];
    UNROLL for (int r = 0; r < count; r++) even[r] = odd[r] = _mm512_setzero_si512();
    size_t i = 0;
    for (; i + 128 <= n; i += 128) {
        __m512i q0 = _mm512_loadu_si512(query + i), q1 = _mm512_loadu_si512(query + i + 64);
        UNROLL for (int r = 0; r < count; r++) {
            even[r] = _mm512_dpbusd_epi32(even[r], _mm512_xor_si512(_mm512_loadu_si512(rows[r] + i), flip), q0);
            odd[r] = _mm512_dpbusd_epi32(odd[r], _mm512_xor_si512(_mm512_loadu_si512(rows[r] + i + 64), flip), q1);
        }
    }
    for (; i < n; i += 64) {
        // Past the end the query is zero, so that what the flip makes of the row's zeros does not count.
        __m512i q = load_i8(query + i, n - i);
        UNROLL for (int r = 0; r < count; r++) {
            even[r] = _mm512_dpbusd_epi32(even[r], _mm512_xor_si512(load_i8(rows[r] + i, n - i), flip), q);
        }
    }
    __m128i quarters[tile];
    UNROLL for (int r = 0; r < count; r++) quarters[r] = quarter_sum_i32(_mm512_add_epi32(even[r], odd[r]));
    if (count == tile) {
        __m128i ab = _mm_hadd_epi32(quarters[0], quarters[1]), cd = _mm_hadd_epi32(quarters[2], quarters[3]);
        _mm_storeu_si128((__m128i *)out, _mm_sub_epi32(_mm_hadd_epi32(ab, cd), _mm_set1_epi32(offset)));
    } else {
        UNROLL for (int r = 0; r < count; r++) {
            out[r] = (int32_t)((uint32_t)horizontal_sum_i32(quarters[r]) - (uint32_t)offset);
        }
    }
}

TARGET static int32_t dot_i8(const int8_t *a, const int8_t *b, size_t n) {
    // The offset in the same pass.
    const __m512i flip = _mm512_set1_epi8((char)0x80);
    __m512i even = _mm512_setzero_si512(), odd = even, even_offset = even, odd_offset = even;
    size_t i = 0;
    for (; i + 128 <= n; i += 128) {
        __m512i a0 = _mm512_loadu_si512(a + i), a1 = _mm512_loadu_si512(a + i + 64);
        even = _mm512_dpbusd_epi32(even, _mm512_xor_si512(_mm512_loadu_si512(b + i), flip), a0);
        odd = _mm512_dpbusd_epi32(odd, _mm512_xor_si512(_mm512_loadu_si512(b + i + 64), flip), a1);
        even_offset = _mm512_dpbusd_epi32(even_offset, flip, a0);
        odd_offset = _mm512_dpbusd_epi32(odd_offset, flip, a1);
    }
    for (; i < n; i += 64) {
        __m512i x = load_i8(a + i, n - i);
        even = _mm512_dpbusd_epi32(even, _mm512_xor_si512(load_i8(b + i, n - i), flip), x);
        even_offset = _mm512_dpbusd_epi32(even_offset, flip, x);
    }
    even = _mm512_sub_epi32(_mm512_add_epi32(even, odd), _mm512_add_epi32(even_offset, odd_offset));
    return horizontal_sum_i32(quarter_sum_i32(even));
}

TARGET static int32_t squared_l2_i8(const int8_t *a, const int8_t *b, size_t n) {
    // |a - b| fits an unsigned byte; its square is summed from 16-bit halves.
    const __m512i zero = _mm512_setzero_si512();
    __m512i low = zero, high = zero;
    for (size_t i = 0; i < n; i += 64) {
        __m512i x = load_i8(a + i, n - i), y = load_i8(b + i, n - i);
        __m512i d = _mm512_sub_epi8(_mm512_max_epi8(x, y), _mm512_min_epi8(x, y));
        __m512i l = _mm512_unpacklo_epi8(d, zero), h = _mm512_unpackhi_epi8(d, zero);
        low = _mm512_dpwssd_epi32(low, l, l);
        high = _mm512_dpwssd_epi32(high, h, h);
    }
    return horizontal_sum_i32(quarter_sum_i32(_mm512_add_epi32(low, high)));
}

TARGET static float normalize_f32(float *v, size_t n) { return fp_normalize_with(v, n, dot_f32(v, v, n)); }

TARGET static float max_abs_f32(const float *v, size_t n) {
    const __m512i magnitude = _mm512_set1_epi32(0x7fffffff);
    __m512i even = _mm512_setzero_si512(), odd = even;
    size_t i = 0;
    for (; i + 2 * width <= n; i += 2 * width) {
        even = _mm512_max_epi32(even, _mm512_and_si512(_mm512_loadu_si512(v + i), magnitude));
        odd = _mm512_max_epi32(odd, _mm512_and_si512(_mm512_loadu_si512(v + i + width), magnitude));
    }
    for (; i < n; i += width) {
        even = _mm512_max_epi32(even, _mm512_and_si512(_mm512_maskz_loadu_epi32(mask_of(n - i), v + i), magnitude));
    }
    return fp_float_of_bits((uint32_t)_mm512_reduce_max_epi32(_mm512_max_epi32(even, odd)));
}

TARGET static void quantize_i8(const float *v, float inverse_scale, int8_t *codes, size_t n) {
    const __m512 scale = _mm512_set1_ps(inverse_scale), top = _mm512_set1_ps(127), bottom = _mm512_set1_ps(-127);
    for (size_t i = 0; i < n; i += width) {
        __mmask16 mask = mask_of(n - i);
        __m512 x = _mm512_mul_ps(_mm512_maskz_loadu_ps(mask, v + i), scale);
        __mmask16 number = _mm512_cmp_ps_mask(x, x, _CMP_ORD_Q);
        x = _mm512_max_ps(_mm512_maskz_min_ps(number, x, top), bottom);
        __m512i rounded = _mm512_cvt_roundps_epi32(x, _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC);
        _mm512_mask_cvtepi32_storeu_epi8(codes + i, mask, rounded);
    }
}

#define ROWS_TARGET TARGET
#define ROWS_ELEMENT float
#define ROWS_RESULT float
#define ROWS_PREPARE fp_no_preparation
#define ROWS_TILE dot_f32_tile
#define ROWS_MANY dot_f32_many
#define ROWS_GATHER dot_f32_gather
#define ROWS_RUN dot_f32_rows
#include "rows.h"

#define ROWS_TARGET TARGET
#define ROWS_ELEMENT int8_t
#define ROWS_RESULT int32_t
#define ROWS_PREPARE offset_of
#define ROWS_TILE dot_i8_tile
#define ROWS_MANY dot_i8_many
#define ROWS_GATHER dot_i8_gather
#define ROWS_RUN dot_i8_rows
#include "rows.h"

const fp_kernels fp_kernels_avx512 = {
    .set = FP_KERNELS_AVX512,
    .name = "avx512",
    .dot_f32 = dot_f32,
    .squared_l2_f32 = squared_l2_f32,
    .dot_i8 = dot_i8,
    .squared_l2_i8 = squared_l2_i8,
    .normalize_f32 = normalize_f32,
    .max_abs_f32 = max_abs_f32,
    .quantize_i8 = quantize_i8,
    .dot_f32_gather = dot_f32_gather,
    .dot_i8_gather = dot_i8_gather,
    .dot_f32_rows = dot_f32_rows,
    .dot_i8_rows = dot_i8_rows,
    .graph = &fp_graph_avx512,
    .network = &fp_network_avx512,
};
#endif
