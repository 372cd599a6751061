// NEON, which every arm64 has: 4 floats or 16 bytes at a time; with SDOT and UDOT (Armv8.2 and later) where present.
#include "internal.h"

#if FP_ARM64
#include <arm_neon.h>

#define TARGET
#define TARGET_DOTPROD __attribute__((target("dotprod")))
#define UNROLL _Pragma("clang loop unroll(full)")

enum {
    width = 4,          // floats in a register
    accumulators = 8,   // independent sums per row
    block = width * accumulators,
    tile = 2,           // rows that share each load of the query: 16 sums in 32 registers
};

FP_INLINE float horizontal_sum(const float32x4_t s[accumulators]) {
    float32x4_t sum = vaddq_f32(vaddq_f32(vaddq_f32(s[0], s[4]), vaddq_f32(s[2], s[6])),
                                vaddq_f32(vaddq_f32(s[1], s[5]), vaddq_f32(s[3], s[7])));
    return vaddvq_f32(sum);
}

FP_INLINE void dot_f32_tile(const float *query, int32_t unused, const float *const *rows, int count, size_t n,
                            float *out) {
    (void)unused;
    float32x4_t sums[tile][accumulators];
    UNROLL for (int r = 0; r < count; r++) {
        UNROLL for (int j = 0; j < accumulators; j++) sums[r][j] = vdupq_n_f32(0);
    }
    size_t i = 0;
    for (; i + block <= n; i += block) {
        UNROLL for (int j = 0; j < accumulators; j++) {
            float32x4_t q = vld1q_f32(query + i + j * width);
            UNROLL for (int r = 0; r < count; r++) {
                sums[r][j] = vfmaq_f32(sums[r][j], q, vld1q_f32(rows[r] + i + j * width));
            }
        }
    }
    if (i < n) {
        float q[block] = {0}, row[block] = {0};
        memcpy(q, query + i, (n - i) * sizeof *q);
        UNROLL for (int r = 0; r < count; r++) {
            memcpy(row, rows[r] + i, (n - i) * sizeof *row);
            UNROLL for (int j = 0; j < accumulators; j++) {
                sums[r][j] = vfmaq_f32(sums[r][j], vld1q_f32(q + j * width), vld1q_f32(row + j * width));
            }
        }
    }
    UNROLL for (int r = 0; r < count; r++) out[r] = horizontal_sum(sums[r]);
}

static float dot_f32(const float *a, const float *b, size_t n) {
    float result;
    dot_f32_tile(a, 0, &b, 1, n, &result);
    return result;
}

static float squared_l2_f32(const float *a, const float *b, size_t n) {
    float32x4_t sums[accumulators];
    UNROLL for (int j = 0; j < accumulators; j++) sums[j] = vdupq_n_f32(0);
    size_t i = 0;
    for (; i + block <= n; i += block) {
        UNROLL for (int j = 0; j < accumulators; j++) {
            float32x4_t d = vsubq_f32(vld1q_f32(a + i + j * width), vld1q_f32(b + i + j * width));
            sums[j] = vfmaq_f32(sums[j], d, d);
        }
    }
    if (i < n) {
        float x[block] = {0}, y[block] = {0};
        memcpy(x, a + i, (n - i) * sizeof *x);
        memcpy(y, b + i, (n - i) * sizeof *y);
        UNROLL for (int j = 0; j < accumulators; j++) {
            float32x4_t d = vsubq_f32(vld1q_f32(x + j * width), vld1q_f32(y + j * width));
            sums[j] = vfmaq_f32(sums[j], d, d);
        }
    }
    return horizontal_sum(sums);
}

/// The bytes p[0..<left] (16 at most), and zeros.
FP_INLINE int8x16_t load_i8(const int8_t *p, size_t left) {
    if (left >= 16) return vld1q_s8(p);
    int8_t padded[16] = {0};
    memcpy(padded, p, left);
    return vld1q_s8(padded);
}

// --- int8 without dot products -------------------------------------------------------------------------------------
// A product of bytes fits 16 bits and a sum of two may not (2 * 128 * 128), so each is widened as it is added.

FP_INLINE int32x4_t add_products(int32x4_t sum, int8x16_t a, int8x16_t b) {
    sum = vpadalq_s16(sum, vmull_s8(vget_low_s8(a), vget_low_s8(b)));
    return vpadalq_s16(sum, vmull_high_s8(a, b));
}

FP_INLINE void dot_i8_tile(const int8_t *query, int32_t unused, const int8_t *const *rows, int count, size_t n,
                           int32_t *out) {
    (void)unused;
    int32x4_t even[tile], odd[tile];
    UNROLL for (int r = 0; r < count; r++) even[r] = odd[r] = vdupq_n_s32(0);
    size_t i = 0;
    for (; i + 32 <= n; i += 32) {
        int8x16_t q0 = vld1q_s8(query + i), q1 = vld1q_s8(query + i + 16);
        UNROLL for (int r = 0; r < count; r++) {
            even[r] = add_products(even[r], q0, vld1q_s8(rows[r] + i));
            odd[r] = add_products(odd[r], q1, vld1q_s8(rows[r] + i + 16));
        }
    }
    for (; i < n; i += 16) {
        int8x16_t q = load_i8(query + i, n - i);
        UNROLL for (int r = 0; r < count; r++) even[r] = add_products(even[r], q, load_i8(rows[r] + i, n - i));
    }
    UNROLL for (int r = 0; r < count; r++) out[r] = vaddvq_s32(vaddq_s32(even[r], odd[r]));
}

static int32_t dot_i8(const int8_t *a, const int8_t *b, size_t n) {
    int32_t result;
    dot_i8_tile(a, 0, &b, 1, n, &result);
    return result;
}

static int32_t squared_l2_i8(const int8_t *a, const int8_t *b, size_t n) {
    uint32x4_t sum = vdupq_n_u32(0);
    for (size_t i = 0; i < n; i += 16) {
        // |a - b| fits an unsigned byte, and its square 16 bits.
        uint8x16_t d = vreinterpretq_u8_s8(vabdq_s8(load_i8(a + i, n - i), load_i8(b + i, n - i)));
        sum = vpadalq_u16(sum, vmull_u8(vget_low_u8(d), vget_low_u8(d)));
        sum = vpadalq_u16(sum, vmull_high_u8(d, d));
    }
    return (int32_t)vaddvq_u32(sum);
}

// --- int8 with dot products ----------------------------------------------------------------------------------------

TARGET_DOTPROD FP_INLINE void dot_i8_tile_dotprod(const int8_t *query, int32_t unused, const int8_t *const *rows,
                                                  int count, size_t n, int32_t *out) {
    (void)unused;
    int32x4_t sums[tile][4];
    UNROLL for (int r = 0; r < count; r++) {
        UNROLL for (int j = 0; j < 4; j++) sums[r][j] = vdupq_n_s32(0);
    }
    size_t i = 0;
    for (; i + 64 <= n; i += 64) {
        UNROLL for (int j = 0; j < 4; j++) {
            int8x16_t q = vld1q_s8(query + i + 16 * j);
            UNROLL for (int r = 0; r < count; r++) {
                sums[r][j] = vdotq_s32(sums[r][j], q, vld1q_s8(rows[r] + i + 16 * j));
            }
        }
    }
    for (; i < n; i += 16) {
        int8x16_t q = load_i8(query + i, n - i);
        UNROLL for (int r = 0; r < count; r++) sums[r][0] = vdotq_s32(sums[r][0], q, load_i8(rows[r] + i, n - i));
    }
    UNROLL for (int r = 0; r < count; r++) {
        out[r] = vaddvq_s32(vaddq_s32(vaddq_s32(sums[r][0], sums[r][1]), vaddq_s32(sums[r][2], sums[r][3])));
    }
}

TARGET_DOTPROD static int32_t dot_i8_dotprod(const int8_t *a, const int8_t *b, size_t n) {
    int32_t result;
    dot_i8_tile_dotprod(a, 0, &b, 1, n, &result);
    return result;
}

TARGET_DOTPROD static int32_t squared_l2_i8_dotprod(const int8_t *a, const int8_t *b, size_t n) {
    uint32x4_t even = vdupq_n_u32(0), odd = even;
    size_t i = 0;
    for (; i + 32 <= n; i += 32) {
        uint8x16_t d0 = vreinterpretq_u8_s8(vabdq_s8(vld1q_s8(a + i), vld1q_s8(b + i)));
        uint8x16_t d1 = vreinterpretq_u8_s8(vabdq_s8(vld1q_s8(a + i + 16), vld1q_s8(b + i + 16)));
        even = vdotq_u32(even, d0, d0);
        odd = vdotq_u32(odd, d1, d1);
    }
    for (; i < n; i += 16) {
        uint8x16_t d = vreinterpretq_u8_s8(vabdq_s8(load_i8(a + i, n - i), load_i8(b + i, n - i)));
        even = vdotq_u32(even, d, d);
    }
    return (int32_t)vaddvq_u32(vaddq_u32(even, odd));
}

// --- The rest ------------------------------------------------------------------------------------------------------

static float normalize_f32(float *v, size_t n) { return fp_normalize_with(v, n, dot_f32(v, v, n)); }

static float max_abs_f32(const float *v, size_t n) {
    const uint32x4_t magnitude = vdupq_n_u32(0x7fffffff);
    uint32x4_t even = vdupq_n_u32(0), odd = even;
    size_t i = 0;
    for (; i + 2 * width <= n; i += 2 * width) {
        even = vmaxq_u32(even, vandq_u32(vreinterpretq_u32_f32(vld1q_f32(v + i)), magnitude));
        odd = vmaxq_u32(odd, vandq_u32(vreinterpretq_u32_f32(vld1q_f32(v + i + width)), magnitude));
    }
    uint32_t largest = vmaxvq_u32(vmaxq_u32(even, odd));
    for (; i < n; i++) {
        uint32_t bits = fp_bits_of_float(v[i]) & 0x7fffffffu;
        largest = bits > largest ? bits : largest;
    }
    return fp_float_of_bits(largest);
}

/// FCVTNS rounds half to even, saturates, and turns NaN into 0; the narrowing saturates at +-128 and -128 is lifted.
FP_INLINE int8x8_t quantized(float32x4_t a, float32x4_t b, float scale) {
    int16x4_t low = vqmovn_s32(vcvtnq_s32_f32(vmulq_n_f32(a, scale)));
    int16x4_t high = vqmovn_s32(vcvtnq_s32_f32(vmulq_n_f32(b, scale)));
    return vmax_s8(vqmovn_s16(vcombine_s16(low, high)), vdup_n_s8(-127));
}

static void quantize_i8(const float *v, float inverse_scale, int8_t *codes, size_t n) {
    size_t i = 0;
    for (; i + 8 <= n; i += 8) {
        vst1_s8(codes + i, quantized(vld1q_f32(v + i), vld1q_f32(v + i + 4), inverse_scale));
    }
    if (i < n) {
        float padded[8] = {0};
        int8_t rest[8];
        memcpy(padded, v + i, (n - i) * sizeof *v);
        vst1_s8(rest, quantized(vld1q_f32(padded), vld1q_f32(padded + 4), inverse_scale));
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

#define ROWS_TARGET TARGET_DOTPROD
#define ROWS_ELEMENT int8_t
#define ROWS_RESULT int32_t
#define ROWS_PREPARE fp_no_preparation
#define ROWS_TILE dot_i8_tile_dotprod
#define ROWS_MANY dot_i8_many_dotprod
#define ROWS_GATHER dot_i8_gather_dotprod
#define ROWS_RUN dot_i8_rows_dotprod
#include "rows.h"

const fp_kernels fp_kernels_neon = {
    .set = FP_KERNELS_NEON,
    .name = "neon",
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
    .graph = &fp_graph_neon,
    .network = &fp_network_neon,
};

const fp_kernels fp_kernels_neon_dotprod = {
    .set = FP_KERNELS_NEON,
    .name = "neon-dotprod",
    .dot_f32 = dot_f32,
    .squared_l2_f32 = squared_l2_f32,
    .dot_i8 = dot_i8_dotprod,
    .squared_l2_i8 = squared_l2_i8_dotprod,
    .normalize_f32 = normalize_f32,
    .max_abs_f32 = max_abs_f32,
    .quantize_i8 = quantize_i8,
    .dot_f32_gather = dot_f32_gather,
    .dot_i8_gather = dot_i8_gather_dotprod,
    .dot_f32_rows = dot_f32_rows,
    .dot_i8_rows = dot_i8_rows_dotprod,
    .graph = &fp_graph_neon,
    .network = &fp_network_neon_dotprod,
};
#endif
