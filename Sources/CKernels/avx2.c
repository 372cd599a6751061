// AVX2 with FMA: 8 floats or 32 bytes at a time; with AVX-VNNI (Alder Lake and later) for int8 products where present.
#include "internal.h"

#if FP_X86
#include <immintrin.h>

#define TARGET __attribute__((target("avx2,fma")))
#define TARGET_VNNI __attribute__((target("avx2,fma,avxvnni")))
#define UNROLL _Pragma("clang loop unroll(full)")

enum {
    width = 8,          // floats in a register
    accumulators = 4,   // independent sums per row
    block = width * accumulators,
    tile = 2,           // rows that share each load of the query: 8 sums and 4 loads fill the 16 registers
};

/// Lanes below `left` are all ones.
TARGET FP_INLINE __m256i mask_of(size_t left) {
    const __m256i lanes = _mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7);
    return _mm256_cmpgt_epi32(_mm256_set1_epi32(left >= width ? width : (int)left), lanes);
}

TARGET FP_INLINE float horizontal_sum(const __m256 s[accumulators]) {
    __m256 sum = _mm256_add_ps(_mm256_add_ps(s[0], s[2]), _mm256_add_ps(s[1], s[3]));
    __m128 half = _mm_add_ps(_mm256_castps256_ps128(sum), _mm256_extractf128_ps(sum, 1));
    __m128 pairs = _mm_add_ps(half, _mm_movehl_ps(half, half));
    return _mm_cvtss_f32(_mm_add_ss(pairs, _mm_movehdup_ps(pairs)));
}

TARGET FP_INLINE void dot_f32_tile(const float *query, int32_t unused, const float *const *rows, int count, size_t n,
                                   float *out) {
    (void)unused;
    __m256 sums[tile][accumulators];
    UNROLL for (int r = 0; r < count; r++) {
        UNROLL for (int j = 0; j < accumulators; j++) sums[r][j] = _mm256_setzero_ps();
    }
    size_t i = 0;
    for (; i + block <= n; i += block) {
        UNROLL for (int j = 0; j < accumulators; j++) {
            __m256 q = _mm256_loadu_ps(query + i + j * width);
            UNROLL for (int r = 0; r < count; r++) {
                sums[r][j] = _mm256_fmadd_ps(q, _mm256_loadu_ps(rows[r] + i + j * width), sums[r][j]);
            }
        }
    }
    if (i < n) {
        UNROLL for (int j = 0; j < accumulators; j++) {
            if (i < n) {
                __m256i mask = mask_of(n - i);
                __m256 q = _mm256_maskload_ps(query + i, mask);
                UNROLL for (int r = 0; r < count; r++) {
                    sums[r][j] = _mm256_fmadd_ps(q, _mm256_maskload_ps(rows[r] + i, mask), sums[r][j]);
                }
                i += width;
            }
        }
    }
    UNROLL for (int r = 0; r < count; r++) out[r] = horizontal_sum(sums[r]);
}

TARGET static float dot_f32(const float *a, const float *b, size_t n) {
    float result;
    dot_f32_tile(a, 0, &b, 1, n, &result);
    return result;
}

TARGET static float squared_l2_f32(const float *a, const float *b, size_t n) {
    __m256 sums[accumulators];
    UNROLL for (int j = 0; j < accumulators; j++) sums[j] = _mm256_setzero_ps();
    size_t i = 0;
    for (; i + block <= n; i += block) {
        UNROLL for (int j = 0; j < accumulators; j++) {
            __m256 d = _mm256_sub_ps(_mm256_loadu_ps(a + i + j * width), _mm256_loadu_ps(b + i + j * width));
            sums[j] = _mm256_fmadd_ps(d, d, sums[j]);
        }
    }
    UNROLL for (int j = 0; j < accumulators; j++) {
        if (i < n) {
            __m256i mask = mask_of(n - i);
            __m256 d = _mm256_sub_ps(_mm256_maskload_ps(a + i, mask), _mm256_maskload_ps(b + i, mask));
            sums[j] = _mm256_fmadd_ps(d, d, sums[j]);
            i += width;
        }
    }
    return horizontal_sum(sums);
}

TARGET FP_INLINE int32_t horizontal_sum_i32(__m256i sum) {
    __m128i s = _mm_add_epi32(_mm256_castsi256_si128(sum), _mm256_extracti128_si256(sum, 1));
    s = _mm_add_epi32(s, _mm_shuffle_epi32(s, 0x4e));
    return _mm_cvtsi128_si32(_mm_add_epi32(s, _mm_shuffle_epi32(s, 0xb1)));
}

// --- int8 without VNNI ---------------------------------------------------------------------------------------------
// Bytes are widened to 16 bits, in which two products and their sum are exact. VPMADDUBSW would do twice the bytes,
// but it saturates: 2 * 255 * 127 does not fit 16 bits.

/// The bytes p[0..<left] (16 at most) as 16-bit numbers, and zeros.
TARGET FP_INLINE __m256i widened(const int8_t *p, size_t left) {
    if (left >= 16) return _mm256_cvtepi8_epi16(_mm_loadu_si128((const __m128i *)p));
    int8_t padded[16] = {0};
    memcpy(padded, p, left);
    return _mm256_cvtepi8_epi16(_mm_loadu_si128((const __m128i *)padded));
}

TARGET FP_INLINE void dot_i8_tile(const int8_t *query, int32_t unused, const int8_t *const *rows, int count, size_t n,
                                  int32_t *out) {
    (void)unused;
    __m256i even[tile], odd[tile];
    UNROLL for (int r = 0; r < count; r++) even[r] = odd[r] = _mm256_setzero_si256();
    size_t i = 0;
    for (; i + 32 <= n; i += 32) {
        __m256i q0 = widened(query + i, 16), q1 = widened(query + i + 16, 16);
        UNROLL for (int r = 0; r < count; r++) {
            even[r] = _mm256_add_epi32(even[r], _mm256_madd_epi16(q0, widened(rows[r] + i, 16)));
            odd[r] = _mm256_add_epi32(odd[r], _mm256_madd_epi16(q1, widened(rows[r] + i + 16, 16)));
        }
    }
    for (; i < n; i += 16) {
        __m256i q = widened(query + i, n - i);
        UNROLL for (int r = 0; r < count; r++) {
            even[r] = _mm256_add_epi32(even[r], _mm256_madd_epi16(q, widened(rows[r] + i, n - i)));
        }
    }
    UNROLL for (int r = 0; r < count; r++) out[r] = horizontal_sum_i32(_mm256_add_epi32(even[r], odd[r]));
}

TARGET static int32_t dot_i8(const int8_t *a, const int8_t *b, size_t n) {
    int32_t result;
    dot_i8_tile(a, 0, &b, 1, n, &result);
    return result;
}

TARGET static int32_t squared_l2_i8(const int8_t *a, const int8_t *b, size_t n) {
    __m256i even = _mm256_setzero_si256(), odd = even;
    size_t i = 0;
    for (; i + 32 <= n; i += 32) {
        __m256i d0 = _mm256_sub_epi16(widened(a + i, 16), widened(b + i, 16));
        __m256i d1 = _mm256_sub_epi16(widened(a + i + 16, 16), widened(b + i + 16, 16));
        even = _mm256_add_epi32(even, _mm256_madd_epi16(d0, d0));
        odd = _mm256_add_epi32(odd, _mm256_madd_epi16(d1, d1));
    }
    for (; i < n; i += 16) {
        __m256i d = _mm256_sub_epi16(widened(a + i, n - i), widened(b + i, n - i));
        even = _mm256_add_epi32(even, _mm256_madd_epi16(d, d));
    }
    return horizontal_sum_i32(_mm256_add_epi32(even, odd));
}

// --- int8 with VNNI: as in avx512.c --------------------------------------------------------------------------------

TARGET_VNNI FP_INLINE __m256i load_i8(const int8_t *p, size_t left) {
    if (left >= 32) return _mm256_loadu_si256((const __m256i *)p);
    int8_t padded[32] = {0};
    memcpy(padded, p, left);
    return _mm256_loadu_si256((const __m256i *)padded);
}

TARGET_VNNI FP_INLINE int32_t offset_of_vnni(const int8_t *query, size_t n) {
    __m256i sum = _mm256_setzero_si256(), offsets = _mm256_set1_epi8((char)0x80);
    for (size_t i = 0; i < n; i += 32) sum = _mm256_dpbusd_avx_epi32(sum, offsets, load_i8(query + i, n - i));
    return horizontal_sum_i32(sum);
}

TARGET_VNNI FP_INLINE void dot_i8_tile_vnni(const int8_t *query, int32_t offset, const int8_t *const *rows, int count,
                                            size_t n, int32_t *out) {
    const __m256i flip = _mm256_set1_epi8((char)0x80);
    __m256i even[tile], odd[tile];
    UNROLL for (int r = 0; r < count; r++) even[r] = odd[r] = _mm256_setzero_si256();
    size_t i = 0;
    for (; i + 64 <= n; i += 64) {
        __m256i q0 = load_i8(query + i, 32), q1 = load_i8(query + i + 32, 32);
        UNROLL for (int r = 0; r < count; r++) {
            even[r] = _mm256_dpbusd_avx_epi32(even[r], _mm256_xor_si256(load_i8(rows[r] + i, 32), flip), q0);
            odd[r] = _mm256_dpbusd_avx_epi32(odd[r], _mm256_xor_si256(load_i8(rows[r] + i + 32, 32), flip), q1);
        }
    }
    for (; i < n; i += 32) {
        __m256i q = load_i8(query + i, n - i);
        UNROLL for (int r = 0; r < count; r++) {
            even[r] = _mm256_dpbusd_avx_epi32(even[r], _mm256_xor_si256(load_i8(rows[r] + i, n - i), flip), q);
        }
    }
    UNROLL for (int r = 0; r < count; r++) {
        out[r] = (int32_t)((uint32_t)horizontal_sum_i32(_mm256_add_epi32(even[r], odd[r])) - (uint32_t)offset);
    }
}

TARGET_VNNI static int32_t dot_i8_vnni(const int8_t *a, const int8_t *b, size_t n) {
    int32_t result;
    dot_i8_tile_vnni(a, offset_of_vnni(a, n), &b, 1, n, &result);
    return result;
}

// --- The rest ------------------------------------------------------------------------------------------------------

TARGET static float normalize_f32(float *v, size_t n) { return fp_normalize_with(v, n, dot_f32(v, v, n)); }

TARGET static float max_abs_f32(const float *v, size_t n) {
    const __m256i magnitude = _mm256_set1_epi32(0x7fffffff);
    const int *bits = (const int *)v;
    __m256i even = _mm256_setzero_si256(), odd = even;
    size_t i = 0;
    for (; i + 2 * width <= n; i += 2 * width) {
        __m256i x = _mm256_loadu_si256((const __m256i *)(bits + i));
        __m256i y = _mm256_loadu_si256((const __m256i *)(bits + i + width));
        even = _mm256_max_epi32(even, _mm256_and_si256(x, magnitude));
        odd = _mm256_max_epi32(odd, _mm256_and_si256(y, magnitude));
    }
    for (; i < n; i += width) {
        even = _mm256_max_epi32(even, _mm256_and_si256(_mm256_maskload_epi32(bits + i, mask_of(n - i)), magnitude));
    }
    even = _mm256_max_epi32(even, odd);
    __m128i m = _mm_max_epi32(_mm256_castsi256_si128(even), _mm256_extracti128_si256(even, 1));
    m = _mm_max_epi32(m, _mm_shuffle_epi32(m, 0x4e));
    m = _mm_max_epi32(m, _mm_shuffle_epi32(m, 0xb1));
    return fp_float_of_bits((uint32_t)_mm_cvtsi128_si32(m));
}

TARGET FP_INLINE __m256i quantized(__m256 v, __m256 scale) {
    __m256 x = _mm256_mul_ps(v, scale);
    x = _mm256_and_ps(x, _mm256_cmp_ps(x, x, _CMP_ORD_Q));
    x = _mm256_max_ps(_mm256_min_ps(x, _mm256_set1_ps(127)), _mm256_set1_ps(-127));
    return _mm256_cvttps_epi32(_mm256_round_ps(x, _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC));
}

TARGET FP_INLINE __m128i narrowed(__m256i a, __m256i b) {
    __m256i words = _mm256_permute4x64_epi64(_mm256_packs_epi32(a, b), 0xd8);
    return _mm_packs_epi16(_mm256_castsi256_si128(words), _mm256_extracti128_si256(words, 1));
}

TARGET static void quantize_i8(const float *v, float inverse_scale, int8_t *codes, size_t n) {
    const __m256 scale = _mm256_set1_ps(inverse_scale);
    size_t i = 0;
    for (; i + 16 <= n; i += 16) {
        __m256i a = quantized(_mm256_loadu_ps(v + i), scale), b = quantized(_mm256_loadu_ps(v + i + 8), scale);
        _mm_storeu_si128((__m128i *)(codes + i), narrowed(a, b));
    }
    if (i < n) {
        float padded[16] = {0};
        int8_t rest[16];
        memcpy(padded, v + i, (n - i) * sizeof *v);
        __m256i a = quantized(_mm256_loadu_ps(padded), scale), b = quantized(_mm256_loadu_ps(padded + 8), scale);
        _mm_storeu_si128((__m128i *)rest, narrowed(a, b));
        memcpy(codes + i, rest, n - i);
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
#define ROWS_PREPARE fp_no_preparation
#define ROWS_TILE dot_i8_tile
#define ROWS_MANY dot_i8_many
#define ROWS_GATHER dot_i8_gather
#define ROWS_RUN dot_i8_rows
#include "rows.h"

#define ROWS_TARGET TARGET_VNNI
#define ROWS_ELEMENT int8_t
#define ROWS_RESULT int32_t
#define ROWS_PREPARE offset_of_vnni
#define ROWS_TILE dot_i8_tile_vnni
#define ROWS_MANY dot_i8_many_vnni
#define ROWS_GATHER dot_i8_gather_vnni
#define ROWS_RUN dot_i8_rows_vnni
#include "rows.h"

const fp_kernels fp_kernels_avx2 = {
    .set = FP_KERNELS_AVX2,
    .name = "avx2",
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
    .graph = &fp_graph_avx2,
    .network = &fp_network_avx2,
};

const fp_kernels fp_kernels_avx2_vnni = {
    .set = FP_KERNELS_AVX2,
    .name = "avx2-vnni",
    .dot_f32 = dot_f32,
    .squared_l2_f32 = squared_l2_f32,
    .dot_i8 = dot_i8_vnni,
    .squared_l2_i8 = squared_l2_i8,
    .normalize_f32 = normalize_f32,
    .max_abs_f32 = max_abs_f32,
    .quantize_i8 = quantize_i8,
    .dot_f32_gather = dot_f32_gather,
    .dot_i8_gather = dot_i8_gather_vnni,
    .dot_f32_rows = dot_f32_rows,
    .dot_i8_rows = dot_i8_rows_vnni,
    .graph = &fp_graph_avx2,
    .network = &fp_network_avx2_vnni,
};
#endif
